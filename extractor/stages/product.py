"""The answer on one entity of a product, with the statements of its pictures and its title."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Self

from extractor.stages.answer import Answer
from ocr.token import OcrToken
from rules.amount import Amount


class Stance(StrEnum):
    """What a picture's amount is to the product's answer."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one picture of a product, or its title, states for an entity.

    `picture` is its position among the pictures, from 0; None for the title. `confidence` is what this picture alone
    gives the amount, `text` the line that states it, "" for a VLM's. `evidence` are its tokens on this picture.
    """

    picture: int | None
    stance: Stance
    amount: Amount
    confidence: float
    text: str
    evidence: tuple[OcrToken, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductAnswer(Answer):
    """The answer on one entity of a product: an `Answer` with the statements of all pictures that bear on it.

    `evidence` are the tokens on the most certain picture that agrees, which is that of the first statement.
    """

    statements: tuple[Statement, ...] = ()

    @classmethod
    def of(cls, answer: Answer, statements: tuple[Statement, ...] = ()) -> Self:
        """The answer, as that on a product, with these statements."""
        return cls(**{one.name: getattr(answer, one.name) for one in fields(Answer)}, statements=statements)
