"""The trace: a line of JSON for each row, with the answer, its evidence, and what it took.

index, image_link, entity   the row
prediction                  the answer as it stands in the output, "" for none
value, unit                 its number and unit; null for none
status                      verified, low_confidence, ambiguous or not_found
source                      who answered: "ocr" (and the rules), "vlm", "ocr+vlm"; null without a picture
outcome                     how the sources came to one answer, see `extractor.stages.combine`; null as above
reason, detail              "answered" or a short code why not; a sentence where there is more to say
confidence                  0 to 1, that this is right
upscaled                    whether it was read on the enlarged picture
picture                     SHA-256 of the picture's bytes, null when it could not be had
tokens                      text, box and score of the OCR tokens that the answer stands on
candidates                  the best amounts considered: answer, score, confidence, text, features, tokens
vlm                         the reader's text, confidence, unanswerable (that word's probability); null without one
seconds                     fetch, ocr, rules and vlm; fetch and ocr are those of the picture, whichever row it was
                            fetched and read for; vlm is the row's share of its batch; 0 for cached results
cached                      fetch, ocr, answer (the rules') and vlm: whether it was there from before
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from extractor.stages.answer import Answer, Candidate, Outcome, Source, Status
from extractor.stages.reason import Reason
from extractor.tables.rows import Row
from ocr.token import OcrToken
from vlm.answer import VlmAnswer

if TYPE_CHECKING:
    from pydantic import TypeAdapter

DIGITS = 4
"""Decimals of scores, confidences and seconds."""


@dataclass(frozen=True, slots=True)
class StageSeconds:
    """What each stage took, in seconds."""

    fetch: float = 0.0
    ocr: float = 0.0
    rules: float = 0.0
    vlm: float = 0.0


@dataclass(frozen=True, slots=True)
class StagesCached:
    """Which stages' results were there from an earlier run."""

    fetch: bool = False
    ocr: bool = False
    answer: bool = False
    vlm: bool = False


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """The answer to one row. `sha256` is that of the picture's bytes, None without a picture."""

    row: Row
    answer: Answer
    sha256: str | None
    seconds: StageSeconds
    cached: StagesCached

    @property
    def prediction(self) -> str:
        """The answer as the output states it, "" for none."""
        return self.answer.text


@dataclass(frozen=True, slots=True)
class TracedCandidate:
    """A candidate as a line of the trace holds it."""

    answer: str
    score: float
    confidence: float
    text: str
    features: dict[str, float]
    tokens: tuple[OcrToken, ...]


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A line of the trace, as the module describes it."""

    index: str
    image_link: str
    entity: str
    prediction: str
    value: float | None
    unit: str | None
    status: Status
    source: Source | None
    outcome: Outcome | None
    reason: Reason
    detail: str
    confidence: float
    upscaled: bool
    picture: str | None
    tokens: tuple[OcrToken, ...]
    candidates: tuple[TracedCandidate, ...]
    vlm: VlmAnswer | None
    seconds: StageSeconds
    cached: StagesCached

    __pydantic_config__ = Answer.__pydantic_config__

    @classmethod
    def of(cls, answered: RowAnswer) -> TraceLine:
        """The line of a row."""
        row, answer, seconds = answered.row, answered.answer, answered.seconds
        return cls(
            index=row.index,
            image_link=_utf8(row.image_link),
            entity=row.entity,
            prediction=answer.text,
            value=answer.value,
            unit=answer.unit,
            status=answer.status,
            source=answer.source,
            outcome=answer.outcome,
            reason=answer.reason,
            detail=_utf8(answer.detail),
            confidence=round(answer.confidence, DIGITS),
            upscaled=answer.upscaled,
            picture=answered.sha256,
            tokens=_rounded(answer.evidence),
            candidates=tuple(map(_traced, answer.candidates)),
            vlm=answer.vlm
            and VlmAnswer(
                answer.vlm.text, round(answer.vlm.confidence, DIGITS), round(answer.vlm.unanswerable, DIGITS)
            ),
            seconds=StageSeconds(*(round(x, DIGITS) for x in (seconds.fetch, seconds.ocr, seconds.rules, seconds.vlm))),
            cached=answered.cached,
        )

    def to_json(self) -> str:
        """The line, without its end."""
        return _adapter().dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> TraceLine:
        """The line that `to_json` wrote; raises ValueError on anything else."""
        return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[TraceLine]:
    from pydantic import TypeAdapter

    return TypeAdapter(TraceLine)


def _traced(candidate: Candidate) -> TracedCandidate:
    return TracedCandidate(
        str(candidate.amount),
        round(candidate.score, DIGITS),
        round(candidate.confidence, DIGITS),
        candidate.text,
        dict(candidate.features),
        _rounded(candidate.evidence),
    )


def _utf8(text: str) -> str:
    """The text in UTF-8, as JSON needs it; what cannot be, as in some file names, by its bytes."""
    return text.encode(errors="backslashreplace").decode()


def _rounded(tokens: tuple[OcrToken, ...]) -> tuple[OcrToken, ...]:
    return tuple(OcrToken(token.text, token.box, round(token.score, DIGITS)) for token in tokens)
