"""The command line: `extractor predict | check | evaluate | ...`, the same as `python -m extractor ...`."""

from __future__ import annotations

from typing import Annotated

import typer

from extractor import __version__
from extractor.cli.audit import audit
from extractor.cli.check import check
from extractor.cli.command_line import PlainCommand, PlainGroup, run
from extractor.cli.config import config
from extractor.cli.configured import ConfiguredCommand
from extractor.cli.evaluate import evaluate
from extractor.cli.extract import extract
from extractor.cli.fit import fit
from extractor.cli.fit_policy import fit_policy
from extractor.cli.log_output import start_logs
from extractor.cli.merge import merge
from extractor.cli.nano import nano
from extractor.cli.predict import predict
from extractor.cli.prepare import prepare
from extractor.cli.report import report
from extractor.cli.review import review
from extractor.cli.serve import serve
from extractor.cli.train import train

NAME = "extractor"

app = typer.Typer(
    cls=PlainGroup,
    help="Says what product pictures state: dimensions, weights, voltage, wattage and volume.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (extract, predict, check, evaluate, report, audit, serve, fit, fit_policy, prepare, train, merge, nano):
    app.command(cls=ConfiguredCommand)(command)
app.command(cls=PlainCommand)(config)
app.add_typer(review)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{NAME} {__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    config_file: Annotated[
        str | None,
        typer.Option(
            "--config",
            metavar="FILE",
            envvar="EXTRACTOR_CONFIG",
            show_default="extractor.toml or .yaml, here or in the user's folder",
            help="Take settings from this TOML or YAML file; none: from no file. See `extractor config --help`.",
        ),
    ] = None,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose",
            "-v",
            count=True,
            envvar="EXTRACTOR_VERBOSE",
            show_envvar=False,
            show_default=False,
            metavar="",
            help="Log what is done on standard error; -vv: in detail.",
        ),
    ] = 0,
    log_json: Annotated[
        bool,
        typer.Option(
            "--log-json",
            envvar="EXTRACTOR_LOG_JSON",
            show_envvar=False,
            help="Write standard error as lines of JSON, for programs: log, messages and errors.",
        ),
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """What every command takes before its name; the commands read it from their context."""
    start_logs(verbose, as_json=log_json)


def main() -> None:
    """Runs the command line; see `extractor.cli.command_line.run`."""
    run(lambda: app(prog_name=NAME))
