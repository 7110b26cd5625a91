"""`extractor evaluate`: how good are the answers?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extractor.api.policy_file import policy_of
from extractor.api.readers import DEFAULT_BATCH, DEFAULT_DEVICE, DEFAULT_VLM, NO_VLM, path_taken
from extractor.cache.target import Target, check_targets, write_whole
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
    cpu_count,
    default_store,
    files_of_run,
    reader_choice,
    stoppable,
    watched_run,
    watcher_of,
)
from rules.ranker import LEARNED

if TYPE_CHECKING:
    from extractor.evaluation.inputs import LabelledRows
    from extractor.run.options import PredictOptions

PIPELINE = "pipeline"
JSON_OPTION = "--json"


class Ablation(StrEnum):
    """What can be taken away, piece by piece."""

    OCR = "ocr"


@dataclass(frozen=True, slots=True)
class _Answers:
    predictions: Mapping[str, str]
    candidates: Mapping[str, Sequence[str]] | None
    source: str


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
        typer.Option("--pred", metavar="OUT.csv", help="Score these predictions; without it they are made."),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(
            "--trace",
            metavar="FILE",
            show_default="OUT_trace.jsonl beside --pred, if there",
            help="The trace of --pred; tells whether the right value was among the candidates.",
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
        typer.Option("--out", metavar="OUT.csv", help="Keep the predictions made, and their trace beside them."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Only the first N rows of the file.")
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, metavar="N", help="Of the resampling behind the intervals.")
    ] = 0,
    ablate: Annotated[
        Ablation | None,
        typer.Option(
            "--ablate",
            metavar="ocr",
            help="Compare, on the same rows in one run: --vlm with OCR in its prompt, without, alone, on a blank "
            "picture, and OCR and rules alone.",
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
    from extractor.evaluation.evaluation_json import evaluation_json
    from extractor.evaluation.evaluation_table import evaluation_console, print_evaluation
    from extractor.evaluation.inputs import read_labelled_rows, read_predictions
    from extractor.run.options import PredictOptions
    from extractor.tables.output import trace_path

    _check_options(pred, trace, out)
    if ablate is not None:
        _check_ablation(pred, compare, out, ocr=ocr, vlm=vlm)
    labelled = read_labelled_rows(labels_csv, label_column)
    all_rows = labelled.rows
    left_out = {row.index for row in all_rows[limit:]} if limit else set()
    labelled = labelled.first(limit) if limit else labelled
    compared_files = dict(map(_named_file, compare or []))
    compared = {name: read_predictions(path) for name, path in compared_files.items()}
    store = store or default_store()
    if pred is None:
        read = files_of_run(all_rows, labels_csv.parent, images, ranker=ranker, vlm=vlm)
    else:
        read = iter([pred, trace or trace_path(pred)])
    check_targets(_targets(json_file, out), chain([labels_csv], compared_files.values(), read), store)
    reader = reader_choice(
        vlm, no_constrain=no_constrain, batch=vlm_batch, device=device, precision=precision, quiet=quiet
    )
    options = PredictOptions(
        base=labels_csv.parent,
        store=store,
        images=images,
        ocr=ocr,
        workers=workers or cpu_count(),
        use_cache=not no_cache,
        allow_private=allow_private,
        ranker=ranker,
        second_look=second_look,
        vlm=reader,
        policy=policy_of(reader),
    )
    if ablate is not None:
        _ablate(labelled, options, labels_csv, json_file, seed, quiet=quiet)
        return
    if pred is not None:
        answers = _answers_of_file(pred, trace)
    else:
        answers = _answers_of_pipeline(labelled, options, out, quiet=quiet)
    evaluation = scoring.evaluate(
        labelled,
        {index: said for index, said in answers.predictions.items() if index not in left_out},
        candidates=answers.candidates,
        compared=compared,
        seed=seed,
    )
    if json_file is not None:
        data = evaluation_json(evaluation, file=str(labels_csv), columns=labelled.columns, predictions=answers.source)
        _write(json_file, data)
    print_evaluation(evaluation, evaluation_console())


def _ablate(
    labelled: LabelledRows,
    options: PredictOptions,
    labels_csv: Path,
    json_file: Path | None,
    seed: int,
    *,
    quiet: bool,
) -> None:
    from extractor.evaluation.ablation import run_ablation
    from extractor.evaluation.ablation_json import ablation_json
    from extractor.evaluation.ablation_table import print_ablation
    from extractor.evaluation.evaluation_table import evaluation_console

    if not quiet:
        typer.echo(path_taken(options.vlm, options.ocr), err=True)
    with stoppable(kept=options.use_cache), watcher_of(quiet=quiet) as watcher:
        ablation = run_ablation(labelled, options, watcher, seed)
    if json_file is not None:
        _write(json_file, ablation_json(ablation, file=str(labels_csv), columns=labelled.columns))
    print_ablation(ablation, evaluation_console())


def _check_options(pred: Path | None, trace: Path | None, out: Path | None) -> None:
    if pred is None and trace is not None:
        raise typer.BadParameter("it belongs to --pred; a run keeps its own trace with --out", param_hint="--trace")
    if pred is not None and out is not None:
        raise typer.BadParameter("with --pred no predictions are made", param_hint="--out")


def _check_ablation(pred: Path | None, compare: list[str] | None, out: Path | None, *, ocr: str, vlm: str) -> None:
    if pred is not None or compare or out is not None:
        raise typer.BadParameter("it goes with none of --pred, --compare and --out", param_hint="--ablate")
    if vlm == NO_VLM:
        raise typer.BadParameter("name the reader to take OCR away from with --vlm", param_hint="--ablate")
    if ocr == "none":
        raise typer.BadParameter("there is no OCR to take away with --ocr none", param_hint="--ablate")


def _named_file(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        raise typer.BadParameter(f"{text!r} is not of the form NAME=OUT.csv", param_hint="--compare")
    return name, Path(path)


def _answers_of_file(pred: Path, trace: Path | None) -> _Answers:
    from extractor.evaluation.inputs import read_candidates, read_predictions
    from extractor.tables.output import trace_path

    if trace is None and trace_path(pred).is_file():
        trace = trace_path(pred)
    candidates = None if trace is None else read_candidates(trace)
    return _Answers(read_predictions(pred), candidates, str(pred))


def _answers_of_pipeline(labelled: LabelledRows, options: PredictOptions, out: Path | None, *, quiet: bool) -> _Answers:
    from extractor.tables import output

    if not quiet:
        typer.echo(path_taken(options.vlm, options.ocr), err=True)
    result = watched_run(labelled.rows, options, quiet=quiet)
    if out is not None:
        output.write(result.traces, out)
    if not quiet:
        typer.echo("\n".join(result.summary.lines()), err=True)
    return _Answers(
        {trace.row.index: trace.prediction for trace in result.traces},
        {trace.row.index: [one.answer for one in trace.decision.candidates] for trace in result.traces},
        PIPELINE,
    )


def _targets(json_file: Path | None, out: Path | None) -> list[Target]:
    from extractor.tables.output import targets_of

    scores = [] if json_file is None else [Target(json_file, JSON_OPTION)]
    return [*scores, *(() if out is None else targets_of(out))]


def _write(path: Path, data: Mapping[str, Any]) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    write_whole(Target(path, JSON_OPTION), [text.encode(errors="backslashreplace")])
