"""`extractor evaluate`: how good are the answers?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.api.engines import OCR_OFF
from extractor.api.readers import NO_VLM
from extractor.cache.target import Target, check_targets
from extractor.cli.report import check_extra, write_report
from extractor.cli.settings import RunSettings, with_settings
from extractor.cli.shared import (
    LABELLED_ROWS,
    LabelColumn,
    Limit,
    ProductColumn,
    TitleColumn,
    answer_rows,
    official_rows,
    watched,
)

if TYPE_CHECKING:
    from extractor.evaluation.inputs import Answers, LabelledRows
    from extractor.run.options import RunOptions
    from extractor.tables.trace import RowAnswer


@with_settings()
def evaluate(
    labels_csv: Annotated[
        Path,
        typer.Argument(metavar="FILE", help=LABELLED_ROWS),
    ],
    *,
    settings: RunSettings,
    pred: Annotated[
        Path | None,
        typer.Option(metavar="OUT.csv", help="Score these predictions; without it the pipeline makes them."),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default="OUT_trace.jsonl beside --pred, if there",
            help="The trace of --pred: were right values among the candidates?",
        ),
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=OUT.csv", help="Other predictions for the same rows; may be repeated."),
    ] = None,
    label_column: LabelColumn = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write everything as JSON.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="OUT.csv", help="Where the predictions and, beside them, their trace go.")
    ] = None,
    report_file: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE.html", help="Also make a report to look at; see the command report."),
    ] = None,
    limit: Limit = None,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Seed of the resampling behind the intervals.")] = 0,
    ablate: Annotated[
        Literal["ocr"] | None,
        typer.Option(
            metavar="ocr",
            help="Score in one run what OCR, the picture and the rules each add to the reader of --vlm.",
        ),
    ] = None,
    product_column: ProductColumn = None,
    title_column: TitleColumn = None,
) -> None:
    """Score answers against labels, by the challenge's definition.

    Prints F1, precision and recall when an answer must equal any accepted one,
    the primary one, the primary one within 2 %, or the label's very text; by
    entity; with the entities in their official shares; with 95 % intervals;
    and what kinds of mistakes there are. The primary answer of a range is its
    upper end, and its lower end is accepted.

    Examples:

      extractor evaluate dataset/test_labels.csv --pred test_out.csv

      extractor evaluate gold.csv --images pictures/ --json scores.json

      extractor evaluate gold.csv --images pictures/ --report report.html

      extractor evaluate gold.csv --pred mine.csv --compare other=theirs.csv

      extractor evaluate dataset/test_labels.csv --vlm nano --ablate ocr --json ablation.json
    """
    from extractor.evaluation.ablation import run_ablation
    from extractor.evaluation.ablation_tables import print_ablation
    from extractor.evaluation.evaluate import evaluate as scored
    from extractor.evaluation.inputs import read_labelled_rows, read_predictions
    from extractor.evaluation.tables import evaluation_console, evaluation_json, print_evaluation, write_json
    from extractor.report.value import Scored, report_of
    from extractor.tables.output import targets_of, trace_path
    from extractor.tables.rows import ProductColumns

    refusals = (
        (trace and not pred, "--trace", "it belongs to --pred; a run writes its own trace with --out"),
        (out and pred, "--out", "with --pred no predictions are made"),
        (ablate and (pred or compare or out), "--ablate", "leave out --pred, --compare and --out"),
        (ablate and report_file, "--report", "an ablation has no rows; show it with `extractor report --ablation`"),
        (ablate and settings.reader_name == NO_VLM, "--ablate", "name a reader with --vlm"),
        (ablate and settings.ocr == OCR_OFF, "--ablate", "name another engine; --ocr none has nothing to compare"),
    )
    for refused, option, why in refusals:
        if refused:
            raise typer.BadParameter(why, param_hint=option)
    if report_file is not None:
        check_extra()
    base = labels_csv.parent
    file = read_labelled_rows(labels_csv, label_column, settings.table, ProductColumns(product_column, title_column))
    others = dict(map(_named_file, compare or []))
    compared = {name: read_predictions(path) for name, path in others.items()}
    scored_files = [] if pred is None else [pred, trace or trace_path(pred)]
    json_target = None if json_file is None else Target(json_file, "--json")
    report_target = None if report_file is None else Target(report_file, "--report")
    targets = [*filter(None, (json_target, report_target)), *(targets_of(out) if out else ())]
    read = [labels_csv, *others.values(), *scored_files]
    check_targets(targets, chain(read, settings.files(file.rows, base)), settings.store_file)
    options = settings.run_options(base)
    labelled = file.first(limit)
    of_file = partial(evaluation_json, file=str(labels_csv), columns=labelled.columns)
    report = None
    if ablate is not None:
        labelled = official_rows(labelled, settings)
        settings.say(settings.path_taken(options.vlm))
        ablation = watched(lambda watcher: run_ablation(labelled, options, watcher, seed), settings)
        data, show = of_file(ablation), partial(print_ablation, ablation)
    else:
        if pred is None:
            answers, rows = _run(labelled, options, out, settings)
        else:
            answers, rows = _read(pred, trace, labelled, settings, with_rows=report_target is not None)
        result = scored(
            labelled,
            answers.predictions,
            candidates=answers.candidates,
            trust=answers.trust,
            compared=compared,
            seed=seed,
        )
        data, show = of_file(result, predictions=answers.source), partial(print_evaluation, result)
        report = report_of(labels_csv.name, rows, Scored(labelled, result)) if report_target is not None else None
    if json_target is not None:
        write_json(json_target, data)
    show(evaluation_console())
    if report is not None and report_target is not None:
        write_report(report, report_target, [base, *(path.parent for path in scored_files)], read, settings)


def _run(
    labelled: LabelledRows, options: RunOptions, out: Path | None, settings: RunSettings
) -> tuple[Answers, Sequence[RowAnswer]]:
    """What the pipeline answers."""
    from extractor.evaluation.inputs import answers_of_run

    rows = answer_rows(labelled.rows, options, out, settings).rows
    return answers_of_run(rows), rows


def _read(
    pred: Path, trace: Path | None, labelled: LabelledRows, settings: RunSettings, *, with_rows: bool
) -> tuple[Answers, Sequence[RowAnswer]]:
    """What a submission answers; `with_rows` also as its trace has it."""
    from extractor.evaluation.inputs import read_answers, rows_of_answers
    from extractor.tables.output import trace_path
    from extractor.tables.read_trace import read_trace

    answers = read_answers(pred, trace)
    traced = read_trace(trace or trace_path(pred), settings.table) if with_rows else ()
    return answers, rows_of_answers(answers, traced, labelled)


def _named_file(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        raise typer.BadParameter(f"{text!r} is not of the form NAME=OUT.csv", param_hint="--compare")
    return name, Path(path)
