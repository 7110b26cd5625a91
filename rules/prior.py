"""What is known of an entity before a text is read: by the product group, and by the look of the picture.

Text and place cannot tell a round thing, whose width is its depth too, from a flat one; group and look often can.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rules.features import Features

GROUP_STATES = "group_states"
"""The name of the group's feature."""
LOOKS_STATED = "looks_stated"
"""The name of a look's feature: that the picture states the entity."""
LOOKS_ROUND = "looks_round"
"""The name of another: that it states it by a horizontal line or a diameter, as of a round thing."""


@dataclass(frozen=True, slots=True)
class GroupPrior:
    """By product group, how much higher the log-odds are than elsewhere that one entity is stated."""

    shifts: Mapping[str, float]

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, self.shifts.values())):
            raise ValueError("the numbers of a group prior must be finite")

    def features(self, group: str) -> Features:
        """The feature of a group; none of an unknown one."""
        shift = round(self.shifts.get(group, 0.0), 4)
        return ((GROUP_STATES, shift),) if shift else ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> GroupPrior:
        """The prior that `to_json` wrote; raises AttributeError, TypeError or ValueError on anything else."""
        return cls({str(group): float(shift) for group, shift in data.items()})

    def to_json(self) -> dict[str, float]:
        """Numbers by group that `from_json` reads back to an equal prior."""
        return dict(self.shifts)


@dataclass(frozen=True, slots=True)
class LookPrior:
    """By feature, how much the log-odds rise with each component of a picture's embedding, and a constant before them.

    Sums are relative to the usual log-odds: an unknown look counts as a usual one.
    """

    weights: Mapping[str, tuple[float, ...]]

    def __post_init__(self) -> None:
        if not all(math.isfinite(weight) for own in self.weights.values() for weight in own):
            raise ValueError("the weights of a look prior must be finite")
        if not all(self.weights.values()):
            raise ValueError("each feature of a look prior needs a constant")

    def features(self, embedding: Sequence[float]) -> Features:
        """The features of an embedding; none of one with other components than the prior's, as from another engine."""
        found = (
            (name, round(sum(a * b for a, b in zip(own, (1.0, *embedding), strict=True)), 4))
            for name, own in sorted(self.weights.items())
            if embedding and len(own) == len(embedding) + 1
        )
        return tuple((name, value) for name, value in found if value)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LookPrior:
        """The prior that `to_json` wrote; raises AttributeError, TypeError or ValueError on anything else."""
        return cls({str(name): tuple(map(float, own)) for name, own in data.items()})

    def to_json(self) -> dict[str, list[float]]:
        """Numbers by feature that `from_json` reads back to an equal prior."""
        return {name: list(own) for name, own in self.weights.items()}


@dataclass(frozen=True, slots=True)
class Prior:
    """What group and look tell of one entity."""

    group: GroupPrior = field(default_factory=lambda: GroupPrior({}))
    look: LookPrior = field(default_factory=lambda: LookPrior({}))

    def features(self, group: str, embedding: Sequence[float]) -> Features:
        """The features of both."""
        return self.group.features(group) + self.look.features(embedding)
