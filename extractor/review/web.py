"""The review page and what it asks for: rows by position, their pictures, decisions, undo.

A client names rows by their position alone; where a picture is comes from the audit.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import APIRouter, Response
from PIL import Image

from extractor.api.pictures import picture_from
from extractor.cache.target import OutputError
from extractor.review.decisions import Action, Decision, DecisionError, Outcome
from extractor.review.items import ReviewItem
from extractor.review.roles import CANDIDATE, EVIDENCE, roles_of
from extractor.review.session import Progress, ReviewSession
from extractor.review.verdicts import NOT_STATED
from extractor.stages.reason import PictureUnusableError
from extractor.tables.csv_file import InputError
from extractor.web.problem import ProblemError
from extractor.web.shell import HEALTH_PATHS, files_router, page_router
from ocr.picture import is_turned
from ocr.token import Box, OcrToken

_SHOWN_AS_THEY_ARE = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
OTHER = "other"


@dataclass(frozen=True, slots=True)
class BoxView:
    """A token on the picture; `role` is evidence, candidate or other."""

    text: str
    corners: Box
    role: str


@dataclass(frozen=True, slots=True)
class CandidateView:
    """An amount that the picture holds for the entity."""

    amount: str
    confidence: float
    text: str


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as the page shows it. `suggestion` as in `extractor.review.verdicts.Audit`; `action` and `value` are those
    of the decision that stands, "" without one. Boxes are in pixels of a picture of `width` by `height`."""

    position: int
    index: str
    picture_name: str
    group: str
    entity: str
    units: tuple[str, ...]
    label: str
    prediction: str
    suggestion: str
    verdict: str
    verdict_words: str
    reason: str
    suspicion: float
    suspicious: bool
    candidates: tuple[CandidateView, ...]
    width: int
    height: int
    boxes: tuple[BoxView, ...]
    action: str
    value: str


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """A decision as the page sends it; `value` is what was typed."""

    action: Action
    value: str = ""


@dataclass(frozen=True, slots=True)
class UndoResult:
    """The row whose decision was taken back."""

    position: int
    progress: Progress


def review_routers(session: ReviewSession) -> list[APIRouter]:
    """The page at `/` and its routes."""
    router = APIRouter(prefix="/review", tags=["review"])

    @router.get("/progress")
    def progress() -> Progress:
        return session.progress()

    @router.get("/rows/{position}")
    def row(position: int) -> RowView:
        return _shown(session, position, _item(session, position))

    @router.get("/rows/{position}/picture", response_class=Response)
    def picture(position: int) -> Response:
        content, kind = _picture(_item(session, position))
        return Response(content, media_type=kind)

    @router.post("/rows/{position}/decision")
    def decide(position: int, given: DecisionRequest) -> Progress:
        _item(session, position)
        with _told():
            if given.action is Action.UNDO:
                raise DecisionError("undo has a route of its own")
            session.decide(position, given.action, given.value)
        return session.progress(after=position)

    @router.post("/undo")
    def undo() -> UndoResult:
        with _told():
            return UndoResult(session.undo(), session.progress())

    ready = APIRouter()
    for path in HEALTH_PATHS:
        ready.add_api_route(path, lambda: Response("ok"), include_in_schema=False)
    page = page_router("/", "extractor.review", "review.html")
    return [page, files_router("extractor.review", ("review.css", "keys.js", "review.js")), router, ready]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except DecisionError as error:
        raise ProblemError(422, str(error)) from error
    except OutputError as error:
        raise ProblemError(507, f"the decision could not be kept: {error}") from error


def _item(session: ReviewSession, position: int) -> ReviewItem:
    if not 0 <= position < len(session.items):
        raise ProblemError(404, f"there is no row {position}; there are {len(session.items)}, counted from 0")
    try:
        return session.items[position]
    except InputError as error:
        raise ProblemError(409, f"row {position} cannot be shown: what `extractor audit` wrote has changed") from error


def _shown(session: ReviewSession, position: int, item: ReviewItem) -> RowView:
    audit, page = item.audit, item.page
    decision = session.decision_on(position)
    return RowView(
        position=position,
        index=item.index,
        picture_name=audit.row.picture_name,
        group=audit.row.group_id,
        entity=audit.row.entity,
        units=tuple(sorted(item.table[audit.row.entity].units)),
        label=audit.label.text,
        prediction=audit.answer.text,
        suggestion=audit.suggestion,
        verdict=str(audit.verdict),
        verdict_words=audit.verdict.words,
        reason=audit.reason,
        suspicion=audit.suspicion,
        suspicious=audit.suspicious,
        candidates=tuple(CandidateView(str(c.amount), c.confidence, c.text) for c in audit.answer.candidates),
        width=page.width if page is not None else 0,
        height=page.height if page is not None else 0,
        boxes=tuple(_boxes(item)),
        action="" if decision is None else str(decision.action),
        value=_value(decision),
    )


def _value(decision: Decision | None) -> str:
    """What the label is from now on; "" where nothing is decided."""
    if decision is None or decision.outcome is Outcome.OPEN:
        return ""
    return decision.value or NOT_STATED


def _boxes(item: ReviewItem) -> Iterator[BoxView]:
    """Faint boxes first, so that those that matter lie above them.

    Evidence that was read on the enlarged picture stands on the first page too, as another token at its place.
    """
    roles = roles_of(item.audit.answer)
    page_tokens = () if item.page is None else item.page.tokens
    all_roles = {one: OTHER for one in page_tokens if not any(_at_same_place(one, shown) for shown in roles)} | roles
    for role in (OTHER, CANDIDATE, EVIDENCE):
        tokens = sorted((token for token, own in all_roles.items() if own == role), key=_place)
        yield from (BoxView(token.text, token.box, role) for token in tokens)


def _at_same_place(one: OcrToken, other: OcrToken) -> bool:
    x, y = one.centre
    return other.left <= x <= other.right and other.top <= y <= other.bottom


def _place(token: OcrToken) -> tuple[float, float]:
    return token.top, token.left


def _picture(item: ReviewItem) -> tuple[bytes, str]:
    """The picture and its kind. One that browsers show otherwise than the reader saw it is converted."""
    if item.picture is None:
        raise ProblemError(404, f"there is no picture: {item.audit.answer.detail or item.audit.answer.reason}")
    try:
        data = item.picture.read_bytes()
        if hashlib.sha256(data).hexdigest() != item.sha256:
            raise ProblemError(404, f"{item.audit.row.picture_name} has changed since the audit; run it again")
        with Image.open(io.BytesIO(data)) as image:
            kind = _SHOWN_AS_THEY_ARE.get(image.format or "")
            turned = image.format != "JPEG" and is_turned(image)
        if kind is not None and not turned:
            return data, kind
        file = io.BytesIO()
        Image.fromarray(picture_from(data)).save(file, "PNG")
    except (OSError, ValueError, PictureUnusableError, Image.DecompressionBombError) as error:
        name = item.audit.row.picture_name
        raise ProblemError(404, f"{name} cannot be shown: {error.__class__.__name__}") from error
    return file.getvalue(), "image/png"
