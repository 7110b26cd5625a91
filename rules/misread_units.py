"""Corrects units of lengths that OCR misread, where the other lengths of the page show it.

A mark of feet for inches (`16.5'` among `49.5"` and `12"`), and an `m` that lost a letter (`73m` beside `110 cm`). On
the 4,500 pages of the challenge that OCR was tried on, each foot mark that stands alone among lengths in inches was an
inch mark; `6' Extension Pole` in words was not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rules.groups import ROUNDED_ALIKE
from rules.located import LocatedQuantity
from rules.unit_table import LENGTH
from rules.units import in_base, kind_of

REACH = 3.0
"""How many times smaller or larger than all others a length may be that stands alone in its unit."""


@dataclass(frozen=True, slots=True)
class Misreading:
    """A `unit`, written as `sign`, that may stand for `right`; from `least` on the other lengths may show it."""

    unit: str
    sign: re.Pattern[str]
    right: str
    least: float


_MARK, _METRE = re.compile("['′’]"), re.compile(r"\d\s?[mM](?!\w)")
MISREADINGS = (
    Misreading("foot", _MARK, "inch", 1.0),
    # 10 metres or more are the length of a cable, seldom a measure beside centimetres.
    Misreading("metre", _METRE, "centimetre", 10.0),
    Misreading("metre", _METRE, "millimetre", 10.0),
)


def correct_units(quantities: Sequence[LocatedQuantity]) -> tuple[LocatedQuantity, ...]:
    """The quantities of a page, with the right units for those that the others show to be misread."""
    lengths = [located for located in quantities if kind_of(located.quantity.unit) == LENGTH]
    return tuple(
        replace(one, quantity=replace(one.quantity, unit=unit)) if (unit := _right_unit(one, lengths)) else one
        for one in quantities
    )


def _right_unit(located: LocatedQuantity, lengths: Sequence[LocatedQuantity]) -> str | None:
    """The unit for which that of a quantity was misread; None where it was not, or for all that is known."""
    quantity = located.quantity
    for misreading in MISREADINGS:
        others = [other for other in lengths if other.quantity.unit != misreading.unit]
        if quantity.unit != misreading.unit or quantity.value < misreading.least or not others:
            continue
        size = in_base(quantity.value, misreading.right)
        if misreading.sign.search(quantity.text) and (
            any(_is_second_unit(other, located, size) for other in others)
            or (len(others) + 1 == len(lengths) and quantity.alone and _are_alike(others, size, misreading.right))
        ):
            return misreading.right
    return None


def _is_second_unit(other: LocatedQuantity, located: LocatedQuantity, size: float) -> bool:
    """Whether another line prints the size, to be in the right unit of `located`, too."""
    printed = in_base(other.quantity.value, other.quantity.unit)
    return other.line is not located.line and abs(size - printed) <= ROUNDED_ALIKE * max(size, printed)


def _are_alike(others: Sequence[LocatedQuantity], size: float, unit: str) -> bool:
    """Whether all others are in this unit, and the size is not far from theirs."""
    sizes = [in_base(other.quantity.value, unit) for other in others if other.quantity.unit == unit]
    return len(sizes) == len(others) and min(sizes) <= size * REACH and size <= max(sizes) * REACH
