"""The unit that a word means, and its value in an allowed unit."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from rules.pint_units import factors, measure_of
from rules.unit_table import BASE_UNIT, MISREAD_ALIASES, ORDINARY_WORDS, SAME_WORD, UNIT_ALIASES, UNITS_BY_KIND

KIND_OF: dict[str, str] = {unit: kind for kind, units in UNITS_BY_KIND.items() for unit in units}

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


def kind_of(unit: str) -> str:
    """What a unit measures; units of one kind can be converted.

    Those that `rules.unit_table` does not list are asked of pint, and what pint does not know is a kind of its own.
    """
    return KIND_OF.get(unit) or measure_of(unit).kind


def convert(value: float, unit: str, target: str) -> float:
    """`value` in `unit` as a number of `target`; raises KeyError when they measure different things."""
    if unit == target or (unit, kind_of(target)) in SAME_WORD:
        return value
    factor = factors().get((unit, target))
    if factor is None:
        if kind_of(unit) != kind_of(target):
            raise KeyError((unit, target))
        factor = _size(unit) / _size(target)
    return value * factor


def in_base(value: float, unit: str) -> float:
    """`value` in the base unit of its kind: one of `rules.unit_table.BASE_UNIT`, or pint's for other kinds."""
    return convert(value, unit, BASE_UNIT[KIND_OF[unit]]) if unit in KIND_OF else value * measure_of(unit).size


def _size(unit: str) -> float:
    return in_base(1.0, unit)


def _key(word: str) -> str:
    return " ".join(word.lower().rstrip(".").split())
