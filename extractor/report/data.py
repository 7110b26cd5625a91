"""What the page's script gets to know of each row and picture; names are those that `report.js` reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extractor.report.explanation import FeatureEffect, RulesOfRun, effects_of, strokes_of
from extractor.report.value import ReportRow
from extractor.stages.answer import Answer, Candidate
from extractor.stages.product import ProductAnswer, Statement
from extractor.tables.labels import written
from extractor.tables.trace import DIGITS, RowAnswer, StagesCached, StageSeconds
from ocr.token import OcrResult, OcrToken
from rules.drawing import BesideStroke
from vlm.answer import VlmAnswer

CANDIDATES_SHOWN = 5
_PIXEL_DIGITS = 1


@dataclass(frozen=True, slots=True)
class TokenData:
    """A text with the corners of its box in pixels of the upright picture."""

    text: str
    box: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class StrokeData:
    """A stroke beside a text: its two ends in pixels, its direction and weight."""

    ends: tuple[tuple[float, float], ...]
    direction: str
    weight: float


@dataclass(frozen=True, slots=True)
class CandidateData:
    """A candidate with its grounds; `chosen`: it is the answer."""

    answer: str
    chosen: bool
    score: float
    confidence: float
    text: str
    tokens: tuple[TokenData, ...]
    strokes: tuple[StrokeData, ...]
    effects: tuple[FeatureEffect, ...]


@dataclass(frozen=True, slots=True)
class RowData:
    """A row as the list shows it; `picture` is the place of its picture, `kind` that of its mistake."""

    index: str
    entity: str
    picture: int
    answer: str
    status: str
    confidence: float
    reason: str
    result: str
    kind: str | None
    label: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class StatementData:
    """What a picture of a product states, or its title, which has no link; `here`: the picture is the row's own."""

    link: str
    href: str | None
    here: bool
    stance: str
    answer: str
    confidence: float
    text: str


@dataclass(frozen=True, slots=True)
class DetailData:
    """What a row shows when it is selected, beside its `RowData`; `page` is the place of its page, None without one."""

    accepted: tuple[str, ...]
    among: bool | None
    source: str | None
    outcome: str | None
    detail: str
    upscaled: bool
    sha256: str | None
    evidence: tuple[TokenData, ...]
    candidates: tuple[CandidateData, ...]
    more_candidates: int
    vlm: VlmAnswer | None
    times: StageSeconds
    cached: StagesCached
    page: int | None
    product: str
    title: str
    statements: tuple[StatementData, ...]


@dataclass(frozen=True, slots=True)
class PictureData:
    """A picture: its link as text, and where a click may lead."""

    link: str
    href: str | None


@dataclass(frozen=True, slots=True)
class ThumbnailData:
    """A picture made smaller, as a `data:` address, and its full size in pixels."""

    src: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PageData:
    """All texts of a page, and the size of its picture in pixels."""

    width: int
    height: int
    tokens: tuple[TokenData, ...]


def row_data(row: ReportRow, picture: int) -> RowData:
    """What the list shows of a row."""
    answered = row.answered
    answer = answered.answer
    seconds = answered.seconds
    return RowData(
        index=answered.row.index,
        entity=answer.entity,
        picture=picture,
        answer=answer.text,
        status=str(answer.status),
        confidence=round(answer.confidence, DIGITS),
        reason=str(answer.reason),
        result=str(row.result),
        kind=str(row.mistake.kind) if row.mistake else None,
        label=None if row.label is None else row.label.text,
        seconds=round(seconds.fetch + seconds.ocr + seconds.rules + seconds.vlm, DIGITS),
    )


def page_data(page: OcrResult) -> PageData:
    """What the script gets to know of a page."""
    return PageData(page.width, page.height, _tokens(page.tokens))


def detail_data(
    row: ReportRow, page: OcrResult | None, place: int | None, rules: RulesOfRun, href: Callable[[str], str | None]
) -> DetailData:
    """What a selected row shows; `page` is the one that it was answered from, and `place` is its place.

    `href` gives for the link of a picture where a click may lead.
    """
    answered, answer = row.answered, row.answered.answer
    shown = _shown(answer)
    strokes = strokes_of(shown, answer, page, rules) if page else ((),) * len(shown)
    effects = effects_of(shown, answer.entity, rules)
    return DetailData(
        accepted=() if row.label is None else tuple(map(written, row.label.others)),
        among=row.mistake.right_among_candidates if row.mistake else None,
        source=str(answer.source) if answer.source else None,
        outcome=str(answer.outcome) if answer.outcome else None,
        detail=answer.detail,
        upscaled=answer.upscaled,
        sha256=answered.sha256,
        evidence=_tokens(answer.evidence),
        candidates=tuple(
            CandidateData(
                answer=str(candidate.amount),
                chosen=_is_chosen(candidate, answer),
                score=candidate.score,
                confidence=candidate.confidence,
                text=candidate.text,
                tokens=_tokens(candidate.evidence),
                strokes=tuple(map(_stroke, own_strokes)),
                effects=own_effects,
            )
            for candidate, own_strokes, own_effects in zip(shown, strokes, effects, strict=True)
        ),
        more_candidates=len(answer.candidates) - len(shown),
        vlm=answer.vlm,
        times=answered.seconds,
        cached=answered.cached,
        page=place,
        product=answered.row.product,
        title=answered.row.title,
        statements=_statements(answered, href),
    )


def _statements(answered: RowAnswer, href: Callable[[str], str | None]) -> tuple[StatementData, ...]:
    answer = answered.answer
    if not isinstance(answer, ProductAnswer):
        return ()
    return tuple(_statement(one, answered, href) for one in answer.statements)


def _statement(statement: Statement, answered: RowAnswer, href: Callable[[str], str | None]) -> StatementData:
    seen_on = None if statement.picture is None else answered.pictures[statement.picture]
    return StatementData(
        link=seen_on.link if seen_on else "",
        href=href(seen_on.link) if seen_on else None,
        here=seen_on is not None and seen_on.sha256 == answered.sha256,
        stance=str(statement.stance),
        answer=str(statement.amount),
        confidence=round(statement.confidence, DIGITS),
        text=statement.text,
    )


def _shown(answer: Answer) -> tuple[Candidate, ...]:
    """The first candidates, and the one that the answer is."""
    first, rest = answer.candidates[:CANDIDATES_SHOWN], answer.candidates[CANDIDATES_SHOWN:]
    return first + tuple(candidate for candidate in rest if _is_chosen(candidate, answer))


def _is_chosen(candidate: Candidate, answer: Answer) -> bool:
    return candidate.amount == answer.amount and candidate.evidence == answer.evidence


def _tokens(tokens: Sequence[OcrToken]) -> tuple[TokenData, ...]:
    return tuple(TokenData(token.text, tuple(map(_point, token.box))) for token in tokens)


def _stroke(beside: BesideStroke) -> StrokeData:
    stroke = beside.stroke
    ends = _point((stroke.x1, stroke.y1)), _point((stroke.x2, stroke.y2))
    return StrokeData(ends, beside.direction, round(beside.weight, DIGITS))


def _point(point: tuple[float, float]) -> tuple[float, float]:
    x, y = point
    return round(x, _PIXEL_DIGITS), round(y, _PIXEL_DIGITS)
