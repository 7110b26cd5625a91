"""What the service answers: the library's types as JSON, with what they compute."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Self

from pydantic import Field, TypeAdapter, computed_field
from pydantic.dataclasses import dataclass

from extractor.service.worker import Reading
from extractor.stages.answer import Answer, Candidate, Outcome, Status
from extractor.stages.product import Statement
from extractor.stages.reason import Failure
from vlm.answer import VlmAnswer

_Hidden = Field(exclude=True)


@dataclass(frozen=True)
class CandidateDocument(Candidate):
    """An amount that could have been the answer, with the line of text and the tokens that it stands on."""

    features: Annotated[tuple[tuple[str, float], ...], _Hidden] = ()

    @classmethod
    def of(cls, candidate: Candidate) -> CandidateDocument:
        """The document of a candidate."""
        return cls(**_values(candidate))


@dataclass(frozen=True)
class AnswerDocument(Answer):
    """What a picture states for one entity: `text`, `value` and `unit`, or none and a `reason`.

    `status` is `verified` from confidence `verified_from` on, else `low_confidence`; `ambiguous` when an amount of
    another size is likely right too (see `candidates`, best first); `not_found` when there is no answer. `confidence`
    is the probability that this is right, 0 to 1. `evidence` are the tokens that the answer stands on; their boxes are
    four corners in pixels of the upright picture, in reading direction.
    """

    candidates: tuple[CandidateDocument, ...] = ()
    outcome: Annotated[Outcome | None, _Hidden] = None
    vlm: Annotated[VlmAnswer | None, _Hidden] = None
    seconds: Annotated[float, _Hidden] = 0.0
    cached: Annotated[bool, _Hidden] = False

    @computed_field  # type: ignore[prop-decorator]
    @property
    def text(self) -> str:
        """The answer as it is written, as in `34.0 gram`; "" for none."""
        return super().text

    @computed_field  # type: ignore[prop-decorator]
    @property
    def value(self) -> float | None:
        """The number; null for no answer."""
        return super().value

    @computed_field  # type: ignore[prop-decorator]
    @property
    def unit(self) -> str | None:
        """The unit; null for no answer."""
        return super().unit

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status(self) -> Status:
        """How far the answer can be trusted."""
        return super().status

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """The document of an answer."""
        candidates = tuple(map(CandidateDocument.of, answer.candidates))
        return cls(**_values(answer) | {"candidates": candidates})


@dataclass(frozen=True)
class ExtractionDocument:
    """The answers on one picture, in the order of the entities.

    `width` and `height` are those of the upright picture in pixels: 0 where it could not be had, and then `failure`
    says why and there are no answers.
    """

    name: str
    width: int = 0
    height: int = 0
    answers: tuple[AnswerDocument, ...] = ()
    failure: Failure | None = None

    @classmethod
    def of(cls, name: str, reading: Reading | Failure) -> ExtractionDocument:
        """The document of what a worker read, or of why it could not."""
        if isinstance(reading, Failure):
            return cls(name, failure=reading)
        return cls(name, reading.width, reading.height, tuple(map(AnswerDocument.of, reading.answers)))


@dataclass(frozen=True)
class ProductAnswerDocument(AnswerDocument):
    """What the pictures of one product, and its title, state together for one entity.

    `statements` are what each picture states that bears on it; `picture` is its position in the batch, from 0, null for
    the title.
    """

    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class ProductDocument:
    """The answers on one product of a batch; `failure` says why there are none where no picture could be read."""

    product: str
    title: str
    answers: tuple[ProductAnswerDocument, ...]
    failure: Failure | None = None


@dataclass(frozen=True)
class BatchDocument:
    """The extractions of several pictures, in their order, and the answers on each product that the request names."""

    pictures: tuple[ExtractionDocument, ...]
    products: tuple[ProductDocument, ...] = ()


@dataclass(frozen=True)
class EntityDocument:
    """An entity that can be asked for, and the units that its answers have."""

    entity: str
    units: tuple[str, ...]


ONE = TypeAdapter(ExtractionDocument)
BATCH = TypeAdapter(BatchDocument)


def _values(one: Any) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}
