"""The challenge's score: outcomes of rows, their counts, and the tolerances of "the same answer".

By the challenge's definition a row is TP when the prediction equals the label and both are non-empty, FP
when the prediction is non-empty and differs from the label, FN when it is empty and the label is not, and TN
when both are empty. A wrong answer is one FP, not also an FN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Self

from extractor.stages.described import Described
from extractor.tables.labels import Label, WrittenAmount, parse_amount
from rules.outcome import NUMERIC_TOLERANCE, Outcome, count, outcome_of, same_number

LENIENT_TOLERANCE = 2e-2
"""The tolerance that a finalist of the challenge reported of its grader."""

TEST_MIX: dict[str, int] = {
    "height": 32282,
    "depth": 28146,
    "width": 26931,
    "item_weight": 22032,
    "maximum_weight_recommendation": 7028,
    "voltage": 5488,
    "wattage": 5447,
    "item_volume": 3833,
}
"""Rows per entity, counted in the challenge's test.csv (131,187 rows)."""


class Variant(Described):
    """When a prediction counts as right."""

    ACCEPTED = "accepted", "unit and number (0.1 %) of any accepted answer"
    PRIMARY = "primary", "unit and number (0.1 %) of the primary answer"
    WITHIN_2_PERCENT = "within_2_percent", "unit and number (2 %) of the primary answer"
    EXACT_STRING = "exact_string", "the very text of the label"
    """The primary answer as written; a range as a whole."""


@dataclass(frozen=True, slots=True)
class Score:
    """Some rows by outcome (weighted or not), with F1, precision and recall as `rules.counts.Counts` defines them."""

    rows: int | float  # both types are named so that JSON has 306 for a count and not 306.0
    f1: float
    precision: float
    recall: float
    tp: int | float
    fp: int | float
    fn: int | float
    tn: int | float

    @classmethod
    def of(cls, outcomes: Iterable[Outcome], weights: Sequence[float] | None = None, **more: Any) -> Self:
        """The score of rows with these outcomes and weights; `more` are the fields that a subclass adds."""
        counts = count(outcomes, weights)
        return cls(counts.total, counts.f1, counts.precision, counts.recall, **asdict(counts), **more)


def same_answer(guess: WrittenAmount, right: WrittenAmount, tolerance: float = NUMERIC_TOLERANCE) -> bool:
    """Whether the units are equal and the numbers the same within the tolerance."""
    if guess.number is None or right.number is None or guess.unit != right.unit:
        return False
    return same_number(guess.number, right.number, tolerance)


def outcome(prediction: str, label: Label, variant: Variant) -> Outcome:
    """What a row with this prediction and label counts as."""
    answers = label.answers if variant is Variant.ACCEPTED else (label.primary,)
    if variant is Variant.EXACT_STRING:
        return outcome_of(parse_amount(prediction), answers, lambda guess, answer: prediction == label.text)
    tolerance = LENIENT_TOLERANCE if variant is Variant.WITHIN_2_PERCENT else NUMERIC_TOLERANCE
    return outcome_of(parse_amount(prediction), answers, partial(same_answer, tolerance=tolerance))


def places_of(groups: Sequence[str], order: Iterable[str]) -> dict[str, list[int]]:
    """Where the rows of each group stand, from 0, for the groups that have any; `groups` has the group of each row."""
    places = {group: [i for i, name in enumerate(groups) if name == group] for group in order}
    return {group: found for group, found in places.items() if found}


def official_mix_weights(entities: Sequence[str]) -> list[float]:
    """A weight for each row that gives the entities the shares they have in the official test set.

    The weights add up to the number of rows. Entities without rows are left out of the mix, and so are those of the
    user's own: their rows weigh nothing.
    """
    rows = Counter(entity for entity in entities if entity in TEST_MIX)
    mix = sum(TEST_MIX[entity] for entity in rows)
    weight = {entity: TEST_MIX[entity] / mix * rows.total() / number for entity, number in rows.items()}
    return [weight.get(entity, 0.0) for entity in entities]
