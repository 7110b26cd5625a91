"""Confidence intervals by resampling: how far a score moves when other pictures are drawn.

The answers to one picture depend on each other, so whole pictures are drawn. Systems that are scored on the
same rows are resampled in the same draws, which makes their differences paired.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rules.outcome import Outcome, count

REPLICATES = 2000
CONFIDENCE = 0.95
_COUNTED = (Outcome.TP, Outcome.FP, Outcome.FN)


class Interval(NamedTuple):
    """The two ends of a 95 % percentile interval."""

    low: float
    high: float


def tally(outcomes: Sequence[Outcome], weights: Sequence[float] | None = None) -> NDArray[np.float64]:
    """The outcomes as an array of shape (rows, 3): weight (1 without weights) under TP, FP or FN."""
    hits = np.array([[result is counted for counted in _COUNTED] for result in outcomes], dtype=np.float64)
    return hits if weights is None else hits * np.asarray(weights)[:, None]


def f1_replicates(tallies: Sequence[NDArray[np.float64]], groups: Sequence[str], seed: int = 0) -> NDArray[np.float64]:
    """F1 of each tally in each resampling, shape (tallies, REPLICATES).

    `groups` names the picture of each row, or another group of rows that are drawn together; as many groups are drawn,
    with replacement, as there are. Needs at least one row.
    """
    names, group_of_row = np.unique(groups, return_inverse=True)
    sums = np.zeros((len(names), 3 * len(tallies)))
    np.add.at(sums, group_of_row, np.hstack(tallies))
    # Groups with the same sums are interchangeable, so it is enough to draw how often each pattern occurs:
    # the same distribution, and a quarter of a million rows take no longer than a thousand.
    patterns, occurrences = np.unique(sums, axis=0, return_counts=True)
    draws = np.random.default_rng(seed).multinomial(len(sums), occurrences / len(sums), size=REPLICATES)
    tp, fp, fn = (draws @ patterns).reshape(REPLICATES, len(tallies), 3).transpose(2, 1, 0)
    return np.divide(2 * tp, 2 * tp + fp + fn, out=np.zeros_like(tp), where=tp > 0)


def interval(samples: NDArray[np.float64]) -> Interval:
    """The middle 95 % of the samples."""
    tail = (1 - CONFIDENCE) / 2
    return Interval(*map(float, np.quantile(samples, [tail, 1 - tail])))


def f1_intervals(
    systems: Iterable[Sequence[Outcome]], groups: Sequence[str], seed: int, weights: Sequence[float] | None = None
) -> list[Interval]:
    """The interval of each system's F1 on the same rows."""
    return [interval(f1) for f1 in f1_replicates([tally(outcomes, weights) for outcomes in systems], groups, seed)]


def f1_difference(
    mine: Sequence[Outcome], theirs: Sequence[Outcome], groups: Sequence[str], seed: int
) -> tuple[float, Interval]:
    """F1 of `mine` less F1 of `theirs` on the same rows, and its paired interval."""
    of_theirs, of_mine = f1_replicates([tally(theirs), tally(mine)], groups, seed)
    return count(mine).f1 - count(theirs).f1, interval(of_mine - of_theirs)
