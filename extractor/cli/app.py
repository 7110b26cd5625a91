"""The command line: `extractor predict | check | evaluate | ...`, the same as `python -m extractor ...`."""

from __future__ import annotations

import typer

from extractor.cli.check import check
from extractor.cli.command_line import PlainCommand, PlainGroup, run
from extractor.cli.evaluate import evaluate
from extractor.cli.extract import extract
from extractor.cli.fit import fit
from extractor.cli.fit_policy import fit_policy
from extractor.cli.merge import merge
from extractor.cli.nano import nano
from extractor.cli.predict import predict
from extractor.cli.prepare import prepare
from extractor.cli.train import train

app = typer.Typer(
    cls=PlainGroup,
    help="Says what product pictures state: dimensions, weights, voltage, wattage and volume.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (extract, predict, check, evaluate, fit, fit_policy, prepare, train, merge, nano):
    app.command(cls=PlainCommand)(command)


def main() -> None:
    """Runs the command line; see `extractor.cli.command_line.run`."""
    run(app)
