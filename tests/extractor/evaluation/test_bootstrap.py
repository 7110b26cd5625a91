from __future__ import annotations

import numpy as np
import pytest

from extractor.evaluation.bootstrap import Interval, f1_replicates, interval, tally
from rules.outcome import Outcome

TP, FP, FN, TN = Outcome.TP, Outcome.FP, Outcome.FN, Outcome.TN


def spread(outcomes: list[Outcome], groups: list[str]) -> float:
    found = interval(f1_replicates([tally(outcomes)], groups)[0])
    return found.high - found.low


def test_tally_puts_the_weight_under_the_outcome() -> None:
    assert tally([TP, FN, TN, FP], [1.0, 2.0, 3.0, 4.0]).tolist() == [
        [1, 0, 0],
        [0, 0, 2],
        [0, 0, 0],
        [0, 4, 0],
    ]


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    tallies, groups = [tally([TP, FP, FN, TP])], ["a", "b", "c", "d"]
    assert np.array_equal(f1_replicates(tallies, groups, seed=1), f1_replicates(tallies, groups, seed=1))
    assert not np.array_equal(f1_replicates(tallies, groups, seed=1), f1_replicates(tallies, groups, seed=2))


def test_all_tallies_are_scored_on_the_same_draws() -> None:
    mine, groups = tally([TP, FP, FN, TP, FP]), list("abcde")
    first, second = f1_replicates([mine, mine], groups)
    assert np.array_equal(first, second)
    assert len(set(first)) > 1


def test_one_picture_alone_leaves_nothing_to_chance() -> None:
    assert interval(f1_replicates([tally([TP, FP])], ["a", "a"])[0]) == Interval(2 / 3, 2 / 3)


def test_rows_that_stand_or_fall_together_make_the_interval_wider() -> None:
    outcomes = ([TP] * 4 + [FP] * 4) * 15
    by_picture = spread(outcomes, [str(i // 4) for i in range(len(outcomes))])
    by_row = spread(outcomes, [str(i) for i in range(len(outcomes))])
    assert by_picture > 1.5 * by_row


def test_the_spread_is_that_of_a_proportion() -> None:
    """With TP and FP alone, F1 = 2p / (1 + p); its standard deviation is known to first order."""
    right, rows = 300, 400
    share = right / rows
    slope = 2 / (1 + share) ** 2
    expected = 2 * 1.96 * slope * (share * (1 - share) / rows) ** 0.5
    found = spread([TP] * right + [FP] * (rows - right), [str(i) for i in range(rows)])
    assert found == pytest.approx(expected, rel=0.1)


def test_no_right_answer_in_a_draw_is_a_zero() -> None:
    assert set(f1_replicates([tally([FP, TN])], ["a", "b"])[0]) == {0.0}
