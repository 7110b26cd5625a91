"""The case files in `cases/`: what the parser reads in one line of text, and what `normalise` makes of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.amount import Amount, Rejection
from rules.constants import ALLOWED_UNITS, ENTITIES
from rules.normalise import normalise
from rules.quantity import Quantity, find_quantities

CASES = Path(__file__).parent / "cases"
KNOWN_DIMENSIONS = frozenset({"length", "width", "depth", "height", "diameter"})
CONVERTIBLE_UNITS = frozenset(
    {
        "carat",
        "cubic centimetre",
        "cubic metre",
        "decimetre",
        "grain",
        "horsepower",
        "imperial pint",
        "kilometre",
        "megawatt",
        "micrometre",
        "microvolt",
        "mile",
        "milliwatt",
        "stone",
        "tablespoon",
        "teaspoon",
        "tonne",
    }
)
STATED = re.compile(
    r"(?:(?P<count>[1-9]\d*) x )?(?P<value>\d+(?:\.\d+)?)(?: to (?P<upper>\d+(?:\.\d+)?))? (?P<unit>[a-z ]+)"
)


@dataclass(frozen=True)
class Stated:
    """A quantity as a case file writes it."""

    value: float
    unit: str
    upper: float | None = None
    count: int = 1


@dataclass(frozen=True)
class QuantityCase:
    """`dimensions` is None where the file does not say the dimensions."""

    id: str
    text: str
    quantities: tuple[Stated, ...]
    dimensions: tuple[str | None, ...] | None


@dataclass(frozen=True)
class NormaliseCase:
    """Exactly one of `answer`, `about` and `reject` is set."""

    id: str
    text: str
    entity: str
    answer: str | None
    about: str | None
    reject: str | None


def stated(written: str) -> Stated:
    match = STATED.fullmatch(written)
    if match is None:
        raise ValueError(f"not a quantity: {written!r}; write it like '12.5 inch', see cases/README.md")
    upper = match["upper"]
    return Stated(
        float(match["value"]),
        match["unit"],
        None if upper is None else float(upper),
        int(match["count"] or 1),
    )


def entries(prefix: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (f"{path.stem.removeprefix(prefix)}: {entry['text']}", entry)
        for path in sorted(CASES.glob(f"{prefix}*.yaml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def quantity_case(case_id: str, entry: Mapping[str, Any]) -> QuantityCase:
    dimensions = entry.get("dimensions")
    quantities = tuple(stated(written) for written in entry["quantities"])
    return QuantityCase(case_id, entry["text"], quantities, None if dimensions is None else tuple(dimensions))


def normalise_case(case_id: str, entry: Mapping[str, Any]) -> NormaliseCase:
    return NormaliseCase(
        f"{case_id} ({entry['entity']})",
        entry["text"],
        entry["entity"],
        entry.get("answer"),
        entry.get("about"),
        entry.get("reject"),
    )


QUANTITY_ENTRIES = entries("quantities_")
NORMALISE_ENTRIES = entries("normalise_")
QUANTITY_CASES = [quantity_case(*entry) for entry in QUANTITY_ENTRIES]
NORMALISE_CASES = [normalise_case(*entry) for entry in NORMALISE_ENTRIES]


def repeated(keys: Iterable[object]) -> list[object]:
    return [key for key, times in Counter(keys).items() if times > 1]


def as_stated(quantity: Quantity) -> Stated:
    return Stated(quantity.value, quantity.unit, quantity.upper, quantity.count)


def same(one: Stated, other: Stated) -> bool:
    numbers_agree = one.value == pytest.approx(other.value, rel=1e-9) and (
        one.upper == other.upper
        if one.upper is None or other.upper is None
        else one.upper == pytest.approx(other.upper, rel=1e-9)
    )
    return numbers_agree and one.unit == other.unit and one.count == other.count


@pytest.mark.parametrize("case", QUANTITY_CASES, ids=lambda case: case.id)
def test_quantities(case: QuantityCase) -> None:
    quantities = find_quantities(case.text)
    read = tuple(as_stated(quantity) for quantity in quantities)
    assert len(read) == len(case.quantities), read
    assert all(map(same, read, case.quantities)), read
    if case.dimensions is not None:
        assert tuple(quantity.dimension for quantity in quantities) == case.dimensions


@pytest.mark.parametrize("case", NORMALISE_CASES, ids=lambda case: case.id)
def test_normalise(case: NormaliseCase) -> None:
    result = normalise(case.text, case.entity)
    if case.reject is not None:
        assert result == Rejection(case.reject)
        return
    assert isinstance(result, Amount), result
    if case.about is None:
        assert str(result) == case.answer
    else:
        expected = stated(case.about)
        assert result.unit == expected.unit
        assert float(result.value) == pytest.approx(expected.value, rel=1e-3)


def test_case_files_are_well_formed() -> None:
    known_units = ALLOWED_UNITS | CONVERTIBLE_UNITS
    for case_id, entry in QUANTITY_ENTRIES:
        assert entry.keys() <= {"text", "quantities", "dimensions", "note"}, case_id
        assert isinstance(entry["text"], str), case_id
    for quantity_case_ in QUANTITY_CASES:
        assert {quantity.unit for quantity in quantity_case_.quantities} <= known_units, quantity_case_.id
        if quantity_case_.dimensions is not None:
            assert len(quantity_case_.dimensions) == len(quantity_case_.quantities), quantity_case_.id
            assert set(quantity_case_.dimensions) <= KNOWN_DIMENSIONS | {None}, quantity_case_.id
    for case_id, entry in NORMALISE_ENTRIES:
        assert entry.keys() <= {"text", "entity", "answer", "about", "reject", "note"}, case_id
        assert isinstance(entry["text"], str), case_id
        assert len(entry.keys() & {"answer", "about", "reject"}) == 1, case_id
        assert entry["entity"] in ENTITIES, case_id


def test_no_case_is_written_twice() -> None:
    assert repeated(case.text for case in QUANTITY_CASES) == []
    assert repeated((case.text, case.entity) for case in NORMALISE_CASES) == []


def test_there_are_enough_cases() -> None:
    assert len(QUANTITY_CASES) + len(NORMALISE_CASES) >= 400


def test_every_unit_has_a_case() -> None:
    covered = {quantity.unit for case in QUANTITY_CASES for quantity in case.quantities}
    assert covered == ALLOWED_UNITS | CONVERTIBLE_UNITS


def test_every_rejection_has_a_case() -> None:
    assert {case.reject for case in NORMALISE_CASES if case.reject} == {reason.value for reason in Rejection}
