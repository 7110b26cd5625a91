"""Tokens tell their direction and size, and survive JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.token import Box, OcrResult, OcrToken

coordinates = st.floats(-1e5, 1e5, allow_nan=False)
points = st.tuples(coordinates, coordinates)
tokens = st.builds(OcrToken, st.text(), st.tuples(points, points, points, points), st.floats(0, 1))
pages = st.builds(OcrResult, st.lists(tokens, max_size=5).map(tuple), st.integers(0, 99_999), st.integers(0, 99_999))


@given(pages)
def test_json_round_trip(page: OcrResult) -> None:
    text = page.to_json()
    assert OcrResult.from_json(text) == page
    assert "\n" not in text


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"tokens": [{}], "width": 1, "height": 1}'])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        OcrResult.from_json(text)


@pytest.mark.parametrize(
    ("box", "angle"),
    [
        (((10, 20), (50, 20), (50, 30), (10, 30)), 0),
        (((30, 10), (30, 50), (20, 50), (20, 10)), 90),
        (((50, 30), (10, 30), (10, 20), (50, 20)), 180),
        (((20, 50), (20, 10), (30, 10), (30, 50)), -90),
    ],
)
def test_measures_follow_the_reading_direction(box: Box, angle: float) -> None:
    token = OcrToken("12 cm", box, 1.0)
    assert token.angle == angle
    assert (token.length, token.letter_height) == (40, 10)
