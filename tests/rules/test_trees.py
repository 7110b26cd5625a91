"""Boosted trees: their sums, their JSON, and what they refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.trees import Node, TreeModel

NAMES = ("a", "b", "c")
MODEL = TreeModel(NAMES[:2], 0.5, (((0, 1.0, 1, 2), -1.0, (1, 2.0, 3, 4), 10.0, 20.0), (100.0,)))

values = st.floats(-100, 100, allow_nan=False)


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> tuple[Node, ...]:
    """A tree over NAMES, its nodes in an order in which forks lead to later ones."""
    if depth == 0 or draw(st.booleans()):
        return (draw(values),)
    low, high = draw(trees(depth - 1)), draw(trees(depth - 1))
    fork = (draw(st.integers(0, len(NAMES) - 1)), draw(values), 1, 1 + len(low))
    return (fork, *_moved(low, 1), *_moved(high, 1 + len(low)))


def _moved(tree: tuple[Node, ...], by: int) -> list[Node]:
    return [(n[0], n[1], n[2] + by, n[3] + by) if isinstance(n, tuple) else n for n in tree]


forests = st.builds(TreeModel, st.just(NAMES), values, st.lists(trees(), max_size=4).map(tuple))
examples = st.dictionaries(st.sampled_from((*NAMES, "unheard_of")), values)


def naive(tree: tuple[Node, ...], example: dict[str, float], at: int = 0) -> float:
    node = tree[at]
    if not isinstance(node, tuple):
        return node
    name, threshold = NAMES[node[0]], node[1]
    return naive(tree, example, node[3] if example.get(name, 0.0) > threshold else node[2])


@given(forests, examples)
def test_log_odds_are_the_bias_and_a_leaf_of_every_tree(model: TreeModel, example: dict[str, float]) -> None:
    expected = model.bias + sum(naive(tree, example) for tree in model.trees)
    assert model.log_odds(example) == pytest.approx(expected, abs=1e-9)


@given(forests, examples)
def test_json_round_trip(model: TreeModel, example: dict[str, float]) -> None:
    read = TreeModel.from_json(json.loads(json.dumps(model.to_json())))
    assert read == model
    assert read.log_odds(example) == model.log_odds(example)


@pytest.mark.parametrize(
    ("example", "log_odds"),
    [
        ({}, 0.5 - 1.0 + 100.0),
        ({"a": 1.0}, 0.5 - 1.0 + 100.0),
        ({"a": 1.5}, 0.5 + 10.0 + 100.0),
        ({"a": 1.5, "b": 2.5}, 0.5 + 20.0 + 100.0),
        ({"b": 2.5, "c": 9.0}, 0.5 - 1.0 + 100.0),
    ],
)
def test_values_up_to_the_threshold_go_low_and_missing_ones_are_0(example: dict[str, float], log_odds: float) -> None:
    assert MODEL.log_odds(example) == log_odds


def test_without_trees_there_is_the_bias() -> None:
    assert TreeModel((), 0.25, ()).log_odds({"a": 1.0}) == 0.25


def test_whole_numbers_become_numbers() -> None:
    assert TreeModel.from_json({"features": ["a"], "bias": 1, "trees": [[2]]}).log_odds({}) == 3.0


LEAF = [1.0]
BAD = {
    "no object": [],
    "no features": {"bias": 0.0, "trees": [LEAF]},
    "no bias": {"features": ["a"], "trees": [LEAF]},
    "no trees": {"features": ["a"], "bias": 0.0},
}
BAD_TREES: dict[str, Any] = {
    "no list": 1.0,
    "empty": [],
    "text for a leaf": ["much"],
    "nothing for a leaf": [None],
    "a short fork": [[0, 0.5, 1], 1.0, 2.0],
    "a long fork": [[0, 0.5, 1, 2, 3], 1.0, 2.0, 3.0],
    "a feature too many": [[1, 0.5, 1, 2], 1.0, 2.0],
    "a feature below 0": [[-1, 0.5, 1, 2], 1.0, 2.0],
    "half a feature": [[0.5, 0.5, 1, 2], 1.0, 2.0],
    "an endless feature": [[float("inf"), 0.5, 1, 2], 1.0, 2.0],
    "text for a threshold": [[0, "half", 1, 2], 1.0, 2.0],
    "no number for a threshold": [[0, float("nan"), 1, 2], 1.0, 2.0],
    "an endless threshold": [[0, float("inf"), 1, 2], 1.0, 2.0],
    "no number for a leaf": [float("nan")],
    "a leaf too large": [10**400],
    "a loop to itself": [[0, 0.5, 0, 1], 1.0],
    "a loop back": [[0, 0.5, 1, 3], [0, 0.5, 0, 2], 1.0, 2.0],
    "a node below 0": [[0, 0.5, 1, -1], 1.0, 2.0],
    "a node that is not there": [[0, 0.5, 1, 3], 1.0, 2.0],
    "an endless node": [[0, 0.5, 1, float("inf")], 1.0, 2.0],
    "no leaf at the end": [1.0, [0, 0.5, 1, 1]],
}


@pytest.mark.parametrize(
    "data",
    [*BAD.values(), *({"features": ["a"], "bias": 0.0, "trees": [tree]} for tree in BAD_TREES.values())],
    ids=[*BAD, *BAD_TREES],
)
def test_bad_models_are_refused(data: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        TreeModel.from_json(data)


@pytest.mark.parametrize("bias", [None, "much", float("nan"), 10**400])
def test_a_bias_must_be_a_number(bias: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        TreeModel.from_json({"features": [], "bias": bias, "trees": []})
