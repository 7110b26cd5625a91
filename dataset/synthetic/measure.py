"""Measures, how a sheet prints them, and the answers that the print stands for."""

from __future__ import annotations

import string
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class PrintUnit:
    """A field of a form: the allowed unit of its answer, its own size in the quantity's base unit, decimals shown.

    A field of a unit that no answer may have also has that unit's `name`, and the `factor` from its numbers to the
    answer's.
    """

    unit: str
    size: Decimal
    decimals: int
    name: str = ""
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Printed:
    """A measure as it stands in the picture, and its answers in the order in which they are printed.

    `note` names the printed unit where no answer may have it.
    """

    text: str
    answers: tuple[str, ...]
    note: str = ""


# Base units: millimetre, gram, volt, watt, millilitre. A field ending in a digit shows that many decimals.
PRINT_UNITS: dict[str, PrintUnit] = {
    "mm": PrintUnit("millimetre", Decimal(1), 0),
    "cm": PrintUnit("centimetre", Decimal(10), 1),
    "m": PrintUnit("metre", Decimal(1000), 2),
    "in": PrintUnit("inch", Decimal("25.4"), 2),
    "in1": PrintUnit("inch", Decimal("25.4"), 1),
    "in0": PrintUnit("inch", Decimal("25.4"), 0),
    "ft": PrintUnit("foot", Decimal("304.8"), 1),
    "g": PrintUnit("gram", Decimal(1), 0),
    "kg": PrintUnit("kilogram", Decimal(1000), 2),
    "kg0": PrintUnit("kilogram", Decimal(1000), 0),
    "lb": PrintUnit("pound", Decimal("453.592"), 1),
    "lb0": PrintUnit("pound", Decimal("453.592"), 0),
    "oz": PrintUnit("ounce", Decimal("28.3495"), 1),
    "mg": PrintUnit("milligram", Decimal("0.001"), 0),
    "V": PrintUnit("volt", Decimal(1), 1),
    "W": PrintUnit("watt", Decimal(1), 1),
    "kW": PrintUnit("kilowatt", Decimal(1000), 2),
    "ml": PrintUnit("millilitre", Decimal(1), 0),
    "l": PrintUnit("litre", Decimal(1000), 2),
    "cl": PrintUnit("centilitre", Decimal(10), 1),
    "floz": PrintUnit("fluid ounce", Decimal("29.5735"), 1),
    "gal": PrintUnit("gallon", Decimal("3785.41"), 1),
    "qt": PrintUnit("quart", Decimal("946.353"), 1),
    "cuft": PrintUnit("cubic foot", Decimal("28316.8"), 1),
    # Units that no answer may have.
    "dm": PrintUnit("centimetre", Decimal(100), 2, "decimetre", Decimal(10)),
    "hp": PrintUnit("watt", Decimal("745.69987158227"), 2, "horsepower", Decimal("745.69987158227")),
    "mW": PrintUnit("watt", Decimal("0.001"), 0, "milliwatt", Decimal("0.001")),
    "cc": PrintUnit("millilitre", Decimal(1), 0, "cubic centimetre"),
    "cum": PrintUnit("litre", Decimal(1_000_000), 2, "cubic metre", Decimal(1000)),
    "tbsp": PrintUnit("millilitre", Decimal("14.78676478125"), 1, "tablespoon", Decimal("14.78676478125")),
    "tsp": PrintUnit("millilitre", Decimal("4.92892159375"), 1, "teaspoon", Decimal("4.92892159375")),
    "t": PrintUnit("kilogram", Decimal(1_000_000), 2, "tonne", Decimal(1000)),
    "st": PrintUnit("pound", Decimal("6350.29318"), 0, "stone", Decimal(14)),
    "ct": PrintUnit("gram", Decimal("0.2"), 2, "carat", Decimal("0.2")),
    "gr": PrintUnit("gram", Decimal("0.06479891"), 0, "grain", Decimal("0.06479891")),
}

PRINTED_IN = "printed in "
"""The note on a measure begins so where the printed unit is one that no answer may have."""
_INCH = Decimal("25.4")
_CONVERTED = Context(prec=10)
"""Converted answers have ten significant digits."""


def answer(value: Decimal, unit: str) -> str:
    """An answer in the challenge's spelling: "34.0 gram", "12.75 inch"."""
    digits = format(value.normalize(), "f")
    return f"{digits if '.' in digits else digits + '.0'} {unit}"


def printed(form: str, base: Decimal | int | float, comma: bool = False) -> Printed:
    """`base` (in the quantity's base unit) as the form prints it.

    A form is a format string with fields of PRINT_UNITS, or `{frac}`: inches and eighths, "12 3/4".
    Raises KeyError on an unknown field.
    """
    amount = Decimal(str(base))
    text, answers, note = "", [], ""
    for literal, field, _, _ in string.Formatter().parse(form):
        text += literal
        if field is None:
            continue
        if field == "frac":
            shown, value, unit = *_eighths(amount), "inch"
        else:
            print_unit = PRINT_UNITS[field]
            number = _rounded(amount / print_unit.size, print_unit.decimals)
            value, unit = _CONVERTED.multiply(number, print_unit.factor), print_unit.unit
            shown = format(number, "f")
            note = note or (print_unit.name and f"{PRINTED_IN}{print_unit.name}")
        text += shown.replace(".", ",") if comma else shown
        answers.append(answer(value, unit))
    return Printed(text, tuple(dict.fromkeys(answers)), note)


def _rounded(value: Decimal, decimals: int) -> Decimal:
    quantised = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    whole = quantised.quantize(Decimal(1))
    return whole if whole == quantised else quantised.normalize()


def _eighths(millimetres: Decimal) -> tuple[str, Decimal]:
    eighths = int((millimetres / _INCH * 8).quantize(Decimal(1), ROUND_HALF_UP))
    whole, rest = divmod(eighths, 8)
    part = Fraction(rest, 8)
    shown = " ".join(s for s in (str(whole) if whole else "", str(part) if rest else "") if s)
    return shown, Decimal(eighths) / 8


LENGTH_FORMS: tuple[str, ...] = (
    "{cm} cm",
    "{cm}cm",
    "{cm}CM",
    "{mm}mm",
    "{mm} mm",
    "{in} in",
    '{in1}"',
    "{in1} inch",
    "{in1}″",
    "{cm} cm / {in} in",
    '{cm}cm({in}")',
    "{in} in / {cm} cm",
    "{in1} in\n{cm} cm",
    "{cm}cm/{in}inch",
    '{in1}" ({cm} cm)',
    '{frac}"',
    "{mm}mm/{in}″",
)
