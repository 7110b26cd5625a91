"""How far confidences can be trusted: the share of right answers by confidence.

Only rows with an answer count: their confidence is the probability that it is right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from extractor.evaluation.bootstrap import Interval

BINS = 10
_Z = 1.959964
"""Standard deviations of a normal distribution on each side of its middle 95 %."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers with a confidence from `low` to `high`, and how many of them are `right`.

    `confidence` is their mean; `interval` that of the share of right ones (Wilson, 95 %; rows taken as independent).
    """

    low: float
    high: float
    answers: int
    right: int
    confidence: float
    interval: Interval

    @property
    def share(self) -> float:
        """The share of right answers."""
        return self.right / self.answers


@dataclass(frozen=True, slots=True)
class Calibration:
    """The bins that hold answers, in rising order.

    `error` is the expected calibration error: the mean distance between confidence and share, weighted by answers.
    """

    bins: tuple[Bin, ...]
    error: float

    @property
    def answers(self) -> int:
        """All answers."""
        return sum(one.answers for one in self.bins)


def calibration_of(confidences: Sequence[float], right: Sequence[bool]) -> Calibration:
    """The calibration of answers with these confidences, 0 to 1, in `BINS` equal bins; 1 belongs to the last."""
    members: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, is_right in zip(confidences, right, strict=True):
        members[min(int(confidence * BINS), BINS - 1)].append((confidence, is_right))
    filled = tuple(_bin(i / BINS, (i + 1) / BINS, of_bin) for i, of_bin in enumerate(members) if of_bin)
    distances = sum(one.answers * abs(one.confidence - one.share) for one in filled)
    return Calibration(filled, distances / len(confidences) if confidences else 0.0)


def _bin(low: float, high: float, members: Sequence[tuple[float, bool]]) -> Bin:
    right = sum(is_right for _, is_right in members)
    mean = fmean(confidence for confidence, _ in members)
    return Bin(low, high, len(members), right, mean, _wilson(right, len(members)))


def _wilson(right: int, answers: int) -> Interval:
    share, spread = right / answers, _Z**2 / answers
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    return Interval(max(0.0, centre - half), min(1.0, centre + half))
