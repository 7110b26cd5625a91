"""Which way a line is read, decided with models whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ocr.boxes import Corners
from ocr.lines import LineOptions, Reading, Turn, cut_out, read_lines, turned
from ocr.picture import Picture
from ocr.token import OcrResult

RED, GREY, WHITE = (255, 0, 0), (90, 90, 90), (255, 255, 255)


class MarkedLines:
    """A fake recogniser of grey bars that begin with a red end: cut out with that end on the left, a bar reads
    as `text` with score 1.0, upside down as `flipped`, and across as nothing. It finds `boxes` on any page,
    keeps the order of its input and counts the lines.
    """

    def __init__(self, boxes: Sequence[Corners], text: str, flipped: Reading) -> None:
        self.boxes, self.text, self.flipped, self.count = boxes, text, flipped, 0

    def detect(self, picture: Picture) -> Sequence[Corners]:
        return self.boxes

    def recognise(self, lines: Sequence[Picture]) -> Sequence[Reading]:
        self.count += len(lines)
        return [self._reading(line) for line in lines]

    def _reading(self, line: Picture) -> Reading:
        height, width, _ = line.shape
        if height > width:
            return Reading("", 0.0)
        begins_red = int(line[height // 2, 2, 0]) > int(line[height // 2, -3, 0])
        return Reading(self.text, 1.0) if begins_red else self.flipped


def page_with_bar(turn: Turn, length: int = 80) -> tuple[Picture, Corners]:
    """A page of 200 x 120 with a bar standing in `turn`, and its corners clockwise from the top left."""
    bar = np.full((20, length, 3), GREY, np.uint8)
    bar[:, :12] = RED
    bar = np.rot90(bar, -turn)
    page = np.full((120, 200, 3), WHITE, np.uint8)
    height, width, _ = bar.shape
    page[10 : 10 + height, 30 : 30 + width] = bar
    box = [[30, 10], [30 + width, 10], [30 + width, 10 + height], [30, 10 + height]]
    return page, np.array(box, np.float32)


@pytest.mark.parametrize("turn", Turn)
def test_box_begins_where_the_text_begins(turn: Turn) -> None:
    page, box = page_with_bar(turn)
    result = read_lines(page, MarkedLines([box], "12 cm", Reading("wo 21", 0.6)))
    (token,) = result.tokens
    assert token.text == "12 cm"
    assert token.angle == {0: 0, 1: 90, 2: 180, 3: -90}[turn]
    assert (token.length, token.letter_height) == (80, 20)
    assert (result.width, result.height) == (200, 120)


@pytest.mark.parametrize(("longest_doubt", "readings"), [(1.1, 4), (0.5, 3)])
def test_of_upright_lines_with_good_scores_the_longest_alone_may_be_read_turned(
    longest_doubt: float, readings: int
) -> None:
    page, box = page_with_bar(Turn.RIGHTWARDS)
    models = MarkedLines([box, box, box], "12 cm", Reading("wo 21", 0.6))
    read_lines(page, models, LineOptions(longest_doubt=longest_doubt))
    assert models.count == readings


def test_near_equal_readings_follow_the_page() -> None:
    page, box = page_with_bar(Turn.LEFTWARDS)
    (token,) = read_lines(page, MarkedLines([box], "66x99", Reading("66x99", 0.9))).tokens
    assert token.angle == 0


def test_a_single_character_is_not_turned() -> None:
    page, box = page_with_bar(Turn.LEFTWARDS)
    (token,) = read_lines(page, MarkedLines([box], "4", Reading("V", 0.6))).tokens
    assert (token.text, token.angle) == ("V", 0)


def test_low_scores_and_blank_readings_are_dropped() -> None:
    page, box = page_with_bar(Turn.LEFTWARDS)
    assert read_lines(page, MarkedLines([box], " ", Reading("", 0.0))).tokens == ()
    assert read_lines(page, MarkedLines([box], "x", Reading("y", 0.4)), LineOptions(min_score=0.5)).tokens == ()


def test_a_page_without_lines() -> None:
    page, _ = page_with_bar(Turn.RIGHTWARDS)
    assert read_lines(page, MarkedLines([], "x", Reading("y", 0.4))).tokens == ()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (900, 7), (7, 900)])
def test_a_picture_too_small_for_letters_is_not_read(width: int, height: int) -> None:
    models = MarkedLines([], "x", Reading("y", 0.4))
    models.detect = None  # type: ignore[assignment,method-assign]
    page = read_lines(np.zeros((height, width, 3), np.uint8), models)
    assert page == OcrResult((), width, height)


@pytest.mark.parametrize("turn", Turn)
def test_cut_out_turns_exactly(turn: Turn) -> None:
    page = np.random.default_rng(1).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    box = np.array([[0, 0], [60, 0], [60, 40], [0, 40]], np.float32)
    assert np.array_equal(cut_out(page, turned(box, turn)).shape, np.rot90(page, turn).shape)
    assert np.abs(cut_out(page, box).astype(int) - page).max() == 0


def test_a_box_without_size_is_cut_out_too() -> None:
    page, _ = page_with_bar(Turn.RIGHTWARDS)
    flat = np.array([[5, 5], [5, 5], [5, 5], [5, 5]], np.float32)
    assert cut_out(page, flat).shape == (1, 1, 3)


@pytest.mark.parametrize("turn", Turn)
def test_a_line_that_is_known_without_doubt_is_not_recognised_again(turn: Turn) -> None:
    page, box = page_with_bar(turn)
    longest = LineOptions(longest_doubt=0.9)
    first = read_lines(page, MarkedLines([box], "12 cm", Reading("wo 21", 0.6)), longest)
    models = MarkedLines([box + 1], "13 cm", Reading("wo 31", 0.6))
    again = read_lines(page, models, longest, known=first.tokens)
    assert [(token.text, token.angle) for token in again.tokens] == [("12 cm", first.tokens[0].angle)]
    assert models.count == 0


@pytest.mark.parametrize(
    "change", [{"score": 0.89}, {"text": "4"}, {"box": ((300, 300), (380, 300), (380, 320), (300, 320))}]
)
def test_what_is_doubtful_short_or_elsewhere_is_recognised(change: dict[str, Any]) -> None:
    page, box = page_with_bar(Turn.RIGHTWARDS)
    (known,) = read_lines(page, MarkedLines([box], "12 cm", Reading("wo 21", 0.6))).tokens
    models = MarkedLines([box], "13 cm", Reading("wo 31", 0.6))
    again = read_lines(page, models, known=[replace(known, **change)])
    assert [token.text for token in again.tokens] == ["13 cm"]
