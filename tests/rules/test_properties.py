"""What holds for any text at all: the parser never throws and every answer is fit for a submission."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from pathlib import Path

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules.amount import Amount
from rules.constants import ENTITIES, ENTITY_UNITS
from rules.normalise import is_plausible, normalise
from rules.quantity import find_quantities
from rules.sanity import prediction_fault

thoroughly = settings(max_examples=200)

CASE_FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASE_TEXTS = [case["text"] for path in CASE_FILES for case in yaml.safe_load(path.read_text(encoding="utf-8"))]
PIECES = sorted({piece for text in CASE_TEXTS for piece in re.findall(r"\d+|[^\W\d]+|\s+|\W", text)})
NUMBER_CHARACTERS = "0123456789.,'’ /⁄½¼¾⅜²³٣１２lOIS-–~±+e"
EXTREME_NUMBERS = ("0", "-5", "1/0", "1e400", "1e-400", "9" * 400, f"0.{'0' * 400}1", "nan", "inf", ".", ",")

numbers = st.one_of(
    st.integers(0, 10**7).map(str),
    st.decimals(0, 10**5, places=2).map(str),
    st.floats().map(str),
    st.text(NUMBER_CHARACTERS, min_size=1, max_size=12),
    st.sampled_from(EXTREME_NUMBERS),
)
fragments = st.one_of(numbers, st.sampled_from(PIECES))
near_measures = st.lists(fragments, max_size=14).map("".join)
texts = st.one_of(st.text(max_size=60), near_measures)
entities = st.sampled_from(ENTITIES)
answerable = st.sampled_from([(entity, unit) for entity, units in ENTITY_UNITS.items() for unit in sorted(units)])


def written(value: Decimal, unit: str) -> str:
    """The form a prediction has to have, worked out apart from the code under test."""
    digits = f"{value:f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return f"{digits if '.' in digits else digits + '.0'} {unit}"


@thoroughly
@given(texts)
def test_every_text_can_be_read(text: str) -> None:
    for quantity in find_quantities(text):
        assert math.isfinite(quantity.value)
        assert quantity.value >= 0
        assert quantity.upper is None or quantity.value < quantity.upper < math.inf
        assert quantity.count >= 1


@thoroughly
@given(texts, entities)
def test_every_answer_is_fit_for_a_submission(text: str, entity: str) -> None:
    result = normalise(text, entity)
    if isinstance(result, Amount):
        assert prediction_fault(str(result), entity) is None
        assert normalise(str(result), entity) == result


@thoroughly
@given(numbers, answerable)
def test_an_answer_reads_back_as_itself(number: str, entity_unit: tuple[str, str]) -> None:
    entity, unit = entity_unit
    result = normalise(f"{number} {unit}", entity)
    if isinstance(result, Amount):
        assert prediction_fault(str(result), entity) is None
        assert normalise(str(result), entity) == result


@thoroughly
@given(st.decimals(1, 100, places=3), answerable)
def test_an_ordinary_value_in_an_allowed_unit_stays(value: Decimal, entity_unit: tuple[str, str]) -> None:
    entity, unit = entity_unit
    assume(is_plausible(Amount(float(value), unit), entity))
    expected = written(value, unit)
    result = normalise(f"{value} {unit}", entity)
    assert isinstance(result, Amount)
    assert str(result) == expected
    assert normalise(expected, entity) == result
