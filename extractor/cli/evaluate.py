"""`extractor evaluate`: how good are the answers?"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.api.policies import policy_of
from extractor.api.processes import cpu_count
from extractor.api.readers import DEFAULT_BATCH, DEFAULT_DEVICE, DEFAULT_VLM, NO_VLM, path_taken
from extractor.cache.target import Target, check_targets
from extractor.cli.shared import (
    AllowPrivateOption,
    DeviceOption,
    ImagesOption,
    NoCacheOption,
    NoConstrainOption,
    OcrOption,
    PrecisionOption,
    QuietOption,
    RankerOption,
    SecondLookOption,
    StoreOption,
    VlmBatchOption,
    VlmOption,
    WorkersOption,
    default_store,
    files_of_run,
    reader_choice,
    stoppable,
    watched_run,
    watcher_of,
)
from rules.ranker import LEARNED

if TYPE_CHECKING:
    from extractor.evaluation.inputs import Answers, LabelledRows
    from extractor.run.options import RunOptions

JSON_OPTION = "--json"


class Ablation(StrEnum):
    """What an ablation takes away."""

    OCR = "ocr"


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
    pred: Annotated[
        Path | None,
        typer.Option("--pred", metavar="OUT.csv", help="Score these predictions; without it the pipeline makes them."),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(
            "--trace",
            metavar="FILE",
            show_default="OUT_trace.jsonl beside --pred, if there",
            help="The trace of --pred: were right values among the candidates?",
        ),
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option("--compare", metavar="NAME=OUT.csv", help="Other predictions for the same rows; may be repeated."),
    ] = None,
    label_column: Annotated[
        str | None,
        typer.Option("--label-column", metavar="NAME", help="Take the labels from this column alone."),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option(JSON_OPTION, metavar="FILE", help="Also write everything as JSON.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="OUT.csv", help="Where the predictions and, beside them, their trace go."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Only the first N rows of the file.")
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, metavar="N", help="Seed of the resampling behind the intervals.")
    ] = 0,
    ablate: Annotated[
        Ablation | None,
        typer.Option(
            "--ablate",
            metavar="ocr",
            help="Score in one run what OCR, the picture and the rules each add to the reader of --vlm.",
        ),
    ] = None,
    images: ImagesOption = None,
    ocr: OcrOption = "rapidocr",
    ranker: RankerOption = LEARNED,
    second_look: SecondLookOption = True,
    vlm: VlmOption = DEFAULT_VLM,
    no_constrain: NoConstrainOption = False,
    vlm_batch: VlmBatchOption = DEFAULT_BATCH,
    device: DeviceOption = DEFAULT_DEVICE,
    precision: PrecisionOption = "auto",
    workers: WorkersOption = None,
    no_cache: NoCacheOption = False,
    store: StoreOption = None,
    allow_private: AllowPrivateOption = False,
    quiet: QuietOption = False,
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
    from extractor.evaluation import evaluate as scoring
    from extractor.evaluation.inputs import read_answers, read_labelled_rows, read_predictions
    from extractor.evaluation.tables import evaluation_console, evaluation_json, print_evaluation, write_json
    from extractor.run.options import RunOptions
    from extractor.tables.output import trace_path

    _check_options(pred, trace, out)
    if ablate is not None:
        _check_ablation(pred, compare, out, ocr=ocr, vlm=vlm)
    file = read_labelled_rows(labels_csv, label_column)
    others = dict(map(_named_file, compare or []))
    compared = {name: read_predictions(path) for name, path in others.items()}
    store = store or default_store()
    if pred is None:
        inputs = files_of_run(file.rows, labels_csv.parent, images, ranker=ranker, vlm=vlm)
    else:
        inputs = iter([pred, trace or trace_path(pred)])
    check_targets(_targets(json_file, out), chain([labels_csv], others.values(), inputs), store)
    reader = reader_choice(
        vlm, no_constrain=no_constrain, batch=vlm_batch, device=device, precision=precision, quiet=quiet
    )
    options = RunOptions(
        base=labels_csv.parent,
        store=store,
        images=images,
        ocr=ocr,
        workers=workers or cpu_count(),
        use_cache=not no_cache,
        allow_private=allow_private,
        ranker=ranker,
        upscale=second_look,
        vlm=reader,
        policy=policy_of(reader),
    )
    labelled = file.first(limit)
    if ablate is not None:
        _ablate(labelled, options, labels_csv, json_file, seed, quiet=quiet)
        return
    answers = _run(labelled, options, out, quiet=quiet) if pred is None else read_answers(pred, trace)
    evaluation = scoring.evaluate(
        labelled, answers.predictions, candidates=answers.candidates, compared=compared, seed=seed
    )
    if json_file is not None:
        data = evaluation_json(evaluation, file=str(labels_csv), columns=labelled.columns, predictions=answers.source)
        write_json(Target(json_file, JSON_OPTION), data)
    print_evaluation(evaluation, evaluation_console())


def _ablate(
    labelled: LabelledRows, options: RunOptions, labels_csv: Path, json_file: Path | None, seed: int, *, quiet: bool
) -> None:
    from extractor.evaluation.ablation import run_ablation
    from extractor.evaluation.ablation_tables import ablation_json, print_ablation
    from extractor.evaluation.tables import evaluation_console, write_json

    if not quiet:
        typer.echo(path_taken(options.vlm, options.ocr), err=True)
    with stoppable(kept=options.use_cache), watcher_of(quiet=quiet) as watcher:
        ablation = asyncio.run(run_ablation(labelled, options, watcher, seed))
    if json_file is not None:
        data = ablation_json(ablation, file=str(labels_csv), columns=labelled.columns)
        write_json(Target(json_file, JSON_OPTION), data)
    print_ablation(ablation, evaluation_console())


def _run(labelled: LabelledRows, options: RunOptions, out: Path | None, *, quiet: bool) -> Answers:
    from extractor.evaluation.inputs import answers_of_run
    from extractor.tables import output

    if not quiet:
        typer.echo(path_taken(options.vlm, options.ocr), err=True)
    result = watched_run(labelled.rows, options, quiet=quiet)
    if out is not None:
        output.write(result.rows, out)
    if not quiet:
        typer.echo("\n".join(result.summary.lines()), err=True)
    return answers_of_run(result.rows)


def _check_options(pred: Path | None, trace: Path | None, out: Path | None) -> None:
    if pred is None and trace is not None:
        raise typer.BadParameter("it belongs to --pred; a run writes its own trace with --out", param_hint="--trace")
    if pred is not None and out is not None:
        raise typer.BadParameter("with --pred no predictions are made", param_hint="--out")


def _check_ablation(pred: Path | None, compare: list[str] | None, out: Path | None, *, ocr: str, vlm: str) -> None:
    if pred is not None or compare or out is not None:
        raise typer.BadParameter("leave out --pred, --compare and --out", param_hint="--ablate")
    if vlm == NO_VLM:
        raise typer.BadParameter("name a reader with --vlm", param_hint="--ablate")
    if ocr == "none":
        raise typer.BadParameter("name an engine with --ocr; --ocr none has nothing to compare", param_hint="--ablate")


def _named_file(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        raise typer.BadParameter(f"{text!r} is not of the form NAME=OUT.csv", param_hint="--compare")
    return name, Path(path)


def _targets(json_file: Path | None, out: Path | None) -> list[Target]:
    from extractor.tables.output import targets_of

    scores = [] if json_file is None else [Target(json_file, JSON_OPTION)]
    return [*scores, *(() if out is None else targets_of(out))]
