"""Lengths as drawn pages print them: one style for each page, in one or two units, on one line or two."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from rules.amount import Amount
from vlm.nano.noise import draw_spelling, misread_unit
from vlm.nano.numbers import draw_number

LENGTH_UNITS = {"centimetre": 46, "inch": 36, "millimetre": 10, "foot": 4, "metre": 3, "yard": 1}
_JOINTS = ("/", " / ", "(", " (")


@dataclass(frozen=True, slots=True)
class MeasureStyle:
    """The print style of a page's lengths."""

    unit: str
    spelling: str
    gap: str
    second_unit: str
    second_spelling: str
    joint: str

    def draw(self, rng: Random) -> tuple[tuple[str, ...], Amount]:
        """The printed lines of a new length, and the answer in them (in the first unit)."""
        digits = (1, 2, 5, 3, 0.6) if self.unit == "millimetre" else (3, 7, 3, 0.4, 0.1)
        number = draw_number(rng, digits=digits, fractions=0.12 if self.unit == "inch" else 0.02)
        first = f"{number.text}{self.gap}{misread_unit(self.unit, self.spelling, rng)}"
        answer = Amount(number.value, self.unit)
        if not self.second_unit:
            return (first,), answer
        second = f"{draw_number(rng).text}{self.gap}{self.second_spelling}"
        if self.joint == "\n":
            return (first, second), answer
        return (f"{first}{self.joint}{second}{')' if '(' in self.joint else ''}",), answer


def draw_style(rng: Random) -> MeasureStyle:
    """A random style."""
    unit = rng.choices(tuple(LENGTH_UNITS), tuple(LENGTH_UNITS.values()))[0]
    spelling = draw_spelling(unit, rng)
    second = ""
    if rng.random() < 0.35:
        second = "inch" if unit != "inch" else "centimetre"
    second_spelling = draw_spelling(second, rng) if second else ""
    joint = "\n" if rng.random() < 0.35 else rng.choice(_JOINTS)
    gap = "" if spelling in ('"', "'") or rng.random() < 0.5 else " "
    return MeasureStyle(unit, spelling, gap, second, second_spelling, joint)
