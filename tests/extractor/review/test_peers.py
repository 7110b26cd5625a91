"""The sizes of labels beside those of their peers."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.review.peers import FEWEST, MAD_TO_DEVIATION, SMALLEST_SPREAD, peers_of
from extractor.tables.labels import WrittenAmount, parse_amount


def of_weights(grams, group="7"):
    count = len(grams)
    amounts = [WrittenAmount(one, "gram") for one in grams]
    return peers_of(["item_weight"] * count, [group] * count, amounts)


@settings(max_examples=50)
@given(st.lists(st.sampled_from([1.0, 10.0, 100.0, 1e3, 1e4, 1e6]), min_size=FEWEST + 1, max_size=15))
def test_statistics_are_those_of_all_other_rows(grams):
    sizes = [math.log10(one) for one in grams]
    for place, peers in enumerate(of_weights(grams)):
        others = sizes[:place] + sizes[place + 1 :]
        median = statistics.median(others)
        spread = statistics.median(abs(one - median) for one in others) * MAD_TO_DEVIATION
        assert peers.count == len(others)
        assert peers.median == pytest.approx(median)
        assert peers.spread == pytest.approx(max(spread, SMALLEST_SPREAD))


def test_one_absurd_row_is_far_from_its_peers_and_moves_them_little():
    found = of_weights([450.0, 500.0, 520.0, 480.0, 510.0, 490.0, 5e8])
    assert found[-1].typical("gram") == "495 gram"
    assert found[-1].deviation(8.7) > 10
    assert found[0].deviation(2.65) < 1


def test_units_of_a_kind_are_one_size():
    found = peers_of(["item_weight"] * 12, ["7"] * 12, [*map(parse_amount, ["1 kilogram"] * 6 + ["1000 gram"] * 6)])
    assert {(one.count, one.median) for one in found} == {(11, 3.0)}


def test_a_small_group_has_the_peers_of_its_entity_and_a_small_file_none():
    amounts = [WrittenAmount(100.0, "gram")] * 10 + [WrittenAmount(1e6, "gram")] * 2
    found = peers_of(["item_weight"] * 12, ["a"] * 10 + ["b"] * 2, amounts)
    assert [one.count for one in found] == [9] * 10 + [11] * 2
    assert found[10].median == 2.0
    assert of_weights([1.0] * FEWEST) == [None] * FEWEST


@pytest.mark.parametrize("text", ["", "heavy", "0 gram", "-1 gram"])
def test_labels_without_a_size_have_no_peers(text):
    amounts = [parse_amount(text), *[WrittenAmount(1.0, "gram")] * 8]
    found = peers_of(["item_weight"] * 9, ["7"] * 9, amounts)
    assert found[0] is None
    assert found[1].count == 7
