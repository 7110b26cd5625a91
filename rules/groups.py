"""Measures: what a page states once, though it may print it in two units or in several places."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rules.located import LocatedQuantity, above, reach_of, right_of
from rules.neighbours import near_pairs
from rules.units import in_base

ROUNDED_ALIKE = 0.07
"""Relative difference up to which two numbers printed side by side in two units are one measure (`26 in` / `64 cm`).

Sellers round both; the difference exceeds 3 % in one of twenty such pairs on pictures of the challenge.
"""
SIZE_STEP = -math.log(1 - 1.1 * ROUNDED_ALIKE)
"""Two sizes that differ by `ROUNDED_ALIKE` at most lie in one step or in two that follow each other."""
MAX_SECOND_UNIT_DISTANCE = 2.0
"""Letter heights between the two lines that print one measure in two units."""


@dataclass(frozen=True, slots=True)
class QuantityGroup:
    """One measure of a product: the sightings that print it, in reading order, each in another unit."""

    sightings: tuple[LocatedQuantity, ...]

    @property
    def first(self) -> LocatedQuantity:
        """The sighting in the unit that is printed first."""
        return self.sightings[0]

    @property
    def role(self) -> str | None:
        """The extent that a word or letter beside any of the sightings names."""
        return next((s.quantity.role for s in self.sightings if s.quantity.role), None)

    @property
    def size(self) -> float:
        """The measure in the base unit of its kind; the upper end of a range."""
        return _size(self.first)


def _size(sighting: LocatedQuantity) -> float:
    quantity = sighting.quantity
    return in_base(quantity.upper or quantity.value, quantity.unit)


def quantity_groups(sightings: Sequence[LocatedQuantity]) -> tuple[QuantityGroup, ...]:
    """The measures that sightings of one kind print, each with all the units it is printed in."""
    groups: list[list[LocatedQuantity]] = []
    group_of: list[int] = []
    for sighting, relatives in zip(sightings, _relatives(sightings), strict=True):
        possible = sorted({group_of[i] for i in relatives})
        group = next((g for g in possible if _belongs(sighting, groups[g])), len(groups))
        if group == len(groups):
            groups.append([])
        groups[group].append(sighting)
        group_of.append(group)
    return tuple(QuantityGroup(tuple(group)) for group in groups)


def _relatives(sightings: Sequence[LocatedQuantity]) -> list[list[int]]:
    """For each sighting those before it, in another unit, that stand near or are as large and in the same line."""
    near = near_pairs(
        [reach_of(s.place, MAX_SECOND_UNIT_DISTANCE) for s in sightings],
        [reach_of(s.place, MAX_SECOND_UNIT_DISTANCE) for s in sightings],
    )
    in_line: defaultdict[tuple[int, int], defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    found = []
    for i, (sighting, close) in enumerate(zip(sightings, near, strict=True)):
        unit, line = sighting.quantity.unit, id(sighting.line)
        step = math.floor(math.log(_size(sighting)) / SIZE_STEP)
        alike = [
            j
            for neighbour in (step - 1, step, step + 1)
            for other, members in in_line[line, neighbour].items()
            if other != unit
            for j in members
        ]
        in_line[line, step][unit].append(i)
        found.append([j for j in close if j < i and sightings[j].quantity.unit != unit] + alike)
    return found


def _belongs(sighting: LocatedQuantity, group: Sequence[LocatedQuantity]) -> bool:
    units = {s.quantity.unit for s in group}
    return sighting.quantity.unit not in units and any(
        _same_measure(s, sighting) and _close(s, sighting) for s in group
    )


def _same_measure(a: LocatedQuantity, b: LocatedQuantity) -> bool:
    if a.quantity.role and b.quantity.role and a.quantity.role != b.quantity.role:
        return False
    if a.quantity.siblings > 1 and a.quantity.position != b.quantity.position:
        return False
    first, second = _size(a), _size(b)
    return abs(first - second) <= ROUNDED_ALIKE * max(first, second)


def _close(a: LocatedQuantity, b: LocatedQuantity) -> bool:
    if a.line is b.line:
        return True
    height = max(a.place.letter_height, b.place.letter_height, 1.0)
    gaps = (
        above(a.place, b.place),
        above(b.place, a.place),
        right_of(a.place, b.place),
        right_of(b.place, a.place),
    )
    return any(gap is not None and gap <= MAX_SECOND_UNIT_DISTANCE * height for gap in gaps)
