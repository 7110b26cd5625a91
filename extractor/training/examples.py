"""Labelled questions as the ranker sees them: the candidates of a page, and which of them are right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.evaluation.inputs import read_labelled_rows
from extractor.evaluation.metrics import same_answer
from extractor.run.local import stored_pages
from extractor.run.options import RunOptions
from extractor.run.result import PictureResult
from extractor.tables.json_file import json_lines
from extractor.tables.labels import Label, WrittenAmount
from extractor.tables.rows import Row
from ocr.token import Box, OcrResult, OcrToken
from rules.amount import Amount
from rules.constants import DIMENSIONS
from rules.entities import allowed_unit
from rules.features import Features
from rules.ranker import HandSetRanker
from rules.select import Candidate, ParsedPage
from rules.units import convert

TALL = 1.5
"""Token dumps lack the direction of texts; one that is this many times as high as wide is taken to run upwards."""

CATALOGUE_WEIGHT = 0.3
"""What a row with a catalogue's label counts against one labelled by eye: a quarter of those labels is wrong."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate's features, whether the label accepts it, its amount where known, and whether it is the best one."""

    features: Features
    right: bool
    amount: Amount | None = None
    best: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One labelled row. `stated`: the label has a value; `may_be_empty`: it also accepts no answer.

    `best_stated`: its best answer is a value.
    `group` is the row's product group, "" without one; `embedding` is that of the picture's page.
    """

    entity: str
    picture: str
    stated: bool
    may_be_empty: bool
    choices: tuple[Choice, ...]
    weight: float = 1.0
    group: str = ""
    embedding: tuple[float, ...] = ()
    best_stated: bool = False


def questions_of(
    rows: Sequence[Row], labels: Sequence[Label], pages: Mapping[str, OcrResult], weight: float = 1.0
) -> tuple[Question, ...]:
    """A question for every row whose picture has a page; `pages` by the last part of the link."""
    return tuple(
        _question(row, label, pages[row.picture_name], weight)
        for row, label in zip(rows, labels, strict=True)
        if row.picture_name in pages
    )


def pages_by_name(
    rows: Sequence[Row], results: Mapping[str, PictureResult], options: RunOptions
) -> dict[str, OcrResult]:
    """The pages that `extractor.run.local.read_pages` read, by the last part of the picture's link."""
    pages = stored_pages(results, options)
    return {row.picture_name: pages[row.picture] for row in rows if row.picture in pages}


def catalogue_questions(rows: Path, tokens: Path, label_column: str) -> tuple[Question, ...]:
    """The questions of a catalogue's rows on the pages of a token dump, of less weight. Raises InputError.

    Dimensions are left out: without the picture's strokes they would teach that nothing is ever drawn.
    """
    labelled = read_labelled_rows(rows, label_column)
    questions = questions_of(labelled.rows, labelled.labels, read_token_dump(tokens), CATALOGUE_WEIGHT)
    return tuple(question for question in questions if question.entity not in DIMENSIONS)


def _question(row: Row, label: Label, page: OcrResult, weight: float) -> Question:
    candidates = ParsedPage(page).candidates(row.entity, HandSetRanker())
    choices = tuple(
        Choice(c.features, _is_right(c, label, row.entity), c.answer, _is_best(c.answer, label)) for c in candidates
    )
    return Question(
        row.entity,
        row.picture_name,
        stated=bool(label.amounts),
        may_be_empty=None in label.answers,
        choices=choices,
        weight=weight,
        group=row.group_id,
        embedding=page.embedding,
        best_stated=label.primary is not None,
    )


def _is_right(candidate: Candidate, label: Label, entity: str) -> bool:
    """Whether the candidate, in any unit that it is printed in, is an accepted answer."""
    printed = [
        WrittenAmount(convert(q.upper or q.value, q.unit, unit), unit)
        for q in (located.quantity for located in candidate.group.quantities)
        if (unit := allowed_unit(q.unit, entity)) is not None
    ]
    return any(same_answer(amount, answer) for amount in printed for answer in label.amounts)


def _is_best(answer: Amount, label: Label) -> bool:
    """Whether an answer is the label's best one."""
    return label.primary is not None and same_answer(WrittenAmount(answer.value, answer.unit), label.primary)


def read_token_dump(path: Path) -> dict[str, OcrResult]:
    """Pages by picture name from JSON lines `{"image", "w", "h", "tokens": [{"t": text, "s": score, "b": box}]}`.

    Plain or gzipped; without strokes. Raises InputError when the file cannot be read or a line is not of this form.
    """
    return dict(json_lines(path, "token dump", _dumped_page))


def _dumped_page(page: Any) -> tuple[str, OcrResult]:
    tokens = tuple(OcrToken(str(t["t"]), _box(t["b"]), float(t["s"])) for t in page["tokens"])
    return str(page["image"]), OcrResult(tokens, int(page["w"]), int(page["h"]))


def _box(corners: Sequence[Sequence[float]]) -> Box:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    upwards = math.dist(a, d) >= TALL * math.dist(a, b)
    return (d, a, b, c) if upwards else (a, b, c, d)
