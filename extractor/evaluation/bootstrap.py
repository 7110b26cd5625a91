"""Confidence intervals by resampling: how far a score moves when other pictures are drawn.

The answers to one picture depend on each other, so whole pictures are drawn. Systems that are scored on the
same rows are resampled in the same draws, which makes their differences paired.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    totals = _resampled_totals(_sums_of_groups(np.hstack(tallies), groups), seed)
    tp, fp, fn = totals.reshape(REPLICATES, len(tallies), 3).transpose(2, 1, 0)
    doubled = 2 * tp
    return np.divide(doubled, doubled + fp + fn, out=np.zeros_like(tp), where=tp > 0)


def _sums_of_groups(of_rows: NDArray[np.float64], groups: Sequence[str]) -> NDArray[np.float64]:
    names, group_of_row = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    sums = np.zeros((len(names), of_rows.shape[1]))
    np.add.at(sums, group_of_row, of_rows)
    return sums


def _resampled_totals(of_groups: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    # Groups with the same sums are interchangeable, so it is enough to draw how often each pattern occurs:
    # the same distribution, and a quarter of a million rows take no longer than a thousand.
    patterns, occurrences = np.unique(of_groups, axis=0, return_counts=True)
    groups_count = len(of_groups)
    draws = np.random.default_rng(seed).multinomial(groups_count, occurrences / groups_count, size=REPLICATES)
    totals: NDArray[np.float64] = draws @ patterns
    return totals


def interval(samples: NDArray[np.float64]) -> Interval:
    """The middle 95 % of the samples."""
    tail = (1 - CONFIDENCE) / 2
    return Interval(*map(float, np.quantile(samples, [tail, 1 - tail])))


def f1_difference(
    mine: Sequence[Outcome], theirs: Sequence[Outcome], groups: Sequence[str], seed: int
) -> tuple[float, Interval]:
    """F1 of `mine` less F1 of `theirs` on the same rows, and its paired interval."""
    of_theirs, of_mine = f1_replicates([tally(theirs), tally(mine)], groups, seed)
    return count(mine).f1 - count(theirs).f1, interval(of_mine - of_theirs)
