"""Reads a trace back into the answers to its rows; `extractor.tables.trace` lists the fields.

Fields that a line of an older run lacks have their defaults, unknown ones of a newer run are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.stages.answer import Answer, Candidate, Outcome, Source
from extractor.stages.product import ProductAnswer, Stance, Statement
from extractor.stages.reason import Reason
from extractor.tables.csv_file import InputError
from extractor.tables.json_file import json_lines
from extractor.tables.labels import parse_amount
from extractor.tables.rows import Row
from extractor.tables.trace import ProductPicture, RowAnswer, StagesCached, StageSeconds
from ocr.token import OcrToken
from rules.amount import Amount
from rules.entities import OFFICIAL, EntityTable
from rules.ranker import VERIFIED_FROM
from rules.units import KIND_OF
from vlm.answer import VlmAnswer

if TYPE_CHECKING:
    from pydantic import TypeAdapter

TRACE = "trace (*_trace.jsonl)"


@dataclass(frozen=True, slots=True)
class _TracedCandidate:
    answer: str
    score: float
    confidence: float = 0.0
    text: str = ""
    features: dict[str, float] = field(default_factory=dict)
    tokens: tuple[OcrToken, ...] = ()


@dataclass(frozen=True, slots=True)
class _TracedStatement:
    stance: Stance
    answer: str
    picture: str | None = None
    image_link: str = ""
    confidence: float = 0.0
    text: str = ""
    tokens: tuple[OcrToken, ...] = ()

    @property
    def seen_on(self) -> ProductPicture | None:
        """None for the title."""
        return ProductPicture(self.image_link, self.picture) if self.image_link or self.picture else None


@dataclass(frozen=True, slots=True)
class _TraceLine:
    index: str
    entity: str
    prediction: str
    reason: Reason
    image_link: str = ""
    source: Source | None = None
    outcome: Outcome | None = None
    detail: str = ""
    confidence: float = 0.0
    verified_from: float = VERIFIED_FROM
    upscaled: bool = False
    picture: str | None = None
    tokens: tuple[OcrToken, ...] = ()
    candidates: tuple[_TracedCandidate, ...] = ()
    vlm: VlmAnswer | None = None
    seconds: StageSeconds = field(default_factory=StageSeconds)
    cached: StagesCached = field(default_factory=StagesCached)
    product: str = ""
    title: str = ""
    statements: tuple[_TracedStatement, ...] | None = None


def read_trace(path: Path, entities: EntityTable = OFFICIAL) -> tuple[RowAnswer, ...]:
    """The answers of a trace, in its order; raises InputError when the file is not one or has no lines."""
    rows = tuple(json_lines(path, TRACE, partial(row_answer_of, entities=entities)))
    if not rows:
        raise InputError(f"{path} has no lines; name the trace that `predict` wrote beside its output")
    return rows


def row_answer_of(line: Any, entities: EntityTable = OFFICIAL) -> RowAnswer:
    """The answer that `trace_line` wrote, as far as the line states it; `line` is the parsed JSON.

    Pictures of a product that state nothing are not in its line.

    Raises ValueError for anything else, and for amounts in units that neither the rules nor the `entities` have.
    """
    traced = _adapter().validate_python(line)
    answer = Answer(
        traced.entity,
        _amount(traced.prediction, entities) if traced.prediction else None,
        traced.reason,
        traced.confidence,
        traced.source,
        traced.tokens,
        tuple(_candidate(one, entities) for one in traced.candidates),
        traced.detail,
        traced.upscaled,
        traced.outcome,
        traced.vlm,
        traced.seconds.rules,
        traced.cached.answer,
        traced.verified_from,
    )
    pictures: tuple[ProductPicture, ...] = ()
    if traced.statements is not None:
        seen_on = (statement.seen_on for statement in traced.statements)
        pictures = tuple(dict.fromkeys(picture for picture in seen_on if picture is not None))
        answer = _of_product(answer, traced.statements, pictures, entities)
    row = Row(traced.index, traced.image_link, "", traced.entity, traced.product, traced.title)
    return RowAnswer(row, answer, traced.picture, traced.seconds, traced.cached, pictures=pictures)


def _of_product(
    answer: Answer, traced: Sequence[_TracedStatement], pictures: Sequence[ProductPicture], entities: EntityTable
) -> ProductAnswer:
    statements = tuple(
        Statement(
            None if one.seen_on is None else pictures.index(one.seen_on),
            one.stance,
            _amount(one.answer, entities),
            one.confidence,
            one.text,
            one.tokens,
        )
        for one in traced
    )
    return ProductAnswer.of(answer, statements)


def _candidate(traced: _TracedCandidate, entities: EntityTable) -> Candidate:
    features = tuple(traced.features.items())
    return Candidate(
        _amount(traced.answer, entities), traced.score, traced.confidence, traced.text, features, traced.tokens
    )


def _amount(text: str, entities: EntityTable) -> Amount:
    amount = parse_amount(text)
    if amount is None or amount.number is None:
        raise ValueError(f"{text!r} is not a number and a unit")
    if amount.unit not in KIND_OF and amount.unit not in entities.units:
        raise ValueError(f"{text!r} is in a unit of no entity; name the file of the run's own with --entities")
    return Amount(amount.number, amount.unit)


@cache
def _adapter() -> TypeAdapter[_TraceLine]:
    from pydantic import TypeAdapter

    return TypeAdapter(_TraceLine)
