"""Lines beside a text, their directions, and their weights by length and distance."""

from __future__ import annotations

import math

import pytest
from drawn_page import UPWARDS, groups, under, word
from hypothesis import given
from hypothesis import strategies as st

from ocr.token import OcrResult, OcrToken, Stroke
from rules.drawing import DIRECTIONS, drawing_features, strokes_beside

TEXT = word("40 cm", 500, 500)
"""50 x 20 pixels in the middle of a page of 1000 x 1000: from (475, 490) to (525, 510)."""


def features(tokens: OcrToken | tuple[OcrToken, ...], *strokes: Stroke) -> list[dict[str, float]]:
    drawn = (tokens,) if isinstance(tokens, OcrToken) else tokens
    return drawing_features(strokes_beside(groups(*drawn), OcrResult(drawn, 1000, 1000, strokes)))


def only(tokens: OcrToken | tuple[OcrToken, ...], *strokes: Stroke) -> dict[str, float]:
    (facts,) = features(tokens, *strokes)
    return facts


def slanted(angle: float, length: float = 600.0, offset: float = 30.0) -> Stroke:
    """A stroke at `angle` whose middle is `offset` pixels across from that of TEXT."""
    along = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = 500 - offset * along[1], 500 + offset * along[0]
    half = length / 2
    return Stroke(x - half * along[0], y - half * along[1], x + half * along[0], y + half * along[1])


BESIDE = {
    "below": (Stroke(100, 520, 900, 520), "horizontal"),
    "above": (Stroke(900, 480, 100, 480), "horizontal"),
    "nearly level": (Stroke(100, 500, 900, 560), "horizontal"),
    "at the right": (Stroke(535, 100, 535, 900), "vertical"),
    "at the left": (Stroke(465, 900, 465, 100), "vertical"),
    "falling": (slanted(40, offset=40), "oblique"),
    "rising": (slanted(140, offset=40), "oblique"),
    "through the text": (Stroke(100, 500, 900, 500), "horizontal"),
}


@pytest.mark.parametrize(("stroke", "direction"), BESIDE.values(), ids=BESIDE.keys())
def test_a_line_beside_a_text_counts_for_its_direction_alone(stroke: Stroke, direction: str) -> None:
    facts = only(TEXT, stroke)
    assert facts["no_line"] == 0
    assert facts[f"relative_{direction}"] == 1
    assert facts[f"share_{direction}"] > 0.9
    for other in set(DIRECTIONS) - {direction}:
        assert facts[f"line_{other}"] == facts[f"share_{other}"] == facts[f"relative_{other}"] == 0


@pytest.mark.parametrize("angle", [0, 7, 9, 45, 81, 83, 90, 97, 99, 135, 171, 173])
def test_up_to_eight_degrees_a_line_is_straight(angle: float) -> None:
    facts = only(TEXT, slanted(angle, offset=0))
    (nearest,) = (direction for direction in DIRECTIONS if facts[f"line_{direction}"])
    near = {d: abs((angle - at + 90) % 180 - 90) for d, at in (("horizontal", 0), ("vertical", 90))}
    assert nearest == next((d for d, away in near.items() if away < 8), "oblique")


@pytest.mark.parametrize("turned", [False, True])
def test_a_line_interrupted_by_its_text_counts_whole(turned: bool) -> None:
    text = word("40 cm", 500, 500, angle=UPWARDS) if turned else TEXT
    halves = [(100.0, 500.0, 465.0, 500.0), (535.0, 500.0, 900.0, 500.0)]
    strokes = [Stroke(y1, x1, y2, x2) if turned else Stroke(x1, y1, x2, y2) for x1, y1, x2, y2 in halves]
    name = "line_vertical" if turned else "line_horizontal"
    one, both = only(text, strokes[0])[name], only(text, *strokes)[name]
    assert both == pytest.approx(2 * one)
    assert 0.5 < both < 0.73


def test_parallel_lines_are_not_added() -> None:
    near, far = Stroke(100, 515, 900, 515), Stroke(100, 545, 900, 545)
    assert only(TEXT, near, far)["line_horizontal"] == only(TEXT, near)["line_horizontal"]


def test_the_longer_and_the_nearer_line_count_more() -> None:
    def beside(y: float, x: float) -> float:
        return only(TEXT, Stroke(500 - x, y, 500 + x, y))["line_horizontal"]

    assert beside(515, 400) > beside(515, 200) > beside(515, 100) > 0
    assert beside(515, 400) > beside(530, 400) > beside(550, 400) > 0


def test_a_line_never_counts_more_than_the_whole_picture() -> None:
    doubled = [Stroke(0, 500 + y, 1000, 500 + y) for y in (-2, 0, 2)]
    assert only(TEXT, *doubled)["line_horizontal"] == 1


@pytest.mark.parametrize(
    "stroke",
    [
        Stroke(100, 600, 900, 600),
        Stroke(100, 400, 900, 400),
        Stroke(600, 100, 600, 900),
        Stroke(600, 500, 990, 500),
        Stroke(10, 500, 400, 500),
        Stroke(500, 600, 500, 990),
    ],
    ids=["far below", "far above", "far right", "behind", "before", "pointing up from afar"],
)
def test_a_line_elsewhere_is_ignored(stroke: Stroke) -> None:
    facts = only(TEXT, stroke)
    assert facts["no_line"] == 1
    assert not any(facts[f"{kind}_{d}"] for kind in ("line", "share", "relative", "other") for d in DIRECTIONS)


def test_the_largest_distance_depends_on_the_letters() -> None:
    line = Stroke(100, 545, 900, 545)
    assert only(TEXT, line)["line_horizontal"] > 0
    assert only(word("40 cm", 500, 500, height=10), line)["line_horizontal"] == 0


def test_strokes_of_the_letters_themselves_are_ignored() -> None:
    letters = [Stroke(480, 491, 480, 509), Stroke(474, 490, 526, 490), Stroke(485, 508, 500, 492)]
    assert only(TEXT, *letters) == only(TEXT)
    assert only(TEXT)["no_line"] == 1


def test_a_point_is_not_a_line() -> None:
    assert only(TEXT, Stroke(500, 530, 500, 530))["no_line"] == 1


def test_two_units_stacked_are_one_text() -> None:
    """A line under the lower one is as near as a line above the upper one."""
    stacked = (TEXT, under(TEXT, "15.7 in", 0.1))
    assert len(groups(*stacked)) == 1
    above, below = only(stacked, Stroke(100, 480, 900, 480)), only(stacked, Stroke(100, 542, 900, 542))
    assert above["line_horizontal"] == pytest.approx(below["line_horizontal"])
    assert only(stacked, Stroke(480, 493, 480, 530))["no_line"] == 1


def test_groups_are_compared() -> None:
    below, side = word("40 cm", 500, 930), word("30 cm", 900, 500, angle=UPWARDS)
    horizontal, vertical = Stroke(100, 950, 900, 950), Stroke(920, 300, 920, 700)
    of_below, of_side = features((below, side), horizontal, vertical)
    assert of_below["relative_horizontal"] == of_side["relative_vertical"] == 1
    assert of_below["relative_vertical"] == of_side["relative_horizontal"] == 0
    assert of_below["other_vertical"] == of_side["share_vertical"] > 0.9
    assert of_side["other_horizontal"] == of_below["share_horizontal"] > 0.9
    assert of_below["other_horizontal"] == of_side["other_vertical"] == 0


def test_the_shorter_line_is_a_part_of_the_longest() -> None:
    upper, lower = word("20 cm", 500, 200), word("40 cm", 500, 800)
    of_upper, of_lower = features((upper, lower), Stroke(400, 220, 600, 220), Stroke(100, 820, 900, 820))
    assert of_lower["relative_horizontal"] == 1
    assert of_upper["relative_horizontal"] == pytest.approx(0.25)


def test_without_groups_there_are_no_features() -> None:
    assert features((), Stroke(0, 0, 900, 900)) == []


ends = st.floats(-100, 1100)
strokes = st.builds(Stroke, ends, ends, ends, ends)
words = st.builds(
    word, st.sampled_from(["40 cm", "12 in", "10 x 20 mm"]), ends, ends,
    height=st.sampled_from([0.0, 8.0, 30.0]), angle=st.sampled_from([0.0, UPWARDS, -35.0]),
)  # fmt: skip


@given(st.lists(words, max_size=4).map(tuple), st.lists(strokes, max_size=8))
def test_features_of_any_drawing_are_from_0_to_1(tokens: tuple[OcrToken, ...], drawn: list[Stroke]) -> None:
    of_groups = features(tokens, *drawn)
    assert len(of_groups) == len(groups(*tokens))
    for facts in of_groups:
        assert all(0 <= value <= 1 for value in facts.values())
        assert sum(facts[f"share_{d}"] for d in DIRECTIONS) <= 1


@given(st.lists(strokes, max_size=6))
def test_neither_the_order_of_strokes_nor_their_ends_matter(drawn: list[Stroke]) -> None:
    turned = [Stroke(s.x2, s.y2, s.x1, s.y1) for s in reversed(drawn)]
    assert only(TEXT, *turned) == pytest.approx(only(TEXT, *drawn), abs=1e-6)
