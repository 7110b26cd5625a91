"""What an audit says of a label: the verdict, how suspicious the label is, and what to put in its place."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.stages.answer import Answer
from extractor.stages.described import Described
from extractor.tables.labels import Label
from extractor.tables.rows import Row


class Verdict(Described):
    """How a label stands to what its picture states."""

    AGREES = "agrees", "the picture states the label"
    OTHER_UNIT = "other_unit", "the picture states the same measure in another unit"
    OTHER_VALUE = "other_value", "the picture states another value"
    NOT_IN_PICTURE = "not_in_picture", "the picture does not state the label, nor another value"
    UNIT_NOT_ALLOWED = "unit_not_allowed", "the label is no number in a unit of this entity"
    RANGE = "range", "the label is a range"
    ABSURD = "absurd", "the label is of another magnitude than those of its group, and the picture does not state it"
    NO_PICTURE = "no_picture", "the picture could not be read"


NOT_STATED = "not_stated"
"""The suggestion to empty a label: the picture does not state a value."""
SUSPICIOUS_FROM = 0.5
"""Suspicion from which a label counts as suspicious: it is more likely wrong than right, so that a right label shown in
vain and a wrong one missed weigh the same. docs/review.md says how it was checked, and on which rows."""


@dataclass(frozen=True, slots=True)
class Audit:
    """A row's label set against its picture.

    `suspicion` is the probability that a person would change the label, 0 to 1. `suggestion` is "" to keep it,
    `NOT_STATED` to empty it, or the value to put in its place. `reason` is a sentence.
    """

    row: Row
    label: Label
    answer: Answer
    verdict: Verdict
    suspicion: float
    suggestion: str
    reason: str

    @property
    def suspicious(self) -> bool:
        """Whether the label is more likely wrong than right."""
        return self.suspicion >= SUSPICIOUS_FROM
