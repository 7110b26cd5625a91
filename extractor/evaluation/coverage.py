"""How many answers can be used unseen: the share whose confidence earns a promised precision, and the verified ones.

Only rows with an answer count. A confidence earns the promise when the answers that have it or more keep it. The
threshold is chosen on the answers that it is then judged by, so with few of them it flatters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractor.stages.answer import Status

PROMISE = 0.95
"""The precision that `verified` promises."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far an answer says that it can be trusted."""

    confidence: float
    status: Status


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """An answer that was given, and whether it is right."""

    entity: str
    trust: Trust
    right: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some answers are meant, and how many of these are right."""

    answers: int
    right: int

    @property
    def precision(self) -> float | None:
        """The share of right ones; None of none."""
        return self.right / self.answers if self.answers else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answers on one entity, or on all: those that keep the promise, and those whose status is `verified`.

    `confidence` is the lowest one that keeps the promise, None where none does.
    """

    all: Share
    kept: Share
    verified: Share
    confidence: float | None

    @property
    def coverage(self) -> float:
        """The share of the answers that keep the promise, 0 of none."""
        return self.kept.answers / self.all.answers if self.all.answers else 0.0


@dataclass(frozen=True, slots=True)
class Coverages:
    """The coverage at a precision, of all answers and by entity."""

    precision: float
    all: Coverage
    entities: dict[str, Coverage]


def coverages_of(answers: Sequence[CheckedAnswer], entities: Iterable[str], precision: float = PROMISE) -> Coverages:
    """The coverage of all answers, and of those on each of the entities that has any, in their order."""
    by_entity = {entity: [one for one in answers if one.entity == entity] for entity in entities}
    own = {entity: coverage_of(some, precision) for entity, some in by_entity.items() if some}
    return Coverages(precision, coverage_of(answers, precision), own)


def coverage_of(answers: Sequence[CheckedAnswer], precision: float = PROMISE) -> Coverage:
    """The coverage of these answers; those of one confidence are kept or left out together."""
    ordered = sorted(answers, key=lambda one: -one.trust.confidence)
    kept, confidence, right = Share(0, 0), None, 0
    for i, one in enumerate(ordered):
        right += one.right
        is_last = i + 1 == len(ordered) or ordered[i + 1].trust.confidence < one.trust.confidence
        if is_last and right >= precision * (i + 1):
            kept, confidence = Share(i + 1, right), one.trust.confidence
    verified = [one for one in answers if one.trust.status is Status.VERIFIED]
    return Coverage(_share(answers), kept, _share(verified), confidence)


def _share(answers: Sequence[CheckedAnswer]) -> Share:
    return Share(len(answers), sum(one.right for one in answers))
