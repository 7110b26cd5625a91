"""What is known of a label before it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from extractor.review.matching import Match, found_in, match_of
from extractor.review.peers import ABSURD_FROM, Peers, size_of
from extractor.stages.answer import Answer
from extractor.stages.reason import FAULTS_OF_READING
from extractor.tables.labels import Label, WrittenAmount, parse_label
from extractor.tables.rows import Row
from rules.amount import Amount
from rules.entities import OFFICIAL, EntityTable
from rules.normalise import is_plausible, normalise


@dataclass(frozen=True)
class Grounds:
    """A row, its label, the answer on its picture, and the sizes of the labels beside it where there are enough."""

    row: Row
    label: Label
    answer: Answer
    peers: Peers | None
    table: EntityTable = OFFICIAL

    @property
    def unread(self) -> bool:
        """Whether nothing is known of the picture."""
        return self.answer.source is None or self.answer.reason in FAULTS_OF_READING

    @property
    def empty(self) -> bool:
        """Whether the label says that the picture states no value."""
        return self.label.primary is None

    @property
    def is_range(self) -> bool:
        """Whether the label is written as a range."""
        return bool(parse_label(self.label.text).others)

    @cached_property
    def allowed(self) -> bool:
        """Whether the label is empty, or a number in a unit of the entity."""
        primary = self.label.primary
        return primary is None or (primary.number is not None and primary.unit in self.table[self.row.entity].units)

    @cached_property
    def amounts(self) -> tuple[WrittenAmount, ...]:
        """The label's amounts, the best first; of a label in another unit what the rules make of it, if anything."""
        if self.allowed:
            return self.label.amounts
        amount = normalise(self.label.text, self.row.entity, self.table)
        return (WrittenAmount(amount.value, amount.unit),) if isinstance(amount, Amount) else ()

    @cached_property
    def match(self) -> Match | None:
        """The label in the picture."""
        return match_of(self.amounts, self.answer)

    @cached_property
    def candidates(self) -> int:
        """How many amounts the picture holds for the entity."""
        return len(found_in(self.answer))

    @cached_property
    def size(self) -> float | None:
        """log10 of the label in the base unit; None where it has none."""
        return size_of(self.amounts[0]) if self.amounts else None

    @property
    def absurd(self) -> bool:
        """Whether no product, or none of its group, has such a size."""
        if self.empty or not self.amounts:
            return False
        amount = self.amounts[0]
        if amount.number is None or not is_plausible(Amount(amount.number, amount.unit), self.row.entity, self.table):
            return True
        return self.peers is not None and self.size is not None and self.peers.deviation(self.size) >= ABSURD_FROM
