from __future__ import annotations

import pytest

from rules.pint_units import measure_of, pint_name
from rules.unit_table import BASE_UNIT
from rules.units import convert, in_base, kind_of


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("milliampere-hour", "milliampere_hour"),
        ("gigabyte", "gigabyte"),
        ("litre per minute", "litre per minute"),
        ("square metre", "square metre"),
        ("nanometre", "nanometre"),
        ("ton", "short_ton"),
        ("page", None),
        ("pin", None),
        ("fps", None),
        ("per per", None),
        ("per", None),
        ("square", None),
    ],
)
def test_names_of_pint(unit: str, name: str | None) -> None:
    assert pint_name(unit) == name


@pytest.mark.parametrize(
    ("unit", "other", "alike"),
    [
        ("milliampere-hour", "ampere-hour", True),
        ("gigabyte", "terabyte", True),
        ("nanometre", "inch", True),
        ("hertz", "gigahertz", True),
        ("hertz", "gigabyte", False),
        ("page", "thread", False),
        ("decibel", "percent", False),
        ("pin", "inch", False),
        ("lumen", "lux", False),
    ],
)
def test_kinds(unit: str, other: str, alike: bool) -> None:
    assert (kind_of(unit) == kind_of(other)) is alike


@pytest.mark.parametrize(
    ("value", "unit", "target", "converted"),
    [
        (5.0, "ampere-hour", "milliampere-hour", 5000.0),
        (2.0, "terabyte", "gigabyte", 2000.0),
        (1e7, "nanometre", "centimetre", 1.0),
        (1.0, "inch", "nanometre", 2.54e7),
        (3.0, "page", "page", 3.0),
    ],
)
def test_conversions(value: float, unit: str, target: str, converted: float) -> None:
    assert convert(value, unit, target) == pytest.approx(converted)


def test_different_things_do_not_convert() -> None:
    with pytest.raises(KeyError):
        convert(1.0, "page", "inch")
    with pytest.raises(KeyError):
        convert(1.0, "milliampere-hour", "watt")


def test_units_that_pint_does_not_know_count_as_they_are() -> None:
    assert in_base(128.0, "page") == 128.0
    assert measure_of("page").kind == "page"


def test_the_base_units_are_the_measure_of_their_kinds() -> None:
    for kind, unit in BASE_UNIT.items():
        assert (measure_of(unit).kind, measure_of(unit).size) == (kind, pytest.approx(1.0))
