"""Straight strokes are found where they are drawn, and only looked for where something is measured."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from ocr.boxes import Corners
from ocr.lines import Reading, read_lines
from ocr.picture import Picture
from ocr.strokes import MAX_STROKES, MIN_LENGTH, find_strokes
from ocr.token import OcrResult, Stroke

Ends = tuple[float, float, float, float]


def drawn(*lines: Ends, size: tuple[int, int] = (600, 400), width: int = 3) -> Picture:
    """Black lines on white; `size` is width, height."""
    page = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(page)
    for line in lines:
        pen.line(line, fill="black", width=width)
    return np.array(page)


def distance(stroke: Stroke, ends: Ends) -> float:
    """Pixels between the ends of the two, whichever way round."""
    one, other = (stroke.x1, stroke.y1), (stroke.x2, stroke.y2)
    a, b = ends[:2], ends[2:]
    return min(max(math.dist(one, a), math.dist(other, b)), max(math.dist(one, b), math.dist(other, a)))


LINES = {
    "horizontal": ((100.0, 200.0, 500.0, 200.0), 0.0),
    "vertical": ((300.0, 50.0, 300.0, 350.0), 90.0),
    "falling": ((100.0, 100.0, 400.0, 300.0), 33.7),
    "rising": ((100.0, 300.0, 400.0, 100.0), 146.3),
}


@pytest.mark.parametrize(("ends", "angle"), LINES.values(), ids=LINES.keys())
def test_a_drawn_line_is_found(ends: Ends, angle: float) -> None:
    longest = find_strokes(drawn(ends))[0]
    assert distance(longest, ends) < 6
    assert abs((longest.angle - angle + 90) % 180 - 90) < 1


@pytest.mark.parametrize("scale", [4, 0.5])
def test_ends_are_in_pixels_of_the_picture_whatever_its_size(scale: float) -> None:
    ends = (100 * scale, 200 * scale, 500 * scale, 200 * scale)
    size = round(600 * scale), round(400 * scale)
    longest = find_strokes(drawn(ends, size=size, width=max(2, round(3 * scale))))[0]
    assert distance(longest, ends) < max(6.0, 6 * scale)


def test_all_lines_are_found_longest_first() -> None:
    lines: list[Ends] = [(50, 350, 550, 350), (550, 50, 550, 300), (50, 50, 150, 130)]
    strokes = find_strokes(drawn(*lines))
    assert all(any(distance(stroke, line) < 6 for stroke in strokes) for line in lines)
    lengths = [stroke.length for stroke in strokes]
    assert lengths == sorted(lengths, reverse=True)


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_blank_picture_has_none(grey: int) -> None:
    assert find_strokes(np.full((300, 200, 3), grey, np.uint8)) == ()


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 3000, 3), (2000, 1, 3), (2, 2, 3)])
def test_odd_shapes_have_none(shape: tuple[int, int, int]) -> None:
    assert find_strokes(np.full(shape, 255, np.uint8)) == ()


def test_short_strokes_are_left_out() -> None:
    length = 600 * MIN_LENGTH
    short, long = (100.0, 100.0, 100.0 + length / 2, 100.0), (100.0, 300.0, 100.0 + 3 * length, 300.0)
    strokes = find_strokes(drawn(short, long))
    assert strokes
    assert all(abs(stroke.y1 - 300) < 6 for stroke in strokes)
    assert all(stroke.length >= length - 0.2 for stroke in strokes)


def test_only_the_longest_of_many_strokes_are_kept() -> None:
    """A fence of 250 bars, each with two edges, beside one long line."""
    fence = [(float(x), 20.0, float(x), 80.0) for x in range(10, 890, 4)]
    line = (20.0, 300.0, 880.0, 300.0)
    everything = drawn(*fence, line, size=(900, 400), width=2)
    strokes = find_strokes(everything)
    assert len(strokes) == MAX_STROKES
    assert distance(strokes[0], line) < 6


def test_the_same_picture_has_the_same_strokes_and_is_left_alone() -> None:
    picture = drawn(*(ends for ends, _ in LINES.values()))
    before = picture.copy()
    assert find_strokes(picture) == find_strokes(picture)
    assert np.array_equal(picture, before)


class Written:
    """Fake models that find one line in the upper left corner of any page and read `text` there with `score`."""

    def __init__(self, text: str, score: float = 1.0) -> None:
        self.reading = Reading(text, score)

    def detect(self, picture: Picture) -> Sequence[Corners]:
        return [np.array([[5, 5], [105, 5], [105, 25], [5, 25]], np.float32)]

    def recognise(self, lines: Sequence[Picture]) -> Sequence[Reading]:
        return [self.reading for _ in lines]


@pytest.mark.parametrize(
    ("text", "score", "wanted"),
    [("40 cm", 1.0, True), ("4", 1.0, True), ("forty cm", 1.0, False), ("", 1.0, False), ("40 cm", 0.0, False)],
)
def test_strokes_are_looked_for_where_a_digit_is_read(text: str, score: float, wanted: bool) -> None:
    picture = drawn(LINES["horizontal"][0])
    strokes = read_lines(picture, Written(text, score)).strokes
    assert strokes == (find_strokes(picture) if wanted else ())
    assert bool(strokes) == wanted


coordinates = st.floats(-1e5, 1e5, allow_nan=False)
strokes = st.builds(Stroke, coordinates, coordinates, coordinates, coordinates)


@given(st.lists(strokes, max_size=5).map(tuple))
def test_json_round_trip(on_page: tuple[Stroke, ...]) -> None:
    page = OcrResult((), 30, 20, on_page)
    assert OcrResult.from_json(page.to_json()) == page


def test_json_without_strokes_is_read() -> None:
    assert OcrResult.from_json('{"width": 3, "height": 2, "tokens": []}') == OcrResult((), 3, 2)


@pytest.mark.parametrize("strokes_", ["[[1, 2, 3]]", "[[1, 2, 3, 4, 5]]", '[["a", 2, 3, 4]]', "[1]", "7"])
def test_other_strokes_are_refused(strokes_: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        OcrResult.from_json(f'{{"width": 3, "height": 2, "tokens": [], "strokes": {strokes_}}}')


@given(strokes)
def test_a_stroke_has_one_direction_whichever_way_round(stroke: Stroke) -> None:
    turned = Stroke(stroke.x2, stroke.y2, stroke.x1, stroke.y1)
    assert 0 <= stroke.angle <= 180
    assert turned.length == stroke.length
    assert abs((turned.angle - stroke.angle + 90) % 180 - 90) < 1e-6 or stroke.length == 0


@pytest.mark.parametrize(
    ("stroke", "angle"),
    [
        (Stroke(0, 0, 5, 0), 0),
        (Stroke(5, 0, 0, 0), 0),
        (Stroke(0, 5, 0, 0), 90),
        (Stroke(0, 0, 5, 5), 45),
        (Stroke(0, 5, 5, 0), 135),
    ],
)
def test_the_angle_of_a_stroke(stroke: Stroke, angle: float) -> None:
    assert stroke.angle == pytest.approx(angle)
