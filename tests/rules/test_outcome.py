"""The outcome of a row by the challenge's definition."""

from __future__ import annotations

from operator import eq

import pytest

from rules.counts import Counts
from rules.outcome import Outcome, count, outcome_of, same_number


@pytest.mark.parametrize(
    ("answer", "right", "expected"),
    [
        ("a", ("a",), Outcome.TP),
        ("b", ("a", "b"), Outcome.TP),
        ("b", ("a",), Outcome.FP),
        ("b", (None,), Outcome.FP),
        ("a", (None, "a"), Outcome.TP),
        ("a", (), Outcome.FP),
        (None, ("a",), Outcome.FN),
        (None, ("a", None), Outcome.TN),
        (None, (), Outcome.FN),
    ],
)
def test_outcomes(answer: str | None, right: tuple[str | None, ...], expected: Outcome) -> None:
    assert outcome_of(answer, right, eq) is expected


@pytest.mark.parametrize(("number", "expected"), [(1000.0, True), (1001.0, True), (999.0, True), (1001.1, False)])
def test_numbers_are_compared_relative_to_the_right_one(number: float, expected: bool) -> None:
    assert same_number(number, 1000.0) is expected
    assert same_number(-number, -1000.0) is expected


def test_outcomes_are_counted_with_and_without_weights() -> None:
    outcomes = [Outcome.TP, Outcome.FP, Outcome.TP, Outcome.TN]
    assert count(outcomes) == Counts(tp=2, fp=1, tn=1)
    assert count(outcomes, [1, 0.5, 2, 1]) == Counts(tp=3, fp=0.5, tn=1)
