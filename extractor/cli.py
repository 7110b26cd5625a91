"""The command line: `extractor predict | check | evaluate | ...`, the same as `python -m extractor ...`."""

from __future__ import annotations

import typer

from extractor.command_line import PlainCommand, PlainGroup, run
from extractor.commands.check import check
from extractor.commands.evaluate import evaluate
from extractor.commands.fit import fit
from extractor.commands.merge import merge
from extractor.commands.nano import nano
from extractor.commands.predict import predict
from extractor.commands.prepare import prepare
from extractor.commands.train import train

app = typer.Typer(
    cls=PlainGroup,
    help="Says what product pictures state: dimensions, weights, voltage, wattage and volume.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (predict, check, evaluate, fit, prepare, train, merge, nano):
    app.command(cls=PlainCommand)(command)


def main() -> None:
    """Runs the command line; see `extractor.command_line.run`."""
    run(app)
