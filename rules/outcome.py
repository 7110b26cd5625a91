"""The challenge's definition of a row's outcome.

A row is TP when the answer equals a right one, FP when it is wrong or uncalled for, FN when it is empty and the right
one is not, and TN when both are empty. A wrong answer is one FP, not also an FN.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from typing import TypeVar

from rules.counts import Counts

NUMERIC_TOLERANCE = 1e-3
"""Relative difference up to which an answer's number is the right one."""

T = TypeVar("T")


class Outcome(StrEnum):
    """What a row counts as."""

    TP = "TP"
    FP = "FP"
    FN = "FN"
    TN = "TN"


def outcome_of(answer: T | None, right: Collection[T | None], same: Callable[[T, T], bool]) -> Outcome:
    """The outcome of an answer; None is an empty one, also among the right ones."""
    if answer is None:
        return Outcome.TN if None in right else Outcome.FN
    return Outcome.TP if any(one is not None and same(answer, one) for one in right) else Outcome.FP


def same_number(number: float, right: float, tolerance: float = NUMERIC_TOLERANCE) -> bool:
    """Whether the numbers differ by at most `tolerance` times the right one."""
    return abs(number - right) <= tolerance * max(abs(right), 1e-9)


def count(outcomes: Iterable[Outcome], weights: Iterable[float] | None = None) -> Counts:
    """The counts of the outcomes; with weights, one for each outcome, their sums."""
    totals: dict[Outcome, float] = dict.fromkeys(Outcome, 0)
    if weights is None:
        totals |= Counter(outcomes)
    else:
        for outcome, weight in zip(outcomes, weights, strict=True):
            totals[outcome] += weight
    return Counts(*(totals[outcome] for outcome in (Outcome.TP, Outcome.FP, Outcome.FN, Outcome.TN)))
