from __future__ import annotations

import pytest
from drawn_page import UPWARDS, after, quantities, under, word

import rules.located
from ocr.token import OcrToken
from rules.lexer import Lexemes
from rules.quantity import Quantity

NUMBER = word("330", 400, 400)


def stated(*tokens: OcrToken) -> list[tuple[float, str]]:
    return [(s.quantity.value, s.quantity.unit) for s in quantities(*tokens)]


def dimensions(*tokens: OcrToken) -> dict[float, str | None]:
    return {s.quantity.value: s.quantity.dimension for s in quantities(*tokens)}


UNIT_BESIDE = {
    "right, in the same line": after(NUMBER, "LBS"),
    "right, a column on": after(NUMBER, "LBS", 2.5),
    "right, in small letters": after(NUMBER, "LBS", 1.0, height=9),
    "right, in small letters whose box overlaps": after(NUMBER, "LBS", -0.28, height=9),
    "below": under(NUMBER, "LBS"),
    "below, in brackets": under(NUMBER, "(LBS)"),
    "heading above": under(NUMBER, "WT (LBS)", -3.0),
    "heading left": word("WT (LBS)", 280, 400),
}

NO_UNIT_BESIDE = {
    "a unit over the number": after(NUMBER, "LBS", -0.6, height=9),
    "a unit too far right": after(NUMBER, "LBS", 3.5),
    "a unit too far below": under(NUMBER, "LBS", 1.5),
    "a unit in another column": under(NUMBER, "LBS", shift=4.0),
    "a word with a unit in it, below": under(NUMBER, "LBS of force"),
    "a heading too far left": word("WT (LBS)", 40, 400),
    "a heading too far above": word("WT (LBS)", 400, 100),
    "a heading below": under(NUMBER, "Weight LBS"),
    "no unit at all": after(NUMBER, "pieces", 2.0),
}


@pytest.mark.parametrize("name", UNIT_BESIDE.values(), ids=UNIT_BESIDE.keys())
def test_a_bare_number_takes_the_unit_beside_it(name: OcrToken) -> None:
    assert stated(NUMBER, name) == [(330.0, "pound")]


@pytest.mark.parametrize("name", NO_UNIT_BESIDE.values(), ids=NO_UNIT_BESIDE.keys())
def test_a_bare_number_takes_no_unit_from_elsewhere(name: OcrToken) -> None:
    assert stated(NUMBER, name) == []


@pytest.mark.parametrize("text", ["76 dB(A)", "50Hz", "4000 mAh", "0-1500 rpm", "30 %", "2.4A", "220°"])
def test_a_measure_that_no_entity_has_takes_no_unit(text: str) -> None:
    assert stated(word(text, 400, 400), word("Rated voltage", 400, 375)) == []
    assert stated(word("76", 400, 400), word("Rated voltage", 400, 375)) == [(76.0, "volt")]


@pytest.mark.parametrize("text", ["330 Abcd", "330 mint"])
def test_a_word_that_begins_like_one_is_none(text: str) -> None:
    assert stated(word(text, 400, 400), word("WT (LBS)", 400, 340)) == [(330.0, "pound")]


@pytest.mark.parametrize("code", ["361-00029-02", "555-010-7788", "Part 12-34-56"])
def test_the_numbers_of_a_code_take_no_unit(code: str) -> None:
    assert stated(word(code, 400, 400), word("LBS", 400, 428), word("WT (LBS)", 400, 340)) == []


def test_the_numbers_of_a_range_do() -> None:
    assert stated(word("40-60", 400, 400), word("WT (LBS)", 400, 340)) == [(40.0, "pound"), (60.0, "pound")]


def test_a_number_with_a_unit_of_its_own_keeps_it() -> None:
    assert stated(word("330 g", 400, 400), word("LBS", 400, 428)) == [(330.0, "gram")]


def test_the_unit_of_another_line_is_part_of_the_evidence() -> None:
    unit = under(NUMBER, "LBS")
    (located,) = quantities(NUMBER, unit)
    assert located.quantity.tokens == (NUMBER, unit)
    assert located.quantity.printed == "330"
    assert located.place.centre == pytest.approx((400, 400))


def test_a_unit_right_beside_goes_before_a_heading() -> None:
    assert stated(NUMBER, under(NUMBER, "kg"), word("WT (LBS)", 250, 400)) == [(330.0, "kilogram")]


def test_the_columns_of_a_table_have_their_own_units() -> None:
    table = (
        word("Size", 100, 100),
        word("WT (LBS)", 300, 100),
        word("L (CM)", 500, 100),
        word("S", 100, 140),
        word("0.32", 300, 140),
        word("14", 500, 140),
        word("M", 100, 180),
        word("0.45", 300, 180),
        word("16", 500, 180),
    )
    assert stated(*table) == [(0.32, "pound"), (14.0, "centimetre"), (0.45, "pound"), (16.0, "centimetre")]
    assert dimensions(*table) == {0.32: None, 14.0: "length", 0.45: None, 16.0: "length"}


def test_the_rows_of_a_table_have_their_own_units() -> None:
    table = (word("Weight (kg)", 200, 100), word("12", 400, 100), word("Height (in)", 200, 160), word("30", 400, 160))
    assert stated(*table) == [(12.0, "kilogram"), (30.0, "inch")]
    assert dimensions(*table) == {12.0: None, 30.0: "height"}


def test_a_heading_does_not_replace_a_dimension() -> None:
    assert dimensions(word("W 30", 400, 160), word("Height (in)", 200, 160)) == {30.0: "width"}


@pytest.mark.parametrize("note", ["Unit: cm", "(Unit: cm)", "Size in cm", "单位: cm", "All dimensions in cm"])
def test_a_note_gives_its_unit_to_the_whole_picture(note: str) -> None:
    page = (word("30", 500, 950), word("45", 950, 500, angle=UPWARDS), word(note, 150, 40))
    assert stated(*page) == [(30.0, "centimetre"), (45.0, "centimetre")]


@pytest.mark.parametrize("note", ["Unit: kg", "Made of cm paper", "Unit of measure"])
def test_other_notes_give_no_unit_to_the_whole_picture(note: str) -> None:
    assert stated(word("30", 500, 950), word(note, 150, 40)) == []


LENGTH = word("30 cm", 500, 500)

DIMENSION_BESIDE = {
    "above": under(LENGTH, "Width", -2.5),
    "below": under(LENGTH, "Width", 1.0),
    "left, a column before": word("Width", 400, 500),
    "below, with other words": under(LENGTH, "Seat width", 0.5),
}

NO_DIMENSION_BESIDE = {
    "too far above": under(LENGTH, "Width", -4.0),
    "too far below": under(LENGTH, "Width", 2.0),
    "too far left": word("Width", 310, 500),
    "right, a column on": after(LENGTH, "Width", 2.0),
    "two dimensions": under(LENGTH, "Width Height", 0.5),
    "a line with a number of its own": under(LENGTH, "Width 20 cm", 0.5),
}


@pytest.mark.parametrize("name", DIMENSION_BESIDE.values(), ids=DIMENSION_BESIDE.keys())
def test_a_length_takes_the_dimension_beside_it(name: OcrToken) -> None:
    (located,) = quantities(LENGTH, name)
    assert located.quantity.dimension == "width"
    assert located.quantity.tokens == (LENGTH, name)


@pytest.mark.parametrize("name", NO_DIMENSION_BESIDE.values(), ids=NO_DIMENSION_BESIDE.keys())
def test_a_length_takes_no_dimension_from_elsewhere(name: OcrToken) -> None:
    assert dimensions(LENGTH, name)[30.0] is None


def test_a_name_belongs_to_the_number_closest_to_it() -> None:
    name = under(LENGTH, "Width", 0.2)
    other = under(name, "20 cm", 0.6)
    assert dimensions(LENGTH, name, other) == {30.0: "width", 20.0: None}


def test_a_length_takes_the_closest_of_two_dimensions() -> None:
    assert dimensions(LENGTH, under(LENGTH, "Width", 0.2), under(LENGTH, "Height", -2.6)) == {30.0: "width"}


def test_a_dimension_in_the_line_goes_before_one_beside() -> None:
    assert dimensions(word("H 30 cm", 500, 500), word("Width", 500, 528)) == {30.0: "height"}


def test_only_lengths_have_dimensions() -> None:
    weight = word("30 kg", 500, 500)
    assert dimensions(weight, under(weight, "Width")) == {30.0: None}


def test_blank_tokens_are_ignored() -> None:
    assert stated(word("  ", 100, 100), word("", 100, 200), word("30 cm", 100, 300)) == [(30.0, "centimetre")]


def test_letters_without_height_do_not_divide_by_zero() -> None:
    flat = OcrToken("330", ((385, 400), (415, 400), (415, 400), (385, 400)), 1.0)
    assert stated(flat, word("LBS", 400, 411)) == [(330.0, "pound")]


def test_a_token_that_the_grammar_fails_on_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def numbers_of(text: str, lexemes: Lexemes) -> tuple[Quantity, ...]:
        if "bad" in text:
            raise ValueError("no grammar for this")
        return real(text, lexemes)

    real = rules.located.numbers_of
    monkeypatch.setattr(rules.located, "numbers_of", numbers_of)
    number = word("5 kg", 400, 400)
    assert stated(number, after(number, "bad"), word("7 g", 800, 800)) == [(5.0, "kilogram"), (7.0, "gram")]
