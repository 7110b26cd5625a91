"""`extractor review`: what to do with the logs of a review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.cache.target import Target, check_targets, write_whole
from extractor.cli.command_line import PlainCommand, PlainGroup
from extractor.tables.formats import check_is_csv

review = typer.Typer(
    cls=PlainGroup,
    name="review",
    help="Turn the decisions of a review into labels, compare two raters, read Label Studio's export.",
    no_args_is_help=True,
)


@review.command(cls=PlainCommand)
def export(
    log: Annotated[Path, typer.Argument(metavar="LOG.jsonl", help="The log that `serve --review` wrote.")],
    audit: Annotated[Path, typer.Argument(metavar="AUDIT.csv", help="The audit that was reviewed.")],
    *,
    out: Annotated[Path, typer.Option(metavar="CURATED.csv", help="Where the labels go.")] = Path("curated.csv"),
    unreviewed: Annotated[
        bool,
        typer.Option("--unreviewed", help="Also write rows without a decision, with the label that they have."),
    ] = False,
) -> None:
    """Write the labels that people decided on, to train on.

    The columns are index, image_link, group_id, entity_name, entity_value
    (empty where the picture does not state it) and decision. Rows that the
    rater is unsure of are left out.

    Examples:

      extractor review export audit_kim.jsonl audit.csv --out curated.csv
    """
    from extractor.review.curated import curated_lines
    from extractor.review.items import ReviewItems, items_path
    from extractor.review.log import read_decisions

    check_is_csv(out)
    target = Target(out, "--out")
    check_targets([target], [log, audit, items_path(audit)])
    lines = list(curated_lines(ReviewItems(audit), read_decisions(log), unreviewed=unreviewed))
    write_whole(target, lines)
    typer.echo(f"labels    {out}: {len(lines) - 1:,} rows", err=True)


@review.command(cls=PlainCommand)
def agreement(
    log_a: Annotated[Path, typer.Argument(metavar="LOG_A.jsonl", help="The log of one rater.")],
    log_b: Annotated[Path, typer.Argument(metavar="LOG_B.jsonl", help="The log of another one.")],
) -> None:
    """Say how far two raters agree on the rows that both decided.

    Prints, for all rows and by verdict of the audit, the rows, the share on
    which the label comes out the same, and Cohen's kappa (1: always, 0: as
    often as by chance, -: chance alone would agree on all).

    Examples:

      extractor review agreement audit_kim.jsonl audit_lee.jsonl
    """
    from extractor.review.agreement import agreements
    from extractor.review.log import read_decisions

    typer.echo(f"{'verdict':18}{'rows':>8}{'agree':>9}{'kappa':>9}")
    for one in agreements(read_decisions(log_a), read_decisions(log_b)):
        kappa = "-" if one.kappa is None else f"{one.kappa:.3f}"
        typer.echo(f"{one.verdict:18}{one.rows:8,}{one.share:9.1%}{kappa:>9}")


@review.command("import", cls=PlainCommand)
def import_export(
    export_json: Annotated[
        Path, typer.Argument(metavar="EXPORT.json", help="What Label Studio exported, in its format JSON.")
    ],
    *,
    out: Annotated[
        Path, typer.Option(metavar="LOG.jsonl", help="Where the decisions go, as a log of `serve --review`.")
    ] = Path("label_studio.jsonl"),
    rater: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only the annotations of this person: Label Studio's number or address."),
    ] = None,
    entities: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="The attributes of your own that audit took.")
    ] = None,
) -> None:
    """Read the decisions that were made in Label Studio on the tasks of `audit --label-studio`.

    Annotations without a decision, and those with a value that the entity
    cannot have, are named and left out. Where a task has several annotations,
    the newest counts; name a --rater to compare two people.

    Examples:

      extractor review import export.json --out team.jsonl
    """
    from extractor.api.entity_file import entity_table
    from extractor.review.label_studio_import import read_export
    from extractor.review.log import check_closed, log_lines

    target = Target(out, "--out", plain=True)
    check_targets([target], [export_json])
    check_closed(out)
    decisions, skipped = read_export(export_json, entity_table(entities))
    chosen = sorted((one for one in decisions if rater in (None, one.rater)), key=lambda one: one.time)
    write_whole(target, log_lines(chosen))
    for one in skipped:
        typer.echo(f"left out  row {one.index}: {one.problem}", err=True)
    typer.echo(f"log       {out}: {len(chosen):,} decisions", err=True)
