"""`extractor fit`: fits the learned ranker from labelled pictures."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.settings import RunSettings, with_settings
from extractor.cli.shared import watched

if TYPE_CHECKING:
    from extractor.evaluation.inputs import LabelledRows
    from extractor.training.crossval import Fitted
    from extractor.training.examples import Question
    from ocr.token import OcrResult

CATALOGUE_WEIGHT = 0.3
"""What a row with a catalogue's label counts against one labelled by eye: a quarter of those labels is wrong."""


@with_settings("images", "ocr", "workers", "store", "quiet")
def fit(
    labels: Annotated[Path, typer.Argument(metavar="LABELS.csv", help="Rows labelled by eye: primary,accepted.")],
    *,
    settings: RunSettings,
    catalogue: Annotated[
        Path | None, typer.Option(metavar="ROWS.csv", help="More rows, with catalogue labels, to learn from only.")
    ] = None,
    tokens: Annotated[
        Path | None, typer.Option(metavar="DUMP.jsonl", help="The text of the catalogue rows' pictures.")
    ] = None,
    label_column: Annotated[str, typer.Option(metavar="NAME", help="The label's column in ROWS.csv.")] = "entity_value",
    without: Annotated[
        list[Path] | None,
        typer.Option(metavar="CSV", help="Leave out the pictures of this file, to measure on them. Repeatable."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the ranker goes.")] = Path("ranker.json"),
    folds: Annotated[int, typer.Option(min=2, metavar="N", help="Parts of the cross-validation, by picture.")] = 5,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the folds and the trees.")] = 0,
) -> None:
    """Fit the learned ranker, and print what cross-validation says of it.

    The figures come from LABELS.csv, each row judged by models that had not
    seen its picture.

    Example:

      extractor fit gold.csv --images pictures/ --out rules/ranker.json
    """
    from extractor.cache.target import Target, check_targets, write_whole
    from extractor.evaluation.inputs import picture_names_in, read_labelled_rows
    from extractor.run.local import read_pages
    from extractor.training.boosting import FOR_MANY, BoostOptions, check_sklearn
    from extractor.training.crossval import fit_ranker
    from extractor.training.pages import pages_by_name

    _check_arguments(catalogue, tokens, settings.ocr)
    check_sklearn()
    target = Target(out, "--out", plain=True)
    labelled = read_labelled_rows(labels)
    tables = [labels, *(path for path in (catalogue, tokens) if path), *(without or [])]
    check_targets([target], chain(tables, settings.files(labelled.rows, labels.parent)), settings.store_file)
    left_out = picture_names_in(without or [])
    options = settings.run_options(labels.parent)
    # The catalogue's files come before the pictures: what is wrong with them is known at once.
    more = _catalogue_questions(catalogue, tokens, label_column, left_out)
    links = [row.picture for row in labelled.rows]
    results = watched(lambda watcher: read_pages(links, options, watcher), settings)
    own = _questions(labelled, pages_by_name(labelled.rows, results, options), left_out, 1.0)
    fitted = fit_ranker(own, more, BoostOptions(), with_extra=FOR_MANY, folds=folds, seed=seed)
    write_whole(target, [fitted.to_json().encode()])
    for line in _report(fitted, len(own), len(more)):
        print(line)
    print(f"ranker    {out}", file=sys.stderr)


def _check_arguments(catalogue: Path | None, tokens: Path | None, ocr: str) -> None:
    from extractor.api.engines import OCR_OFF
    from extractor.tables.csv_file import InputError

    if (catalogue is None) != (tokens is None):
        raise InputError("--catalogue and --tokens belong together: give both, or neither of them")
    if ocr == OCR_OFF:
        raise InputError("a ranker is fitted to what OCR reads: name an engine with --ocr")


def _questions(
    labelled: LabelledRows, pages: dict[str, OcrResult], left_out: frozenset[str], weight: float
) -> list[Question]:
    from extractor.training.examples import questions_of

    kept = questions_of(labelled.rows, labelled.labels, pages, weight)
    return [question for question in kept if question.picture not in left_out]


def _catalogue_questions(
    rows: Path | None, tokens: Path | None, column: str, left_out: frozenset[str]
) -> list[Question]:
    """Dimensions are left out: without the picture's strokes they would teach that nothing is ever drawn."""
    from extractor.evaluation.inputs import read_labelled_rows
    from extractor.training.examples import read_token_dump
    from rules.constants import DIMENSIONS

    if rows is None or tokens is None:
        return []
    found = _questions(read_labelled_rows(rows, column), read_token_dump(tokens), left_out, CATALOGUE_WEIGHT)
    return [question for question in found if question.entity not in DIMENSIONS]


def _report(fitted: Fitted, own: int, more: int) -> list[str]:
    total = fitted.total
    lines = [
        f"{own} rows by eye, {more} of a catalogue; F1 by cross-validation {total.f1:.3f} "
        f"(TP {total.tp}, FP {total.fp}, FN {total.fn})"
    ]
    lines += [f"  {entity:30s} F1 {counts.f1:.3f}" for entity, counts in fitted.counts.items()]
    return lines + [f"  threshold {name:20s} {threshold:.3f}" for name, threshold in fitted.thresholds.items()]
