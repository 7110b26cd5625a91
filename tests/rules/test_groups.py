from __future__ import annotations

import pytest
from drawn_page import after, groups, under, word

from ocr.token import OcrToken

INCHES = word("10 in", 400, 400)

ONE_MEASURE = {
    "one line": (word("10 in / 25.4 cm", 400, 400),),
    "in brackets": (word("26 in (64 cm)", 400, 400),),
    "below": (INCHES, under(INCHES, "25.4 cm")),
    "above": (INCHES, under(INCHES, "25.4 cm", -2.4)),
    "beside": (INCHES, after(INCHES, "25.4 cm", 1.5)),
    "beside, the other way round": (word("25.4 cm", 400, 400), word("10 in", 320, 400)),
    "the same dimension twice": (word("H 10 in", 400, 400), word("H 25 cm", 400, 428)),
    "one dimension of two": (word("Height: 10 in", 400, 400), word("25 cm", 430, 428)),
    "a range": (word("10-12 in / 25-30 cm", 400, 400),),
}

TWO_MEASURES = {
    "another size": (INCHES, under(INCHES, "20 cm")),
    "the same unit": (INCHES, under(INCHES, "10 in")),
    "far apart": (INCHES, under(INCHES, "25.4 cm", 2.5)),
    "in a far column": (INCHES, after(INCHES, "25.4 cm", 2.5)),
    "different dimensions": (word("W 10 in", 400, 400), word("H 25 cm", 400, 428)),
}


@pytest.mark.parametrize("tokens", ONE_MEASURE.values(), ids=ONE_MEASURE.keys())
def test_one_measure_in_two_units_is_one_group(tokens: tuple[OcrToken, ...]) -> None:
    (group,) = groups(*tokens)
    assert {q.quantity.unit for q in group.quantities} == {"inch", "centimetre"}


@pytest.mark.parametrize("tokens", TWO_MEASURES.values(), ids=TWO_MEASURES.keys())
def test_two_measures_are_two_groups(tokens: tuple[OcrToken, ...]) -> None:
    assert [len(group.quantities) for group in groups(*tokens)] == [1, 1]


def test_equally_long_sides_of_a_product_are_two_groups() -> None:
    product = word("10 x 10 x 4 in", 400, 400)
    of_page = groups(product, under(product, "25 x 25 x 10 cm"))
    assert [[q.quantity.value for q in group.quantities] for group in of_page] == [[10, 25], [10, 25], [4, 10]]
    assert [[q.quantity.position for q in group.quantities] for group in of_page] == [[0, 0], [1, 1], [2, 2]]


def test_a_side_joins_the_side_at_its_own_position() -> None:
    of_page = groups(word("10 x 10 in / 3 x 25 cm", 400, 400))
    assert [[q.quantity.value for q in group.quantities] for group in of_page] == [[10], [10, 25], [3]]


def test_the_unit_printed_first_goes_first() -> None:
    (group,) = groups(word("25.4 cm (10 in)", 400, 400))
    assert (group.first.quantity.value, group.first.quantity.unit) == (25.4, "centimetre")


def test_a_third_unit_joins_the_others() -> None:
    (group,) = groups(word("254 mm / 25.4 cm / 10 in", 400, 400))
    assert [q.quantity.unit for q in group.quantities] == ["millimetre", "centimetre", "inch"]


def test_the_dimension_may_stand_beside_either_unit() -> None:
    (group,) = groups(INCHES, word("Height 25 cm", 380, 428))
    assert [q.quantity.dimension for q in group.quantities] == [None, "height"]
    assert group.dimension == "height"


def test_a_group_without_a_name_has_no_dimension() -> None:
    assert groups(INCHES)[0].dimension is None


@pytest.mark.parametrize(
    ("text", "size"), [("10 in", 25.4), ("2-3 kg", 3000.0), ("1.5 L", 1500.0), ("12V", 12.0), ("0.5 kW", 500.0)]
)
def test_sizes_are_in_base_units_and_of_a_range_the_upper_end(text: str, size: float) -> None:
    (group,) = groups(word(text, 400, 400))
    assert group.size == pytest.approx(size)


def test_a_page_without_quantities_has_no_groups() -> None:
    assert groups(word("Made of oak", 400, 400)) == ()
