"""`extractor evaluate`: how good are the answers?"""

from __future__ import annotations

from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

import typer

from extractor.api.engines import OCR_OFF
from extractor.api.readers import NO_VLM, path_taken
from extractor.cache.target import Target, check_targets
from extractor.cli.settings import RunSettings, with_settings
from extractor.cli.shared import ProductColumn, TitleColumn, answer_rows, official_rows, watched


@with_settings()
def evaluate(
    labels_csv: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Rows with labels: entity_value, or primary and accepted. The columns index and group_id "
            "may be missing, and image may stand for image_link.",
        ),
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
    label_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Take the labels from this column alone.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write everything as JSON.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="OUT.csv", help="Where the predictions and, beside them, their trace go.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the first N rows of the file.")] = None,
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

      extractor evaluate gold.csv --pred mine.csv --compare other=theirs.csv

      extractor evaluate dataset/test_labels.csv --vlm nano --ablate ocr --json ablation.json
    """
    from extractor.evaluation.ablation import run_ablation
    from extractor.evaluation.ablation_tables import print_ablation
    from extractor.evaluation.evaluate import evaluate as scored
    from extractor.evaluation.inputs import answers_of_run, read_answers, read_labelled_rows, read_predictions
    from extractor.evaluation.tables import evaluation_console, evaluation_json, print_evaluation, write_json
    from extractor.tables.output import targets_of, trace_path
    from extractor.tables.rows import ProductColumns

    refusals = (
        (trace and not pred, "--trace", "it belongs to --pred; a run writes its own trace with --out"),
        (out and pred, "--out", "with --pred no predictions are made"),
        (ablate and (pred or compare or out), "--ablate", "leave out --pred, --compare and --out"),
        (ablate and settings.vlm == NO_VLM, "--ablate", "name a reader with --vlm"),
        (ablate and settings.ocr == OCR_OFF, "--ablate", "name another engine; --ocr none has nothing to compare"),
    )
    for refused, option, why in refusals:
        if refused:
            raise typer.BadParameter(why, param_hint=option)
    base = labels_csv.parent
    columns = ProductColumns(product_column, title_column)
    file = read_labelled_rows(labels_csv, label_column, settings.table, columns)
    others = dict(map(_named_file, compare or []))
    compared = {name: read_predictions(path) for name, path in others.items()}
    scored_files = [] if pred is None else [pred, trace or trace_path(pred)]
    scores = [] if json_file is None else [Target(json_file, "--json")]
    targets = [*scores, *(targets_of(out) if out else ())]
    inputs = chain([labels_csv], others.values(), scored_files, settings.files(file.rows, base))
    check_targets(targets, inputs, settings.store_file)
    options = settings.run_options(base)
    labelled = file.first(limit)
    if ablate is not None:
        labelled = official_rows(labelled, settings)
        settings.say(path_taken(options.vlm, options.ocr))
        ablation = watched(lambda watcher: run_ablation(labelled, options, watcher, seed), settings)
        data = evaluation_json(ablation, file=str(labels_csv), columns=labelled.columns)
        show = partial(print_ablation, ablation)
    else:
        if pred is not None:
            answers = read_answers(pred, trace)
        else:
            answers = answers_of_run(answer_rows(labelled.rows, options, out, settings).rows)
        result = scored(labelled, answers.predictions, candidates=answers.candidates, compared=compared, seed=seed)
        data = evaluation_json(result, file=str(labels_csv), columns=labelled.columns, predictions=answers.source)
        show = partial(print_evaluation, result)
    for target in scores:
        write_json(target, data)
    show(evaluation_console())


def _named_file(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        raise typer.BadParameter(f"{text!r} is not of the form NAME=OUT.csv", param_hint="--compare")
    return name, Path(path)
