"""`extractor check`: is this submission valid?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.settings import RunSettings, with_settings
from extractor.tables.check import check_submission
from extractor.tables.formats import Format, format_of
from extractor.tables.rows import read_rows

FAULTS_SHOWN = 20


@with_settings("entities")
def check(
    input_csv: Annotated[Path, typer.Argument(metavar="INPUT", help="The questions, as predict takes them.")],
    out_csv: Annotated[Path, typer.Argument(metavar="OUT", help="The submission: index,prediction.")],
    *,
    settings: RunSettings,
    official_only: Annotated[
        bool,
        typer.Option(
            "--official-only",
            help="Test only what the challenge's own checker tests: neither the rows nor the entity's units.",
        ),
    ] = False,
) -> None:
    """Check a submission before it is handed in.

    Tests the official sanity rules, the header, that every index of the input
    is there exactly once and in the input's order, and that every unit is one
    of its entity. Exit code 0 when all is fine, 1 with the offending rows when
    not, 2 when a file cannot be read.

    Examples:

      extractor check dataset/test.csv test_out.csv

      extractor check questions.parquet answers.parquet

      extractor check sample_test.csv sample_test_out.csv --official-only
    """
    rows = read_rows(input_csv, settings.table)
    faults, found = check_submission(rows, out_csv, settings.table, official_only=official_only)
    if not faults:
        rules = "the official sanity rules hold" if official_only else "all rules hold"
        typer.echo(f"{out_csv}: fine, {found} rows, {rules}")
        return
    between = ", row " if format_of(out_csv) is Format.PARQUET else ":"
    for fault in faults[:FAULTS_SHOWN]:
        place = f"{out_csv}{between}{fault.line}" if fault.line else str(out_csv)
        index = f" index {fault.index}:" if fault.index else ""
        typer.echo(f"{place}:{index} {fault.problem}; {fault.advice}", err=True)
    count, expected = len(faults), len(rows)
    if count > FAULTS_SHOWN:
        typer.echo(f"... and {count - FAULTS_SHOWN} more", err=True)
    counted = f"{found} rows" if found == expected else f"{found} rows where the input has {expected}"
    typer.echo(f"{out_csv}: {count} fault{'s' * (count != 1)} in {counted}", err=True)
    raise typer.Exit(1)
