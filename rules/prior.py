"""What is known of an entity before a text is read: whether pictures of the product group usually state it.

Text and place cannot tell a round thing, whose width is its depth too, from a flat one; the group often can.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rules.features import Features

GROUP_STATES = "group_states"
"""The name of the feature."""


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
