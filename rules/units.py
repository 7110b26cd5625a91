"""The unit that a word means, and its value in an allowed unit."""

from __future__ import annotations

from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from rules.constants import ENTITY_UNITS
from rules.unit_table import (
    CONVERT_TO,
    MISREAD_ALIASES,
    ORDINARY_WORDS,
    SAME_WORD,
    UNIT_ALIASES,
    UNITS_BY_KIND,
)

KIND_OF: dict[str, str] = {unit: kind for kind, units in UNITS_BY_KIND.items() for unit in units}

ENTITY_KIND: dict[str, str] = {entity: KIND_OF[next(iter(units))] for entity, units in ENTITY_UNITS.items()}

BASE_UNIT: dict[str, str] = {
    "length": "centimetre",
    "weight": "gram",
    "voltage": "volt",
    "power": "watt",
    "volume": "millilitre",
}

EXACT: dict[str, str] = {alias: unit for unit, aliases in UNIT_ALIASES.items() for alias in aliases}
MISREAD: dict[str, str] = {
    alias: unit for unit, aliases in MISREAD_ALIASES.items() for alias in aliases if alias not in EXACT
}

MIN_FUZZY_LENGTH = 5
"""Shortest word matched with an edit distance; shorter misreadings stand in `MISREAD_ALIASES`."""
MAX_FUZZY_DISTANCE = 1
CACHED_WORDS = 16_384
"""Words whose unit is cached: bounded, for workers that run for days."""

_FUZZY_WORDS = tuple(a for a in EXACT if len(a) >= MIN_FUZZY_LENGTH and a.isascii())
_PINT_NAME: dict[str, str] = {
    "ton": "short_ton",
    "tonne": "metric_ton",
    "cubic centimetre": "centimetre ** 3",
    "cubic metre": "metre ** 3",
    "barrel": "oil_barrel",
}


@lru_cache(CACHED_WORDS)
def closest_unit(word: str) -> str | None:
    """The unit that `word` names when at most one letter was misread.

    None when no unit is that close, when two units are equally close (`liire`), or for an ordinary word (`piece`).
    """
    key = _key(word)
    exact = EXACT.get(key) or MISREAD.get(key) or EXACT.get(key.replace("rn", "m"))
    if exact or len(key) < MIN_FUZZY_LENGTH or key in ORDINARY_WORDS:
        return exact
    close = process.extract(
        key,
        _FUZZY_WORDS,
        scorer=Levenshtein.distance,
        score_cutoff=MAX_FUZZY_DISTANCE,
        limit=None,
    )
    units = {EXACT[alias] for alias, _, _ in close}
    return units.pop() if len(units) == 1 else None


def allowed_unit(unit: str, entity: str) -> str | None:
    """The unit in which a quantity printed in `unit` answers `entity`; None when it cannot."""
    if unit in ENTITY_UNITS[entity]:
        return unit
    kind = ENTITY_KIND[entity]
    unit = SAME_WORD.get((unit, kind), unit)
    target = unit if unit in ENTITY_UNITS[entity] else CONVERT_TO.get(unit)
    return target if target in ENTITY_UNITS[entity] else None


def convert(value: float, unit: str, target: str) -> float:
    """`value` in `unit` as a number of `target`; raises KeyError when they measure different things."""
    if unit == target or (unit, KIND_OF[target]) in SAME_WORD:
        return value
    return value * _factors()[unit, target]


def in_base(value: float, unit: str) -> float:
    """`value` in the base unit of its kind (centimetre, gram, volt, watt, millilitre)."""
    return convert(value, unit, BASE_UNIT[KIND_OF[unit]])


def _key(word: str) -> str:
    return " ".join(word.lower().rstrip(".").split())


def pint_name(unit: str) -> str:
    """How pint calls a unit."""
    return _PINT_NAME.get(unit, unit.replace(" ", "_"))


@cache
def _factors() -> dict[tuple[str, str], float]:
    """Factors between all units of a kind, from pint. It never sees text from a picture."""
    from pint import UnitRegistry

    registry: UnitRegistry[float] = UnitRegistry()
    return {
        (a, b): float(registry.Quantity(1.0, pint_name(a)).to(pint_name(b)).magnitude)
        for units in UNITS_BY_KIND.values()
        for a in units
        for b in units
    }
