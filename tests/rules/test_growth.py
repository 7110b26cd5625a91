"""Pages and texts of any length are read in steps that grow with them and not with their square.

Steps are calls of functions, counted: a time would depend on the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from drawn_page import word

from ocr.token import OcrResult, OcrToken, Stroke
from rules.constants import ENTITIES
from rules.normalise import normalise
from rules.select import selections

TWICE = 2.6
"""What twice the page may cost, in times of the page: its square would be 4."""

WORDS = ["the", "quick", "brown", "fox", "jumps", "over", "lazy", "dogs"]


def sheet(texts: list[str], columns: int) -> OcrResult:
    """Texts in rows, each far enough from the next to be a line of its own."""
    tokens = tuple(word(text, 200 + 400 * (i % columns), 50 + 40 * (i // columns)) for i, text in enumerate(texts))
    strokes = tuple(Stroke(t.left, t.bottom + 2, t.right, t.bottom + 2) for t in tokens[:400])
    return OcrResult(tokens, 400 * (columns + 1), 40 * len(texts) // columns + 100, strokes)


def one_line(texts: list[str]) -> OcrResult:
    tokens: list[OcrToken] = []
    for text in texts:
        left = tokens[-1].right + 8 if tokens else 0
        tokens.append(word(text, left + 5 * len(text), 100))
    return OcrResult(tuple(tokens), int(tokens[-1].right), 200)


PAGES: dict[str, Callable[[int], OcrResult]] = {
    "words": lambda n: sheet([WORDS[i % len(WORDS)] for i in range(n)], 8),
    "products": lambda n: sheet([f"{i % 97 + 3}x{i % 53 + 2}x{i % 31 + 1} cm" for i in range(n)], 8),
    "a table": lambda n: sheet(
        [("Width", f"{i % 90 + 3}", "kg", f"{i % 30 + 1} V", "(cm)")[i % 5] for i in range(n)], 8
    ),
    "a line of lengths": lambda n: one_line([f"{i % 97 + 3} cm" for i in range(n)]),
    "a line of words": lambda n: one_line([WORDS[i % len(WORDS)] for i in range(n)]),
}

TEXTS = ["W10", "w 10 ", "10 w ", "L x W x H 1x2x3 ", "(kg) 1 ", "9 mm/0.35' ", '1"', "(", "0,", "1l", "between 1 "]


def steps(work: Callable[[], object]) -> int:
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("make", PAGES.values(), ids=PAGES.keys())
def test_the_steps_on_a_page_grow_with_its_tokens(make: Callable[[int], OcrResult]) -> None:
    list(selections(make(40), ENTITIES))
    one, two = make(300), make(600)
    assert steps(lambda: list(selections(two, ENTITIES))) < TWICE * steps(lambda: list(selections(one, ENTITIES)))


@pytest.mark.parametrize("piece", TEXTS)
def test_the_steps_on_a_text_grow_with_its_letters(piece: str) -> None:
    normalise(piece, "width")
    one, two = piece * 300, piece * 600
    assert steps(lambda: normalise(two, "width")) < TWICE * steps(lambda: normalise(one, "width"))
