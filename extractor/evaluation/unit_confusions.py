"""Which units stand in the place of which: wrong answers in a unit that their label does not accept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from extractor.evaluation.inputs import LabelledRows
from extractor.tables.labels import parse_amount


@dataclass(frozen=True, slots=True)
class UnitConfusion:
    """The number of rows whose primary answer is in `right` and that were answered in `answered`."""

    right: str
    answered: str
    rows: int


def unit_confusions(labelled: LabelledRows, predictions: Mapping[str, str]) -> tuple[UnitConfusion, ...]:
    """The confusions, most frequent first; predictions are by the row's index."""
    pairs: Counter[tuple[str, str]] = Counter()
    for label, prediction in zip(labelled.labels, labelled.answers(predictions), strict=True):
        guess = parse_amount(prediction)
        if guess is None or label.primary is None or guess.unit in {amount.unit for amount in label.amounts}:
            continue
        pairs[label.primary.unit, guess.unit] += 1
    return tuple(UnitConfusion(*units, rows) for units, rows in pairs.most_common())
