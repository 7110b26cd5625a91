"""The command line: `extractor predict | check | evaluate | ...`, the same as `python -m extractor ...`."""

from __future__ import annotations

import typer

from extractor.commands.check import check
from extractor.commands.evaluate import evaluate
from extractor.commands.fit import fit
from extractor.commands.merge import merge
from extractor.commands.nano import nano
from extractor.commands.predict import predict
from extractor.commands.prepare import prepare
from extractor.commands.train import train
from extractor.errors import run_explained

app = typer.Typer(
    help="Says what product pictures state: dimensions, weights, voltage, wattage and volume.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (predict, check, evaluate, fit, prepare, train, merge, nano):
    app.command()(command)


def main() -> None:
    """Runs the command line. Errors that the user can put right are one message and an exit code."""
    run_explained(app)
