"""The challenge's score of predictions against labels; outcomes and their counts are those of `rules.outcome`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from extractor.tables.labels import Label, Measure, parse_measure
from rules.outcome import NUMERIC_TOLERANCE, Outcome, count, outcome_of, same_number

__all__ = [
    "LENIENT_TOLERANCE",
    "NUMERIC_TOLERANCE",
    "TEST_MIX",
    "Outcome",
    "Variant",
    "count",
    "official_mix_weights",
    "outcome",
    "same_measure",
]

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


class Variant(StrEnum):
    """When a prediction counts as right."""

    ACCEPTED = "accepted"
    """Unit equal, number within 0.1 %, of the primary or any other accepted answer."""
    PRIMARY = "primary"
    """Unit equal, number within 0.1 %, of the primary answer."""
    WITHIN_2_PERCENT = "within_2_percent"
    """Unit equal, number within 2 %, of the primary answer."""
    EXACT_STRING = "exact_string"
    """The very text of the label (the primary answer as written; a range as a whole)."""


def same_measure(guess: Measure, answer: Measure | None, tolerance: float = NUMERIC_TOLERANCE) -> bool:
    """Whether unit and number are equal, the number within `tolerance` times the answer's."""
    if answer is None or guess.number is None or answer.number is None or guess.unit != answer.unit:
        return False
    return same_number(guess.number, answer.number, tolerance)


def outcome(prediction: str, label: Label, variant: Variant) -> Outcome:
    """What a row counts as."""
    answers = label.answers if variant is Variant.ACCEPTED else (label.primary,)
    tolerance = LENIENT_TOLERANCE if variant is Variant.WITHIN_2_PERCENT else NUMERIC_TOLERANCE

    def same(guess: Measure, answer: Measure) -> bool:
        if variant is Variant.EXACT_STRING:
            return prediction == label.text
        return same_measure(guess, answer, tolerance)

    return outcome_of(parse_measure(prediction), answers, same)


def official_mix_weights(entities: Sequence[str]) -> list[float]:
    """A weight for each row that gives the entities the shares they have in the official test set.

    The weights add up to the number of rows. Entities that do not occur are left out of the mix.
    """
    found = Counter(entities)
    mix = sum(TEST_MIX[entity] for entity in found)
    weight = {entity: TEST_MIX[entity] / mix * len(entities) / rows for entity, rows in found.items()}
    return [weight[entity] for entity in entities]
