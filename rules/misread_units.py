"""Corrects units of lengths that OCR misread, where the other lengths of the page show it.

A mark of feet for inches (`16.5'` among `49.5"` and `12"`), and an `m` that lost a letter (`73m` beside `110 cm`). On
the 4,500 pages of the challenge that OCR was tried on, each foot mark that stands alone among lengths in inches was an
inch mark; `6' Extension Pole` in words was not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from rules.groups import ROUNDED_ALIKE
from rules.lines import Line
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
    others = [OtherLengths(misreading, lengths) for misreading in MISREADINGS]
    return tuple(
        replace(one, quantity=replace(one.quantity, unit=unit)) if (unit := _right_unit(one, others)) else one
        for one in quantities
    )


class OtherLengths:
    """The lengths of a page in other units than that of a misreading, sorted, as a page may have thousands."""

    def __init__(self, misreading: Misreading, lengths: Sequence[LocatedQuantity]) -> None:
        others = [other for other in lengths if other.quantity.unit != misreading.unit]
        self.misreading = misreading
        self._all_but_one = len(others) + 1 == len(lengths)
        by_size = sorted(((in_base(o.quantity.value, o.quantity.unit), o.line) for o in others), key=itemgetter(0))
        self._sizes = [size for size, _ in by_size]
        self._lines = [line for _, line in by_size]
        self._next_line = _changes(self._lines)
        in_right = all(other.quantity.unit == misreading.right for other in others)
        sizes = [in_base(other.quantity.value, misreading.right) for other in others] if in_right else []
        self._range = (min(sizes), max(sizes)) if sizes else None

    def show(self, located: LocatedQuantity) -> bool:
        """Whether they show that a length is misread."""
        quantity, misreading = located.quantity, self.misreading
        if quantity.unit != misreading.unit or quantity.value < misreading.least or not self._sizes:
            return False
        size = in_base(quantity.value, misreading.right)
        return bool(misreading.sign.search(quantity.text)) and (
            self._print_on_another_line(size, located.line)
            or (self._all_but_one and quantity.alone and self._are_alike(size))
        )

    def _print_on_another_line(self, size: float, line: Line) -> bool:
        """Whether another line prints the size, to be in the right unit of `line`, too."""
        at = bisect_left(self._sizes, size * (1 - 2 * ROUNDED_ALIKE))
        while at < len(self._sizes) and self._sizes[at] <= size * (1 + 2 * ROUNDED_ALIKE):
            if self._lines[at] is line:
                at = self._next_line[at]
            elif abs(size - self._sizes[at]) <= ROUNDED_ALIKE * max(size, self._sizes[at]):
                return True
            else:
                at += 1
        return False

    def _are_alike(self, size: float) -> bool:
        """Whether all are in the right unit, and the size is not far from theirs."""
        return self._range is not None and self._range[0] <= size * REACH and size <= self._range[1] * REACH


def _right_unit(located: LocatedQuantity, others: Sequence[OtherLengths]) -> str | None:
    """The unit for which that of a quantity was misread; None where it was not, or for all that is known."""
    return next((other.misreading.right for other in others if other.show(located)), None)


def _changes(lines: Sequence[Line]) -> list[int]:
    """For each position the next one with another line; the length where there is none."""
    following = [len(lines)] * len(lines)
    for at in range(len(lines) - 2, -1, -1):
        following[at] = following[at + 1] if lines[at] is lines[at + 1] else at + 1
    return following
