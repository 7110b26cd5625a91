from __future__ import annotations

import pytest
from drawn_page import DOWNWARDS, UPWARDS, after, only_line, under, word
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.token import OcrToken
from rules.lines import lines_of, turn

WIDTH = word("Width", 200, 500)


def texts(*tokens: OcrToken) -> list[str]:
    return [line.text for line in lines_of(tokens)]


JOINED = {
    "a space between": after(WIDTH, "30 cm"),
    "touching": after(WIDTH, "30 cm", 0.0),
    "overlapping a little": after(WIDTH, "30 cm", -0.5),
    "a wide space": after(WIDTH, "30 cm", 0.85),
    "larger letters": after(WIDTH, "30 cm", height=34),
    "a little lower": after(WIDTH, "30 cm", shift=0.4),
    "a little tilted": after(WIDTH, "30 cm", angle=8),
}

APART = {
    "the next column": after(WIDTH, "30 cm", 1.0),
    "overlapping too much": after(WIDTH, "30 cm", -0.7),
    "much larger letters": after(WIDTH, "30 cm", 0.3, height=38),
    "the next row": under(WIDTH, "30 cm"),
    "half a row lower": after(WIDTH, "30 cm", shift=0.5),
    "turned": after(WIDTH, "30 cm", angle=15),
    "upwards": after(WIDTH, "30 cm", angle=UPWARDS),
    "upside down": after(WIDTH, "30 cm", angle=180),
    "without height": OcrToken("30 cm", ((226, 500), (250, 500), (250, 500), (226, 500)), 1.0),
}


@pytest.mark.parametrize("second", JOINED.values(), ids=JOINED.keys())
def test_one_line(second: OcrToken) -> None:
    assert texts(WIDTH, second) == ["Width 30 cm"]


@pytest.mark.parametrize("second", APART.values(), ids=APART.keys())
def test_two_lines(second: OcrToken) -> None:
    assert texts(WIDTH, second) == ["Width", "30 cm"]


@pytest.mark.parametrize("angle", [0, 7, -10, 35, UPWARDS, DOWNWARDS, 180])
def test_lines_are_joined_along_their_own_direction(angle: float) -> None:
    first = word("Height", 500, 500, angle=angle)
    second = after(first, "30")
    assert texts(after(second, "cm"), second, first) == ["Height 30 cm"]


def test_a_tilted_line_keeps_apart_from_the_row_below() -> None:
    first, below = word("Width", 500, 500, angle=8), word("Depth", 496, 530, angle=8)
    assert texts(first, after(first, "30 cm"), below, after(below, "20 cm")) == ["Width 30 cm", "Depth 20 cm"]


def test_each_token_is_followed_by_the_closest() -> None:
    near, far = after(WIDTH, "3000", 0.1), after(WIDTH, "40", 0.6)
    assert texts(WIDTH, far, near) == ["Width 3000", "40"]


def test_a_token_follows_only_one_other() -> None:
    above, below = word("A", 100, 494), word("B", 103, 506)
    third = word("30 cm", 145, 503)
    assert texts(above, below, third) == ["A", "B 30 cm"]


def test_tokens_on_top_of_each_other_do_not_follow_in_a_ring() -> None:
    assert sorted(" ".join(texts(word("1", 100, 100), word("2", 100, 100))).split()) == ["1", "2"]


def test_the_tokens_of_a_span() -> None:
    width, number = WIDTH, after(WIDTH, "30 cm")
    line = only_line(width, number)
    start = line.text.index("30")
    assert line.tokens_of(start, start + 2) == (number,)
    assert line.tokens_of(0, 5) == (width,)
    assert line.tokens_of(4, 7) == (width, number)
    assert line.tokens_of(5, 6) == ()


def test_the_place_of_a_span_is_its_share_of_the_token() -> None:
    line = only_line(word("Width 30 cm", 500, 300, height=20))
    place = line.place_of(6, 8)
    assert (place.left, place.right) == pytest.approx((505, 525))
    assert (place.top, place.bottom) == pytest.approx((290, 310))
    assert place.centre == pytest.approx((515, 300))
    assert (place.angle, place.letter_height) == pytest.approx((0, 20))


def test_the_place_of_upwards_text_runs_from_the_bottom() -> None:
    place = only_line(word("H 30 cm", 900, 500, angle=UPWARDS)).place_of(0, 1)
    assert (place.left, place.right) == pytest.approx((890, 910))
    assert (place.top, place.bottom) == pytest.approx((525, 535))
    assert (place.angle, place.letter_height) == pytest.approx((UPWARDS, 20))


def test_the_place_of_a_span_over_two_tokens_covers_both() -> None:
    number = after(WIDTH, "30 cm", height=30)
    place = only_line(WIDTH, number).place
    assert (place.left, place.right) == pytest.approx((WIDTH.left, number.right))
    assert (place.top, place.bottom) == pytest.approx((485, 515))
    assert place.letter_height == pytest.approx(20)


def test_the_place_of_a_span_in_one_of_two_tokens_is_in_that_token() -> None:
    number = after(WIDTH, "30 cm", 0.6)
    place = only_line(WIDTH, number).place_of(6, 11)
    assert (place.left, place.right) == pytest.approx((number.left, number.right))


def test_a_token_without_text_has_its_place_too() -> None:
    place = only_line(word("", 100, 200)).place
    assert place.centre == pytest.approx((100, 200))


@pytest.mark.parametrize(
    ("a", "b", "between"), [(0, 0, 0), (0, 90, 90), (-90, 90, 180), (170, -170, 20), (-179, 179, 2), (10, -10, 20)]
)
def test_turn(a: float, b: float, between: float) -> None:
    assert turn(a, b) == pytest.approx(between)
    assert turn(b, a) == pytest.approx(between)


words = st.builds(
    word,
    st.sampled_from(["", "1", "30 cm", "Width"]),
    st.integers(0, 60),
    st.integers(0, 60),
    height=st.sampled_from([0, 10, 15]),
    angle=st.sampled_from([0.0, 8.0, UPWARDS, 180.0]),
)


@settings(max_examples=100)
@given(st.lists(words, max_size=8))
def test_every_token_is_in_exactly_one_line(tokens: list[OcrToken]) -> None:
    lines = lines_of(tokens)
    members = [id(token) for line in lines for token in line.tokens]
    assert sorted(members) == sorted(id(token) for token in tokens)
    for line in lines:
        assert [line.text[s : s + len(t.text)] for s, t in zip(line.starts, line.tokens, strict=True)] == [
            t.text for t in line.tokens
        ]
