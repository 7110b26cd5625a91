"""Corrects units of lengths that OCR misread, where the other lengths of the page show it.

A mark of feet for inches (`16.5'` among `49.5"` and `12"`), and an `m` that lost a letter (`73m` beside `110 cm`). On
the 3,000 pages of the challenge that OCR was tried on, each foot mark that stands alone among lengths in inches was an
inch mark; `6' Extension Pole` in words was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rules.located import LocatedQuantity
from rules.unit_table import LENGTH
from rules.units import in_base, kind_of

MAX_SIGNS_BESIDE = 2
"""Signs of its line, beside the quantity, up to which a quantity stands alone."""


@dataclass(frozen=True, slots=True)
class Misreading:
    """A unit that may be read for another where it is `written` so, and the lengths that show it.

    A value of at least `least` is corrected where all other lengths of the page are in the right unit, and the
    corrected one is up to `reach` times smaller or larger than they.
    """

    unit: str
    written: tuple[str, ...]
    right: str
    least: float
    reach: float


MISREADINGS = (
    Misreading("foot", ("'",), "inch", least=1.0, reach=3.0),
    Misreading("metre", ("m",), "centimetre", least=10.0, reach=3.0),
)
"""A thing of 10 metres or more is seldom measured in centimetres too."""


def correct_units(quantities: Sequence[LocatedQuantity]) -> tuple[LocatedQuantity, ...]:
    """The quantities of a page, with the right units for those that the others show to be misread."""
    lengths = [located for located in quantities if kind_of(located.quantity.unit) == LENGTH]
    corrected = {id(one): unit for one in lengths if (unit := _right_unit(one, lengths)) is not None}
    return tuple(
        replace(one, quantity=replace(one.quantity, unit=corrected[id(one)])) if id(one) in corrected else one
        for one in quantities
    )


def _right_unit(located: LocatedQuantity, lengths: Sequence[LocatedQuantity]) -> str | None:
    quantity = located.quantity
    for misreading in MISREADINGS:
        if quantity.unit != misreading.unit or quantity.value < misreading.least or not _is_alone(located):
            continue
        if not quantity.printed.rstrip().endswith(misreading.written):
            continue
        others = [other.quantity for other in lengths if other.quantity.unit != misreading.unit]
        if len(others) + 1 < len(lengths) or any(other.unit != misreading.right for other in others) or not others:
            continue
        size = in_base(quantity.value, misreading.right)
        sizes = [in_base(other.value, other.unit) for other in others]
        if min(sizes) <= size * misreading.reach and size <= max(sizes) * misreading.reach:
            return misreading.right
    return None


def _is_alone(located: LocatedQuantity) -> bool:
    quantity = located.quantity
    return len(quantity.text) - (quantity.end - quantity.start) <= MAX_SIGNS_BESIDE
