"""Lengths beside lines: the largest of a direction, and the scale of the drawing."""

from __future__ import annotations

import math

import pytest
from drawn_page import UPWARDS, groups, word
from hypothesis import given
from hypothesis import strategies as st

from ocr.token import OcrResult, OcrToken, Stroke
from rules.drawing import strokes_beside
from rules.extents import extent_features


def features(*drawn: tuple[OcrToken, Stroke]) -> list[dict[str, float]]:
    tokens, strokes = tuple(token for token, _ in drawn), tuple(stroke for _, stroke in drawn)
    page = OcrResult(tokens, 1000, 1000, strokes)
    of_tokens = groups(*tokens)
    return extent_features(of_tokens, strokes_beside(of_tokens, page))


def level(text: str, y: float, pixels: float) -> tuple[OcrToken, Stroke]:
    """A text with a horizontal line of so many pixels below it."""
    return word(text, 500, y), Stroke(500 - pixels / 2, y + 20, 500 + pixels / 2, y + 20)


def upright(text: str, x: float, pixels: float) -> tuple[OcrToken, Stroke]:
    """A text with a vertical line of so many pixels at its right."""
    return word(text, x, 500, angle=UPWARDS), Stroke(x + 20, 500 - pixels / 2, x + 20, 500 + pixels / 2)


def test_the_largest_length_of_a_direction_is_told_from_its_parts() -> None:
    part, whole, tall = features(level("20 cm", 100, 400), level("40 cm", 900, 800), upright("80 cm", 950, 800))
    assert (part["along_size"], part["along_larger"], part["along_smaller"]) == (-1.0, 1.0, 0.0)
    assert (whole["along_size"], whole["along_larger"], whole["along_smaller"]) == (0.0, 0.0, 1.0)
    assert (tall["along_size"], tall["along_larger"], tall["along_smaller"]) == (0.0, 0.0, 0.0)


def test_one_size_that_is_printed_twice_is_no_rival() -> None:
    for one in features(level("40 cm", 100, 800), level("40 cm", 900, 800)):
        assert (one["along_size"], one["along_larger"], one["along_smaller"]) == (0.0, 0.0, 0.0)
        assert "scale" not in one


@pytest.mark.parametrize(("misread", "scale"), [("10 cm", 0.0), ("5 cm", 1.0), ("20 cm", -1.0), ("1000 cm", -3.0)])
def test_a_number_that_does_not_fit_its_line_is_off_the_scale_of_the_drawing(misread: str, scale: float) -> None:
    first, *_ = features(level(misread, 100, 200), level("30 cm", 900, 600), upright("40 cm", 950, 800))
    assert first["scale"] == pytest.approx(scale)
    assert first["scale_off"] == pytest.approx(abs(scale))


def test_the_halves_of_an_interrupted_line_are_one() -> None:
    text = word("40 cm", 500, 900)
    whole, halves = level("20 cm", 100, 400), (Stroke(100, 900, 465, 900), Stroke(535, 900, 900, 900))
    of_tokens = groups(text, whole[0])
    page = OcrResult((text, whole[0]), 1000, 1000, (*halves, whole[1]))
    of_groups = extent_features(of_tokens, strokes_beside(of_tokens, page))
    assert [one["scale"] for one in of_groups] == pytest.approx([0, 0])


def test_a_length_without_a_line_or_between_two_directions_has_none() -> None:
    text = word("40 cm", 500, 500)
    cross = (Stroke(300, 515, 700, 515), Stroke(530, 300, 530, 700))
    for strokes in ((), cross):
        page = OcrResult((text,), 1000, 1000, strokes)
        assert extent_features(groups(text), strokes_beside(groups(text), page)) == [{}]


ends = st.floats(-100, 1100)
strokes = st.builds(Stroke, ends, ends, ends, ends)
words = st.builds(word, st.sampled_from(["40 cm", "12 in", "0 cm", "10 x 20 mm"]), ends, ends)


@given(st.lists(words, max_size=4).map(tuple), st.lists(strokes, max_size=8).map(tuple))
def test_features_of_any_drawing_are_bounded(tokens: tuple[OcrToken, ...], drawn: tuple[Stroke, ...]) -> None:
    page = OcrResult(tokens, 1000, 1000, drawn)
    of_tokens = groups(*tokens)
    of_groups = extent_features(of_tokens, strokes_beside(of_tokens, page))
    assert len(of_groups) == len(of_tokens)
    for one in of_groups:
        assert all(map(math.isfinite, one.values()))
        assert -3 <= one.get("along_size", 0.0) <= 0
        assert abs(one.get("scale", 0.0)) == one.get("scale_off", 0.0) <= 3
