"""Beyond the case files: the steps of `normalise`, and the form of an answer."""

from __future__ import annotations

import pytest

from rules.amount import Amount, Rejection, format_number, rounded
from rules.fold import fold
from rules.lexer import lex
from rules.normalise import answer_of, is_plausible, normalise
from rules.quantity import Quantity, find_numbers, find_quantities, header_units

NUMBERS = [
    (34, "34.0"),
    (34.0, "34.0"),
    (0.5, "0.5"),
    (1e-7, "0.0000001"),
    (1e22, "10000000000000000000000.0"),
    (1234567.0, "1234567.0"),
    (0.1 + 0.2, "0.30000000000000004"),
]

ANSWERS = [
    ("12.5 inch", "width", "12.5 inch"),
    ("5 dm", "width", "50.0 centimetre"),
    ("1 mile", "depth", "5280.0 foot"),
    ("100-240V", "voltage", "240.0 volt"),
    ("6 x 330 ml", "item_volume", "330.0 millilitre"),
    ("16 oz", "item_volume", "16.0 fluid ounce"),
    ("1/3 cup", "item_volume", "0.3333333333333333 cup"),
    ("7 stone", "item_weight", "98.0 pound"),
]

PLAUSIBLE = [
    (Amount(1.0, "millimetre"), "width", True),
    (Amount(1e-6, "millimetre"), "depth", False),
    (Amount(1_000.0, "metre"), "height", True),
    (Amount(1_001.0, "metre"), "width", False),
    (Amount(100.0, "ton"), "item_weight", True),
    (Amount(200.0, "ton"), "item_weight", False),
    (Amount(1.0, "milligram"), "item_weight", True),
    (Amount(45.0, "microgram"), "item_weight", False),
    (Amount(1.0, "gram"), "maximum_weight_recommendation", True),
    (Amount(55.0, "milligram"), "maximum_weight_recommendation", False),
    (Amount(1.0, "millivolt"), "voltage", True),
    (Amount(0.1, "millivolt"), "voltage", False),
    (Amount(1000.0, "kilovolt"), "voltage", True),
    (Amount(1001.0, "kilovolt"), "voltage", False),
    (Amount(100_000.0, "kilowatt"), "wattage", True),
    (Amount(100_001.0, "kilowatt"), "wattage", False),
    (Amount(20_000.0, "gallon"), "item_volume", True),
    (Amount(30_000.0, "gallon"), "item_volume", False),
    (Amount(0.0, "watt"), "wattage", False),
]

WITHOUT_VALUE = [
    ("banana", Rejection.NO_NUMBER),
    ("nonetheless", Rejection.NO_NUMBER),
    ("NaN", Rejection.UNANSWERABLE),
    ("It is N/A.", Rejection.UNANSWERABLE),
    ("none of these", Rejection.UNANSWERABLE),
    ("not  stated", Rejection.NO_NUMBER),
    ("\n\t ", Rejection.EMPTY),
]

HEADINGS = [
    ("WT (LBS)", ("pound",)),
    ("Size/cm", ("centimetre",)),
    ("L (cm)", ("centimetre",)),
    ("Size in cm", ("centimetre",)),
    ("Size (in)", ("inch",)),
    ("Width in", ("inch",)),
    ("Width (in) x", ("inch",)),
    ("Transfer Files in Seconds", ()),
    ("Built-in Android Auto (USB)", ()),
    ("Capacity in L", ("litre",)),
    ("the amount of a nutrient in", ()),
    ("Greenbrier International, Inc.", ()),
    ("Incl. of all taxes", ()),
    ("Capacity fl oz", ("fluid ounce",)),
    ("Volume m³", ("cubic metre",)),
    ("Ibs", ("pound",)),
    ('Made in "Riverside"', ()),
    ('Address: "see above".', ()),
    ('Size (")', ("inch",)),
    ('W"', ("inch",)),
    ('"', ("inch",)),
    ("Length: in / cm", ("inch", "centimetre")),
    ("W", ("watt",)),
    ("30 cm", ()),
    ("Colour", ()),
    ("", ()),
]


@pytest.mark.parametrize(("value", "text"), NUMBERS)
def test_numbers_are_written_plainly(value: float, text: str) -> None:
    assert format_number(value) == text


def test_rounding_hides_the_errors_of_factors() -> None:
    assert rounded(30.479999999999997) == 30.48
    assert rounded(123456.7890123) == 123456.789


@pytest.mark.parametrize(("text", "entity", "answer"), ANSWERS)
def test_the_answer_of_a_quantity(text: str, entity: str, answer: str) -> None:
    (quantity,) = find_quantities(text)
    assert str(answer_of(quantity, entity)) == answer


def test_a_quantity_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kilogram is not a unit for width"):
        answer_of(Quantity(3.0, "kilogram", "3 kg", 0, 4), "width")


def test_unknown_entities_are_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        normalise("5 cm", "colour")


@pytest.mark.parametrize(("answer", "entity", "plausible"), PLAUSIBLE, ids=str)
def test_absurd_sizes(answer: Amount, entity: str, plausible: bool) -> None:
    assert is_plausible(answer, entity) is plausible


@pytest.mark.parametrize(("text", "reason"), WITHOUT_VALUE)
def test_words_for_no_value_count_as_whole_words_only(text: str, reason: Rejection) -> None:
    assert normalise(text, "width") is reason


def test_a_value_goes_before_a_word_for_none() -> None:
    assert normalise("weight n/a, width 5 cm", "width") == Amount(5.0, "centimetre")


def test_an_allowed_unit_goes_before_one_that_is_converted() -> None:
    assert normalise("1 dm (3.94 in)", "width") == Amount(3.94, "inch")


@pytest.mark.parametrize(("text", "units"), HEADINGS)
def test_units_that_a_heading_names(text: str, units: tuple[str, ...]) -> None:
    assert header_units(lex(fold(text))) == units


def test_numbers_are_found_with_and_without_units() -> None:
    assert [(q.value, q.unit) for q in find_numbers("0 of 12 at 30 cm")] == [(12.0, ""), (30.0, "centimetre")]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Width 30 cm wide", ["30 cm"]),
        ("Width 30 (cm) wide", ["30 (cm)"]),
        ("30 40 (cm)", ["30", "40 (cm)"]),
        ("2 x 500 ml pack", ["2 x 500 ml"]),
        ("AC 100-240 V 50 Hz", ["100-240 V"]),
        ("280 ± 7 g", ["280 ± 7 g"]),
        ("5' 10\" tall", ["5' 10\""]),
    ],
)
def test_the_printed_part_of_a_line(text: str, printed: list[str]) -> None:
    assert [quantity.printed for quantity in find_quantities(text)] == printed


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("10 x 20 (W x H) cm", [(10.0, "centimetre", "width"), (20.0, "centimetre", "height")]),
        ("10 x 20 (W x H) (cm)", [(10.0, "centimetre", "width"), (20.0, "centimetre", "height")]),
        ("30 40 pcs (cm)", []),
        ("5' 10 x 20 cm", [(5.0, "foot", None), (10.0, "centimetre", None), (20.0, "centimetre", None)]),
    ],
)
def test_units_behind_the_numbers_they_cover(text: str, stated: list[tuple[float, str, str | None]]) -> None:
    assert [(q.value, q.unit, q.dimension) for q in find_quantities(text)] == stated
