from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.constants import ALLOWED_UNITS, ENTITIES, ENTITY_UNITS
from rules.sanity import prediction_fault

FINE = [
    "",
    "34.0 gram",
    "34 gram",
    "-5.5 volt",
    "0.001 kilowatt",
    "12  inch",
    "12\tinch",
    "12 centimeter",
    "12 milliliter",
    "12 feet",
    "3.5 cubic feet",
    "8 fluid ounce",
]

FAULTY = [
    ("1,000.0 gram", "not a plain number"),
    ("2.2e2 kilogram", "not a plain number"),
    ("[100.0, 240.0] volt", "not a plain number"),
    ("10 kilogram to 15 kilogram", "not a plain number"),
    ("12inch", "not a plain number"),
    ("12", "not a plain number"),
    ("12 ", "not a plain number"),
    ("inch", "not a plain number"),
    (".5 inch", "not a plain number"),
    ("5. inch", "not a plain number"),
    ("+5 inch", "not a plain number"),
    ("1/2 inch", "not a plain number"),
    (" 12 inch", "not a plain number"),
    (" ", "not a plain number"),
    ("nan", "not a plain number"),
    ("6.75 lbs", "'lbs' is not an allowed unit"),
    ("12  ", "'' is not an allowed unit"),
    ("12 Inch", "'Inch' is not an allowed unit"),
    ("12 inch ", "'inch ' is not an allowed unit"),
    ("12 fluid  ounce", "not an allowed unit"),
    ("12 inches", "not an allowed unit"),
    ("12 to 15 kilogram", "not a plain number"),
]


@pytest.mark.parametrize("prediction", FINE)
def test_accepts(prediction: str) -> None:
    assert prediction_fault(prediction) is None


@pytest.mark.parametrize(("prediction", "fault"), FAULTY)
def test_says_what_is_wrong(prediction: str, fault: str) -> None:
    assert fault in (prediction_fault(prediction) or "")


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_entity_takes_exactly_its_own_units(entity: str) -> None:
    accepted = {unit for unit in ALLOWED_UNITS if prediction_fault(f"1.5 {unit}", entity) is None}
    assert accepted == ENTITY_UNITS[entity]


def test_the_unit_of_another_entity_passes_only_without_an_entity() -> None:
    assert prediction_fault("5 volt") is None
    assert prediction_fault("5 volt", "width") == "'volt' is not a unit of width"
    assert prediction_fault("5 feet", "width") is None


def test_an_unknown_entity_is_a_fault_even_for_an_empty_prediction() -> None:
    assert prediction_fault("", "colour") == "unknown entity 'colour'"


@given(
    st.text() | st.from_regex(r"-?\d+(\.\d+)?\s+[a-zA-Z\s]+"),
    st.none() | st.sampled_from(ENTITIES) | st.text(),
)
def test_rules_of_an_entity_are_stricter_for_any_text(prediction: str, entity: str | None) -> None:
    official = prediction_fault(prediction)
    own = prediction_fault(prediction, entity)
    assert own is not None or official is None
