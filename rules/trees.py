"""Boosted decision trees as plain data: read from JSON, run on numpy.

>>> model = TreeModel.from_json({"features": ["x"], "bias": 0.0, "trees": [[[0, 0.5, 1, 2], -1.0, 1.0]]})
>>> model.log_odds({"x": 0.7})
1.0
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import index
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Node = tuple[int, float, int, int] | float
"""A fork (feature, threshold, node when at most the threshold, node when above) or a leaf's contribution."""

_BLOCK = 256
"""Examples that go down the trees together: larger blocks do not fit into the processor's cache."""


@dataclass(frozen=True)
class TreeModel:
    """A sum of trees over named features; a missing feature counts as 0."""

    features: tuple[str, ...]
    bias: float
    trees: tuple[tuple[Node, ...], ...]

    def log_odds(self, features: Mapping[str, float]) -> float:
        """The log-odds of an example."""
        return self.log_odds_of([features])[0]

    def log_odds_of(self, examples: Sequence[Mapping[str, float]]) -> list[float]:
        """The log-odds of each example."""
        import numpy as np

        values = np.zeros((len(examples), len(self.features)))
        for row, example in enumerate(examples):
            for name, value in example.items():
                if name in self._column:
                    values[row, self._column[name]] = value
        log_odds: list[float] = []
        for start in range(0, len(examples), _BLOCK):
            log_odds += self._forest.sums(values[start : start + _BLOCK], self.bias)
        return log_odds

    @cached_property
    def _column(self) -> dict[str, int]:
        return {name: column for column, name in enumerate(self.features)}

    @cached_property
    def _forest(self) -> _Forest:
        return _Forest(self.trees)

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


class _Forest:
    """All nodes of all trees in arrays, so that many examples go down all trees together. A leaf leads to itself."""

    def __init__(self, trees: Sequence[Sequence[Node]]) -> None:
        import numpy as np

        starts = np.cumsum([0, *(len(tree) for tree in trees)])
        self._roots = starts[:-1].astype(np.intp)
        nodes = [
            (node[0], node[1], start + node[2], start + node[3], 0.0)
            if isinstance(node, tuple)
            else (0, 0.0, start + at, start + at, node)
            for start, tree in zip(starts.tolist(), trees, strict=False)
            for at, node in enumerate(tree)
        ]
        feature, threshold, low, high, value = zip(*nodes, strict=True) if nodes else ((),) * 5
        self._feature = np.array(feature, dtype=np.intp)
        self._threshold = np.array(threshold, dtype=np.float64)
        self._next = np.array([high, low], dtype=np.intp)
        self._value = np.array(value, dtype=np.float64)
        self._depth = max(map(_depth, trees), default=0)

    def sums(self, values: NDArray[np.float64], bias: float) -> list[float]:
        """For each row of `values` (examples, features) the sum of `bias` and the leaves that it reaches."""
        import numpy as np

        if not len(self._roots):
            return [bias] * len(values)
        rows = np.arange(len(values))[:, np.newaxis]
        at = np.broadcast_to(self._roots, (len(values), len(self._roots)))
        for _ in range(self._depth):
            below = values[rows, self._feature[at]] <= self._threshold[at] if values.shape[1] else np.zeros(at.shape)
            at = self._next[below.astype(np.intp), at]
        # A running sum adds one tree after the other for any number of rows, so that a page's size changes no score.
        totals = np.cumsum(self._value[at], axis=1)[:, -1]
        return [bias + float(total) for total in totals]


def _node(data: Any, features: int) -> Node:
    if not isinstance(data, list):
        return _finite(data)
    feature, threshold, low, high = data
    if not 0 <= index(feature) < features:
        raise ValueError(f"a tree uses feature {feature}, but there are {features}, counted from 0")
    return index(feature), _finite(threshold), index(low), index(high)


def _finite(data: Any) -> float:
    if not abs(data) <= sys.float_info.max:
        raise ValueError(f"{data} is not a finite number")
    return float(data)


def _check_forks(tree: Sequence[Node]) -> None:
    if not tree:
        raise ValueError("a tree needs a node")
    for i, node in enumerate(tree):
        if isinstance(node, tuple) and not (i < node[2] < len(tree) and i < node[3] < len(tree)):
            raise ValueError("a fork must lead to later nodes of its tree")


def _depth(tree: Sequence[Node]) -> int:
    """Number of forks from the root to the deepest leaf. Forks lead to later nodes (see `_check_forks`)."""
    depth = [0] * len(tree)
    for i, node in enumerate(tree):
        if isinstance(node, tuple):
            for child in node[2:]:
                depth[child] = max(depth[child], depth[i] + 1)
    return max(depth)
