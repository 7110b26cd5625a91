"""The trace: a line of JSON for each row, with the answer, its evidence, and what it took.

index, image_link, entity   the row
prediction                  the answer as it stands in the output, "" for none
value, unit                 its number and unit; null for none
status                      verified, low_confidence, ambiguous or not_found
source                      who answered: "ocr" (and the rules), "vlm", "ocr+vlm"; null without a picture
outcome                     how the sources came to one answer, see `extractor.stages.combine`; null as above
reason, detail              "answered" or a short code why not; a sentence where there is more to say
confidence                  0 to 1, that this is right
verified_from               the confidence from which answers on this entity are verified
upscaled                    whether it was read on the enlarged picture
picture                     SHA-256 of the picture's bytes, null when it could not be had
tokens                      text, box and score of the OCR tokens that the answer stands on
candidates                  the best amounts considered: answer, score, confidence, text, features, tokens
vlm                         the reader's text, confidence, unanswerable (that word's probability); null without one
product, title              only where rows share a product: its name, and its title if it has one
statements                  only there: what each picture of the product, or the title, states that bears on the answer:
                            picture (SHA-256) and image_link, null and "" for the title; stance: agrees, contradicts
                            or part (the measure of a part); answer, confidence (by itself), text, tokens.
                            `tokens` and those of `candidates` are then only those on the row's own picture
seconds                     fetch, ocr, rules and vlm; fetch and ocr are those of the picture, whichever row it was
                            fetched and read for; vlm is the row's share of its batch; 0 for cached results
cached                      fetch, ocr, answer (the rules') and vlm: whether it was there from before
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from extractor.stages.answer import Answer
from extractor.stages.product import ProductAnswer, Statement
from extractor.tables.rows import Row
from ocr.token import OcrToken
from vlm.answer import VlmAnswer

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
class ProductPicture:
    """One of the pictures of a product: the link that names it first, and the SHA-256 of its bytes, None without it."""

    link: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """The answer to one row. `sha256` is that of the picture's bytes, `path` its file; None without one.

    `pictures` are those that the statements of a `ProductAnswer` are about, by their positions.
    """

    row: Row
    answer: Answer
    sha256: str | None
    seconds: StageSeconds
    cached: StagesCached
    path: Path | None = None
    pictures: tuple[ProductPicture, ...] = ()

    @property
    def prediction(self) -> str:
        """The answer as the output states it, "" for none."""
        return self.answer.text


def trace_line(answered: RowAnswer) -> bytes:
    """The line of a row as the module describes it, with its end."""
    from pydantic_core import to_json

    row, answer = answered.row, answered.answer
    line = {
        "index": row.index,
        "image_link": _utf8(row.image_link),
        "entity": row.entity,
        "prediction": answer.text,
        "value": answer.value,
        "unit": answer.unit,
        "status": answer.status,
        "source": answer.source,
        "outcome": answer.outcome,
        "reason": answer.reason,
        "detail": _utf8(answer.detail),
        "confidence": round(answer.confidence, DIGITS),
        "verified_from": answer.verified_from,
        "upscaled": answer.upscaled,
        "picture": answered.sha256,
        "tokens": list(map(rounded, answer.evidence)),
        "candidates": [
            {
                "answer": str(candidate.amount),
                "score": round(candidate.score, DIGITS),
                "confidence": round(candidate.confidence, DIGITS),
                "text": candidate.text,
                "features": dict(candidate.features),
                "tokens": list(map(rounded, candidate.evidence)),
            }
            for candidate in answer.candidates
        ],
        "vlm": answer.vlm and rounded(answer.vlm),
        "seconds": rounded(answered.seconds),
        "cached": answered.cached,
    }
    if isinstance(answer, ProductAnswer):
        line |= {"product": row.product, "title": row.title}
        line["statements"] = [_of_statement(one, answered.pictures) for one in answer.statements]
    return to_json(line) + b"\n"


def _of_statement(statement: Statement, pictures: Sequence[ProductPicture]) -> dict[str, Any]:
    picture = ProductPicture("", None) if statement.picture is None else pictures[statement.picture]
    return {
        "picture": picture.sha256,
        "image_link": _utf8(picture.link),
        "stance": statement.stance,
        "answer": str(statement.amount),
        "confidence": round(statement.confidence, DIGITS),
        "text": statement.text,
        "tokens": list(map(rounded, statement.evidence)),
    }


def rounded(value: OcrToken | VlmAnswer | StageSeconds) -> dict[str, Any]:
    """The fields as files state them: numbers with `DIGITS` decimals, but not those of a box."""
    items = ((field.name, getattr(value, field.name)) for field in fields(value))
    return {name: round(item, DIGITS) if isinstance(item, float) else item for name, item in items}


def _utf8(text: str) -> str:
    """The text in UTF-8, as JSON needs it; what cannot be, as in some file names, by its bytes."""
    return text.encode(errors="backslashreplace").decode()
