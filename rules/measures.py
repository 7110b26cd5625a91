"""Measures: what a page states once, though it may print it in two units or in several places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.sightings import Sighting, above, right_of
from rules.units import in_base

ROUNDED_ALIKE = 0.07
"""Relative difference up to which two numbers printed side by side in two units are one measure (`26 in` / `64 cm`).

Sellers round both; the difference exceeds 3 % in one of twenty such pairs on pictures of the challenge.
"""
MAX_SECOND_UNIT_DISTANCE = 2.0
"""Letter heights between the two lines that print one measure in two units."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a product: the sightings that print it, in reading order, each in another unit."""

    sightings: tuple[Sighting, ...]

    @property
    def first(self) -> Sighting:
        """The sighting in the unit that is printed first."""
        return self.sightings[0]

    @property
    def role(self) -> str | None:
        """The extent that a word or letter beside any of the sightings names."""
        return next((s.quantity.role for s in self.sightings if s.quantity.role), None)

    @property
    def size(self) -> float:
        """The measure in the base unit of its kind; the upper end of a range."""
        quantity = self.first.quantity
        return in_base(quantity.upper or quantity.value, quantity.unit)


def measures_of(sightings: Sequence[Sighting]) -> tuple[Measure, ...]:
    """The measures that sightings of one kind print, each with all the units it is printed in."""
    groups: list[list[Sighting]] = []
    for sighting in sightings:
        group = next((g for g in groups if _belongs(sighting, g)), None)
        if group is None:
            groups.append([sighting])
        else:
            group.append(sighting)
    return tuple(Measure(tuple(group)) for group in groups)


def _belongs(sighting: Sighting, group: Sequence[Sighting]) -> bool:
    units = {s.quantity.unit for s in group}
    return sighting.quantity.unit not in units and any(
        _same_measure(s, sighting) and _close(s, sighting) for s in group
    )


def _same_measure(a: Sighting, b: Sighting) -> bool:
    if a.quantity.role and b.quantity.role and a.quantity.role != b.quantity.role:
        return False
    if a.quantity.siblings > 1 and a.quantity.position != b.quantity.position:
        return False
    first = in_base(a.quantity.upper or a.quantity.value, a.quantity.unit)
    second = in_base(b.quantity.upper or b.quantity.value, b.quantity.unit)
    return abs(first - second) <= ROUNDED_ALIKE * max(first, second)


def _close(a: Sighting, b: Sighting) -> bool:
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
