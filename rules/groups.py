"""Groups of quantities that print one measure of a product in several units."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rules.located import LocatedQuantity
from rules.neighbours import near_pairs
from rules.placement import above, reach_of, right_of
from rules.units import in_base

ROUNDED_ALIKE = 0.07
"""Relative difference up to which two numbers printed side by side in two units are one measure (`26 in` / `64 cm`).

Sellers round both: the difference exceeds 3 % in one of twenty such pairs on pictures of the challenge.
"""
SIZE_STEP = -math.log(1 - 1.1 * ROUNDED_ALIKE)
"""Logarithmic step: two sizes that differ by `ROUNDED_ALIKE` at most lie in one step or in two neighbouring ones."""
_SMALLEST, _LARGEST = 1e-300, 1e300
MAX_SECOND_UNIT_DISTANCE = 2.0
"""Letter heights between the two lines that print one measure in two units."""


@dataclass(frozen=True, slots=True)
class QuantityGroup:
    """The quantities that print one measure of a product, in reading order, each in another unit."""

    quantities: tuple[LocatedQuantity, ...]

    @property
    def first(self) -> LocatedQuantity:
        """The quantity that is printed first."""
        return self.quantities[0]

    @property
    def dimension(self) -> str | None:
        """The dimension that a word or letter beside any of the quantities names."""
        return next((q.quantity.dimension for q in self.quantities if q.quantity.dimension), None)

    @property
    def size(self) -> float:
        """The first quantity in the base unit of its kind; of a range the upper end."""
        return _size(self.first)


def quantity_groups(quantities: Sequence[LocatedQuantity]) -> tuple[QuantityGroup, ...]:
    """The groups that the quantities, all of one kind, form; each quantity is in exactly one."""
    groups: list[list[LocatedQuantity]] = []
    group_of: list[int] = []
    for located, relatives in zip(quantities, _relatives(quantities), strict=True):
        possible = sorted({group_of[i] for i in relatives})
        group = next((g for g in possible if _belongs(located, groups[g])), len(groups))
        if group == len(groups):
            groups.append([])
        groups[group].append(located)
        group_of.append(group)
    return tuple(QuantityGroup(tuple(group)) for group in groups)


def _relatives(quantities: Sequence[LocatedQuantity]) -> list[list[int]]:
    """For each quantity the positions of earlier ones in another unit that stand near, or in its line with its size."""
    places = [reach_of(located.place, MAX_SECOND_UNIT_DISTANCE) for located in quantities]
    near = near_pairs(places, places)
    in_line: defaultdict[tuple[int, int], defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    relatives = []
    for i, (located, close) in enumerate(zip(quantities, near, strict=True)):
        unit, line = located.quantity.unit, id(located.line)
        step = math.floor(math.log(min(max(_size(located), _SMALLEST), _LARGEST)) / SIZE_STEP)
        alike = [
            j
            for neighbour in (step - 1, step, step + 1)
            for other, members in in_line[line, neighbour].items()
            if other != unit
            for j in members
        ]
        in_line[line, step][unit].append(i)
        relatives.append([j for j in close if j < i and quantities[j].quantity.unit != unit] + alike)
    return relatives


def _belongs(located: LocatedQuantity, group: Sequence[LocatedQuantity]) -> bool:
    units = {member.quantity.unit for member in group}
    return located.quantity.unit not in units and any(
        _same_measure(member, located) and _close(member, located) for member in group
    )


def _same_measure(a: LocatedQuantity, b: LocatedQuantity) -> bool:
    if a.quantity.dimension and b.quantity.dimension and a.quantity.dimension != b.quantity.dimension:
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


def _size(located: LocatedQuantity) -> float:
    quantity = located.quantity
    return in_base(quantity.upper or quantity.value, quantity.unit)
