from __future__ import annotations

import string
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from rules.constants import ALLOWED_UNITS, ENTITIES, ENTITY_UNITS
from rules.entities import OFFICIAL, allowed_unit
from rules.quantity import find_quantities
from rules.unit_table import BASE_UNIT, CONVERT_TO, MISREAD_ALIASES, ORDINARY_WORDS, UNIT_ALIASES, UNITS_BY_KIND
from rules.units import (
    EXACT,
    KIND_OF,
    MIN_FUZZY_LENGTH,
    MISREAD,
    closest_unit,
    convert,
    in_base,
)

INCH = 2.54
POUND = 453.59237
GALLON = 231 * INCH**3
IMPERIAL_GALLON = 4546.09

DEFINITIONS = {
    "centimetre": 1.0,
    "millimetre": 0.1,
    "decimetre": 10.0,
    "metre": 100.0,
    "kilometre": 100_000.0,
    "micrometre": 0.0001,
    "inch": INCH,
    "foot": 12 * INCH,
    "yard": 36 * INCH,
    "mile": 63_360 * INCH,
    "gram": 1.0,
    "kilogram": 1000.0,
    "milligram": 0.001,
    "microgram": 0.000_001,
    "tonne": 1_000_000.0,
    "pound": POUND,
    "ounce": POUND / 16,
    "stone": 14 * POUND,
    "ton": 2000 * POUND,
    "grain": POUND / 7000,
    "carat": 0.2,
    "volt": 1.0,
    "microvolt": 0.000_001,
    "millivolt": 0.001,
    "kilovolt": 1000.0,
    "megavolt": 1_000_000.0,
    "watt": 1.0,
    "milliwatt": 0.001,
    "kilowatt": 1000.0,
    "megawatt": 1_000_000.0,
    "horsepower": 550 * 0.3048 * 0.45359237 * 9.80665,
    "millilitre": 1.0,
    "cubic centimetre": 1.0,
    "microlitre": 0.001,
    "centilitre": 10.0,
    "decilitre": 100.0,
    "litre": 1000.0,
    "cubic metre": 1_000_000.0,
    "cubic inch": INCH**3,
    "cubic foot": (12 * INCH) ** 3,
    "gallon": GALLON,
    "quart": GALLON / 4,
    "pint": GALLON / 8,
    "cup": GALLON / 16,
    "fluid ounce": GALLON / 128,
    "tablespoon": GALLON / 256,
    "teaspoon": GALLON / 768,
    "barrel": 42 * GALLON,
    "imperial gallon": IMPERIAL_GALLON,
    "imperial quart": IMPERIAL_GALLON / 4,
    "imperial pint": IMPERIAL_GALLON / 8,
    "imperial fluid ounce": IMPERIAL_GALLON / 160,
}
"""Every unit in the base unit of its kind, from its legal definition."""

ALLOWED_FOR = [
    ("centimetre", "width", "centimetre"),
    ("yard", "depth", "yard"),
    ("decimetre", "height", "centimetre"),
    ("mile", "width", "foot"),
    ("tonne", "item_weight", "kilogram"),
    ("ton", "maximum_weight_recommendation", "ton"),
    ("megavolt", "voltage", "kilovolt"),
    ("milliwatt", "wattage", "watt"),
    ("ounce", "item_volume", "fluid ounce"),
    ("ounce", "item_weight", "ounce"),
    ("imperial pint", "item_volume", "imperial gallon"),
    ("kilogram", "width", None),
    ("fluid ounce", "item_weight", None),
    ("decimetre", "item_weight", None),
    ("millivolt", "wattage", None),
]

fuzzy_aliases = sorted(a for a in EXACT if len(a) >= MIN_FUZZY_LENGTH and a.isascii() and a.isalpha())


@st.composite
def misspelt(draw: st.DrawFn) -> tuple[str, str]:
    """An alias and the alias with one letter replaced, left out or put in."""
    alias = draw(st.sampled_from(fuzzy_aliases))
    at = draw(st.integers(0, len(alias) - 1))
    letter = draw(st.sampled_from(string.ascii_lowercase))
    skipped = draw(st.integers(0, 1))
    put_in = draw(st.booleans()) or not skipped
    return alias, alias[:at] + (letter if put_in else "") + alias[at + skipped :]


def repeated(words: list[str]) -> list[str]:
    return [word for word, times in Counter(words).items() if times > 1]


@pytest.mark.parametrize(("unit", "size"), DEFINITIONS.items())
def test_units_have_their_defined_size(unit: str, size: float) -> None:
    assert in_base(1.0, unit) == pytest.approx(size, rel=1e-9)


def test_every_unit_has_a_definition_here() -> None:
    assert DEFINITIONS.keys() == KIND_OF.keys()


def test_conversions_between_any_two_units_of_a_kind_follow_from_the_definitions() -> None:
    for units in UNITS_BY_KIND.values():
        for unit in units:
            for target in units:
                expected = 3.0 * DEFINITIONS[unit] / DEFINITIONS[target]
                assert convert(3.0, unit, target) == pytest.approx(expected, rel=1e-9), (unit, target)


def test_converting_to_the_same_unit_changes_no_digit() -> None:
    assert convert(0.1 + 0.2, "inch", "inch") == 0.1 + 0.2


def test_ounces_on_a_bottle_are_fluid_ounces_number_for_number() -> None:
    assert convert(16.9, "ounce", "fluid ounce") == 16.9


def test_units_of_different_kinds_do_not_convert() -> None:
    with pytest.raises(KeyError):
        convert(1.0, "gram", "centimetre")


def test_every_unit_can_answer_something() -> None:
    assert KIND_OF.keys() >= ALLOWED_UNITS
    for unit in KIND_OF.keys() - ALLOWED_UNITS:
        assert CONVERT_TO[unit] in ALLOWED_UNITS, unit
        assert KIND_OF[CONVERT_TO[unit]] == KIND_OF[unit]


def test_only_units_without_an_answer_are_converted() -> None:
    assert ALLOWED_UNITS.isdisjoint(CONVERT_TO)


def test_base_units_and_kinds_cover_each_other() -> None:
    assert BASE_UNIT.keys() == UNITS_BY_KIND.keys()
    assert all(KIND_OF[unit] == kind for kind, unit in BASE_UNIT.items())


@pytest.mark.parametrize("entity", ENTITIES)
def test_all_units_of_an_entity_are_of_its_kind(entity: str) -> None:
    assert {KIND_OF[unit] for unit in ENTITY_UNITS[entity]} == {OFFICIAL[entity].kind}


@pytest.mark.parametrize(("unit", "entity", "target"), ALLOWED_FOR)
def test_the_unit_in_which_an_entity_is_answered(unit: str, entity: str, target: str | None) -> None:
    assert allowed_unit(unit, entity) == target


def test_no_word_means_two_units() -> None:
    assert repeated([alias for aliases in UNIT_ALIASES.values() for alias in aliases]) == []
    assert repeated([alias for aliases in MISREAD_ALIASES.values() for alias in aliases]) == []


def test_no_misreading_is_the_right_spelling_of_a_unit() -> None:
    misread = {alias for aliases in MISREAD_ALIASES.values() for alias in aliases}
    assert misread.isdisjoint(EXACT)


def test_aliases_mean_the_same_with_and_without_their_spaces() -> None:
    known = EXACT | MISREAD
    squeezed: dict[str, set[str]] = {}
    for alias, unit in known.items():
        squeezed.setdefault(alias.replace(" ", ""), set()).add(unit)
    assert {alias: units for alias, units in squeezed.items() if len(units) > 1} == {}


@pytest.mark.parametrize("aliases", [EXACT, MISREAD], ids=["exact", "misread"])
def test_every_alias_behind_a_number_is_read_as_its_unit(aliases: dict[str, str]) -> None:
    for alias, unit in aliases.items():
        (quantity,) = find_quantities(f"7 {alias}")
        assert (quantity.value, quantity.unit) == (7.0, unit), alias


def test_every_exact_alias_is_read_right_behind_its_number() -> None:
    for alias, unit in EXACT.items():
        (quantity,) = find_quantities(f"7{alias}")
        assert (quantity.value, quantity.unit) == (7.0, unit), alias


@pytest.mark.parametrize(
    ("word", "unit"),
    [
        ("Centimeters", "centimetre"),
        ("INCHES.", "inch"),
        ("fl  oz", "fluid ounce"),
        ("lbs.", "pound"),
        ("ibs", "pound"),
        ("inchas", "inch"),
        ("killogram", "kilogram"),
        ("grarns", "gram"),
        ("rnillimeter", "millimetre"),
        ("metar", "metre"),
        ("millixetre", "millimetre"),
        ("liire", None),
        ("kg1", None),
        ("gra", None),
        ("colour", None),
        ("", None),
    ],
)
def test_words_close_to_a_unit(word: str, unit: str | None) -> None:
    assert closest_unit(word) == unit


@settings(max_examples=200)
@given(misspelt())
def test_one_wrong_letter_never_makes_another_unit(pair: tuple[str, str]) -> None:
    alias, written = pair
    spells_a_unit_itself = written in EXACT or written in MISREAD or written.replace("rn", "m") in EXACT
    if not spells_a_unit_itself:
        assert closest_unit(written) in {EXACT[alias], None}


@pytest.mark.parametrize("word", sorted(ORDINARY_WORDS))
def test_an_ordinary_word_one_letter_away_from_a_unit_is_not_one(word: str) -> None:
    assert closest_unit(word) is None
    assert any(Levenshtein.distance(word, alias) == 1 for alias in EXACT), "the table need not list it"
