"""Boosted decision trees as plain data: read from JSON, run without any library.

>>> model = TreeModel.from_json({"features": ["x"], "bias": 0.0, "trees": [[[0, 0.5, 1, 2], -1.0, 1.0]]})
>>> model.log_odds({"x": 0.7})
1.0
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import index
from typing import Any

Node = tuple[int, float, int, int] | float
"""A fork (feature, threshold, node when at most the threshold, node when above) or a leaf's contribution."""


@dataclass(frozen=True, slots=True)
class TreeModel:
    """A sum of trees over named features; a feature that is not given counts as 0."""

    features: tuple[str, ...]
    bias: float
    trees: tuple[tuple[Node, ...], ...]

    def log_odds(self, features: Mapping[str, float]) -> float:
        """The log-odds that the trees give to an example."""
        values = [features.get(name, 0.0) for name in self.features]
        return self.bias + sum(_leaf(tree, values) for tree in self.trees)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TreeModel:
        """The model that `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        features = tuple(map(str, data["features"]))
        trees = tuple(tuple(_node(node, len(features)) for node in tree) for tree in data["trees"])
        for tree in trees:
            _check_forks(tree)
        return cls(features, _finite(data["bias"]), trees)

    def to_json(self) -> dict[str, Any]:
        """Lists and numbers that `from_json` reads back to an equal model."""
        trees = [[list(node) if isinstance(node, tuple) else node for node in tree] for tree in self.trees]
        return {"features": list(self.features), "bias": self.bias, "trees": trees}


def _leaf(tree: Sequence[Node], values: Sequence[float]) -> float:
    node = tree[0]
    while isinstance(node, tuple):
        feature, threshold, low, high = node
        node = tree[low if values[feature] <= threshold else high]
    return node


def _node(data: Any, features: int) -> Node:
    if not isinstance(data, list):
        return _finite(data)
    feature, threshold, low, high = data
    if not 0 <= index(feature) < features:
        raise ValueError(f"a tree asks for feature {feature} of {features}")
    return index(feature), _finite(threshold), index(low), index(high)


def _finite(data: Any) -> float:
    if not abs(data) <= sys.float_info.max:
        raise ValueError(f"{data} is no finite number")
    return float(data)


def _check_forks(tree: Sequence[Node]) -> None:
    if not tree:
        raise ValueError("a tree needs a node")
    for i, node in enumerate(tree):
        if isinstance(node, tuple) and not (i < node[2] < len(tree) and i < node[3] < len(tree)):
            raise ValueError("a fork must lead to later nodes of its tree")
