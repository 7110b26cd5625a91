"""Tokens tell their direction and size, and survive JSON."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.token import Box, OcrResult, OcrToken, Stroke

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
    with pytest.raises(ValueError, match="validation error"):
        OcrResult.from_json(text)


OLD_FORM = """{"width": 40, "height": 30,
"tokens": [{"text": "5 cm", "score": 1, "box": [[1, 2], [9, 2], [9, 5], [1, 5]]}],
"strokes": [[1, 6, 9, 6.5]], "outline": {"left": 0, "top": 1, "right": 40, "bottom": 30, "plain": 1,
"lefts": [0, 0.5], "rights": [1, 1], "uppers": [0], "lowers": [1]}}"""


def test_a_page_in_the_form_of_older_stores() -> None:
    box = ((1.0, 2.0), (9.0, 2.0), (9.0, 5.0), (1.0, 5.0))
    page = OcrResult.from_json(OLD_FORM)
    assert page == OcrResult((OcrToken("5 cm", box, 1.0),), 40, 30, (Stroke(1.0, 6.0, 9.0, 6.5),))
    numbers = (page.tokens[0].score, *itertools.chain(*page.tokens[0].box), *page.strokes[0])
    assert {type(number) for number in numbers} == {float}
    assert OcrResult.from_json(page.to_json()) == page


def test_numbers_beyond_json_survive() -> None:
    token = OcrToken("5 cm", ((0.0, 0.0), (math.inf, 0.0), (1.0, 1.0), (0.0, 1.0)), math.nan)
    (read,) = OcrResult.from_json(OcrResult((token,), 3, 2).to_json()).tokens
    assert read.box == token.box
    assert math.isnan(read.score)


def test_pydantic_is_not_imported_with_the_module() -> None:
    code = "import ocr.token, rules.select, sys; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("box", "angle"),
    [
        (((10, 20), (50, 20), (50, 30), (10, 30)), 0),
        (((30, 10), (30, 50), (20, 50), (20, 10)), 90),
        (((50, 30), (10, 30), (10, 20), (50, 20)), 180),
        (((20, 50), (20, 10), (30, 10), (30, 50)), -90),
    ],
)
def test_angle_and_sizes_follow_the_reading_direction(box: Box, angle: float) -> None:
    token = OcrToken("12 cm", box, 1.0)
    assert token.angle == angle
    assert (token.length, token.letter_height) == (40, 10)
