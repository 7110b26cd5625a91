"""What pint knows of units: factors between them, and what a unit measures that `rules.unit_table` does not list.

Pint only ever sees names from tables, never text from a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from rules.unit_table import BASE_UNIT, UNITS_BY_KIND

if TYPE_CHECKING:
    from pint import UnitRegistry

CACHED_UNITS = 1024
_PINT_NAME: dict[str, str] = {
    "ton": "short_ton",
    "tonne": "metric_ton",
    "cubic centimetre": "centimetre ** 3",
    "cubic metre": "metre ** 3",
    "barrel": "oil_barrel",
}
_JOINING_WORDS = frozenset({"per", "square", "cubic"})
"""Words that pint understands between the names of units: `litre per minute`."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a unit measures (its kind), and its size in the base unit of that kind."""

    kind: str
    size: float


@cache
def factors() -> dict[tuple[str, str], float]:
    """Factors between all units of a kind in `rules.unit_table`."""
    quantity = _registry().Quantity
    return {
        (a, b): float(quantity(1.0, _known_name(a)).to(_known_name(b)).magnitude)
        for units in UNITS_BY_KIND.values()
        for a in units
        for b in units
    }


@lru_cache(CACHED_UNITS)
def measure_of(unit: str) -> Measure:
    """The measure of a unit that `rules.unit_table` does not list.

    One that pint does not know by this very name (`page`), and one that converts by more than a factor (`decibel`), is
    the only unit of its kind.
    """
    name = pint_name(unit)
    quantity = None if name is None else _registry().Quantity(1.0, name)
    if quantity is None or not quantity._is_multiplicative:
        return Measure(unit, 1.0)
    for kind, base in BASE_UNIT.items():
        if quantity.is_compatible_with(_known_name(base)):
            return Measure(kind, float(quantity.to(_known_name(base)).magnitude))
    root = quantity.to_root_units()
    return Measure(str(root.units), float(root.magnitude))


@lru_cache(CACHED_UNITS)
def pint_name(unit: str) -> str | None:
    """How pint calls a unit; None for one that it does not know.

    Full names count alone: to pint `pin` is a picoinch, and `fps` a foot per second.
    """
    if any(unit in units for units in UNITS_BY_KIND.values()):
        return _known_name(unit)
    words = unit.replace("-", " ")
    for name in (words.replace(" ", "_"), words):
        if all(_is_full_name(word) for word in name.split() if word not in _JOINING_WORDS):
            return name if _is_expression(name) else None
    return None


def _known_name(unit: str) -> str:
    return _PINT_NAME.get(unit, unit.replace(" ", "_"))


def _is_full_name(word: str) -> bool:
    american = word.replace("metre", "meter").replace("litre", "liter")
    parsed = _registry().parse_unit_name(word)
    return any(prefix + base == american for prefix, base, _ in parsed)


def _is_expression(name: str) -> bool:
    """Whether the words make a unit together: `per litre per` has names that are known, and makes none."""
    from pint.errors import PintError

    try:
        _registry().Quantity(1.0, name)
    except (PintError, ValueError, TypeError, AttributeError, AssertionError, SyntaxError):
        return False
    return True


@cache
def _registry() -> UnitRegistry[float]:
    from pint import UnitRegistry

    return UnitRegistry()
