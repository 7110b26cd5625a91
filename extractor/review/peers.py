"""The size of a label beside the sizes of its peers: the other labels of its group and entity in the same file.

A size is log10 of the amount in the base unit of its kind (`rules.units.in_base`), as products of a kind differ by
factors. The statistics are robust and leave the row itself out; nothing of them is kept beyond the file.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractor.tables.labels import WrittenAmount
from rules.units import in_base

FEWEST = 5
"""Peers below which those of the whole entity are taken; below that there are no statistics."""
SMALLEST_SPREAD = math.log10(2)
"""Spread that a group is given at least: products of one kind come in sizes a factor of two apart."""
MAD_TO_DEVIATION = 1.4826
"""The standard deviation of a normal distribution over its median absolute deviation."""
ABSURD_FROM = 3.5
"""Deviations from the median at which a size is an outlier: the modified z-score of Iglewicz and Hoaglin, "How to
Detect and Handle Outliers" (1993)."""


@dataclass(frozen=True, slots=True)
class Peers:
    """The sizes of a label's peers: how many, their median, their spread (a robust standard deviation).

    `median` and `spread` are in log10 of the base unit.
    """

    count: int
    median: float
    spread: float

    def deviation(self, size: float) -> float:
        """How many spreads the size is off the median, without a sign."""
        return abs(size - self.median) / self.spread

    def typical(self, unit: str) -> str:
        """The median as an amount in this unit."""
        return f"{10**self.median / in_base(1.0, unit):.3g} {unit}"


def size_of(amount: WrittenAmount | None) -> float | None:
    """The size of an amount in a unit of its entity; None without a positive number."""
    if amount is None or amount.number is None or amount.number <= 0:
        return None
    return math.log10(in_base(amount.number, amount.unit))


def peers_of(
    entities: Sequence[str], groups: Sequence[str], amounts: Sequence[WrittenAmount | None]
) -> list[Peers | None]:
    """For each row its peers: of its group and entity where there are `FEWEST`, else of its entity, else None.

    `amounts` are in units of their entities, None for a label without one.
    """
    sizes = [size_of(amount) for amount in amounts]
    found: list[Peers | None] = [None] * len(sizes)
    for keys in (list(zip(entities, groups, strict=True)), [(entity,) for entity in entities]):
        places = defaultdict(list)
        for place, key in enumerate(keys):
            if sizes[place] is not None:
                places[key].append(place)
        for of_key in places.values():
            if len(of_key) > FEWEST:
                values = np.array([sizes[place] for place in of_key])
                for place, median, spread in zip(of_key, *_without_each(values), strict=True):
                    found[place] = found[place] or Peers(len(of_key) - 1, median, spread)
    return found


def _without_each(values: NDArray[np.float64]) -> tuple[list[float], list[float]]:
    """For each value the median and the spread of all the others."""
    medians = _medians_without_each(values)
    spreads = np.empty_like(medians)
    for median in np.unique(medians):  # three at most: the value left out is above, below or at the middle
        here = medians == median
        spreads[here] = _medians_without_each(np.abs(values - median))[here]
    return medians.tolist(), np.maximum(spreads * MAD_TO_DEVIATION, SMALLEST_SPREAD).tolist()


def _medians_without_each(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each value the median of all the others, for two values or more."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    ranks = np.empty(len(values), dtype=np.intp)
    ranks[order] = np.arange(len(values))
    low, high = (len(values) - 2) // 2, (len(values) - 1) // 2
    result: NDArray[np.float64] = (ordered[low + (ranks <= low)] + ordered[high + (ranks <= high)]) / 2
    return result
