"""`extractor report`: a run as one HTML file to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cache.target import Target, check_targets, write_whole
from extractor.cli.settings import RunSettings, with_settings
from extractor.cli.shared import LabelColumn
from extractor.stages.errors import ExtractorError
from extractor.tables.formats import stem_of
from ocr.extras import extra_needed, missing

if TYPE_CHECKING:
    from extractor.report.value import Report

OPTION = "--out"
_PACKAGES = {"altair": "altair", "vl_convert": "vl-convert-python"}
"""What the charts are drawn by, and what it is called in the package index."""


class ReportError(ExtractorError):
    """A report that cannot be made."""


@with_settings("images", "entities", "ocr", "ranker", "store", "quiet")
def report(
    trace: Annotated[
        Path, typer.Argument(metavar="TRACE.jsonl", help="The trace of a run: predict writes it beside its output.")
    ],
    *,
    settings: RunSettings,
    labels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Labels of the rows, as evaluate takes them: adds the scores.")
    ] = None,
    label_column: LabelColumn = None,
    ablation: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="An ablation to show, as evaluate --ablate --json writes it."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html", help="Where the report goes.", show_default="RUN_report.html beside the trace"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Seed of the resampling behind the intervals.")] = 0,
) -> None:
    """Make a report to look at: one HTML file, which needs no network.

    Scores by entity, calibration, errors by kind and time by stage, and every
    row with its picture, boxes, strokes, candidates and label, to filter and to
    step through by keyboard. Pictures are looked for in --images, beside the
    trace and the labels, in the current folder, and in the store; none is
    fetched. The store also has the texts of whole pictures and their strokes:
    name the --store and --ocr of the run. The file is at most 20 MB: errors
    and unsure answers get their pictures first.

    Examples:

      extractor report out_trace.jsonl

      extractor report out_trace.jsonl --labels gold.csv --images pictures/

      extractor report out_trace.jsonl --labels gold.csv --ablation ablation.json
    """
    from extractor.evaluation.evaluate import evaluate
    from extractor.evaluation.inputs import answers_of_run, labels_of_run, read_labelled_rows
    from extractor.evaluation.read_ablation import read_ablation
    from extractor.report.value import Scored, report_of
    from extractor.tables.read_trace import read_trace

    check_extra()
    target = Target(out or report_path(trace), OPTION)
    inputs = [path for path in (trace, labels, ablation) if path is not None]
    check_targets([target], inputs, settings.store_file)
    rows = read_trace(trace, settings.table)
    shown = None if ablation is None else read_ablation(ablation)
    scored = None
    if labels is not None:
        labelled = labels_of_run(read_labelled_rows(labels, label_column, settings.table), rows, labels)
        answers = answers_of_run(rows)
        evaluation = evaluate(
            labelled, answers.predictions, candidates=answers.candidates, trust=answers.trust, seed=seed
        )
        scored = Scored(labelled, evaluation)
    bases = [path.parent for path in (trace, labels) if path is not None]
    write_report(report_of(trace.name, rows, scored, shown), target, bases, inputs, settings)


def report_path(trace: Path) -> Path:
    """Where the report of a trace stands: `out_trace.jsonl` -> `out_report.html`."""
    return trace.with_name(f"{stem_of(trace).removesuffix('_trace')}_report.html")


def check_extra() -> None:
    """Raises ReportError when a package that draws the charts is missing."""
    lacking = missing(_PACKAGES)
    if lacking:
        raise ReportError(extra_needed("a report", "report", [_PACKAGES[name] for name in lacking]))


def write_report(
    report: Report, target: Target, bases: Sequence[Path], inputs: Iterable[Path], settings: RunSettings
) -> None:
    """Writes the report; relative links start from one of `bases` or the current folder.

    Raises OutputError, also where the report would take the place of a picture, and StoreError.
    """
    from extractor.api.rankers import ranker_of
    from extractor.report.explanation import RulesOfRun
    from extractor.report.page import report_html
    from extractor.report.sources import open_sources

    store = None if settings.no_cache else settings.store_file
    places = [path.absolute() for path in (*bases, Path())]
    rows = [row.answered.row for row in report.rows]
    pictures = chain.from_iterable(settings.files(rows, base) for base in places)
    check_targets([target], chain(inputs, pictures), settings.store_file)
    rules = RulesOfRun(ranker_of(settings.ranker), settings.table)
    with open_sources(settings.images, places, target.place.parent, store, settings.ocr) as sources:
        html = report_html(report, sources, rules)
    write_whole(target, [html])
    settings.say(f"report    {target.path}: {len(report.rows):,} rows, {len(html) / 1e6:.1f} MB")
