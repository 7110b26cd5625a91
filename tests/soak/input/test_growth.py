"""Pages and texts of any length are read in steps that grow with them and not with their square.

Steps are calls and lines of Python, counted: a time would depend on the machine. What C code does is not in them, so
long texts also go through every pattern and function of text, in a process that ends where one takes far too long.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import patterns
import pytest
from drawn_page import word
from soak_size import size

from ocr.token import OcrResult, OcrToken, Stroke
from rules.constants import ENTITIES
from rules.normalise import normalise
from rules.select import selections

TWICE = 2.6
"""What twice the page may cost, in times of the page: its square would be 4."""

TOKENS = size(short=300, long=2_500)
"""And twice as many."""
SUPPORT = Path(patterns.__file__).parent
LONG_TEXT = size(short=20_000, long=1_000_000)
LONG_FOR_FUNCTIONS = 200_000
"""Characters."""

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
    "feet and inches": lambda n: sheet(
        [(f"{i % 97 + 3}'", f'{i % 89 + 2}"', f"{i % 83 + 1}m")[i % 3] for i in range(n)], 8
    ),
    "codes": lambda n: one_line([f"{i}-{i % 7}-{i % 11} {i % 13}" for i in range(n)]),
    "a line of lengths": lambda n: one_line([f"{i % 97 + 3} cm" for i in range(n)]),
    "a line of words": lambda n: one_line([WORDS[i % len(WORDS)] for i in range(n)]),
}

TEXTS = ["W10", "w 10 ", "10 w ", "L x W x H 1x2x3 ", "(kg) 1 ", "9 mm/0.35' ", '1"', "(", "0,", "1l", "between 1 "]


def steps(work: Callable[[], object]) -> int:
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> object:
        nonlocal counted
        counted += event in {"call", "line"}
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return counted


@pytest.mark.parametrize("make", PAGES.values(), ids=PAGES.keys())
def test_the_steps_on_a_page_grow_with_its_tokens(make: Callable[[int], OcrResult]) -> None:
    list(selections(make(40), ENTITIES))
    one, two = make(TOKENS), make(2 * TOKENS)
    assert steps(lambda: list(selections(two, ENTITIES))) < TWICE * steps(lambda: list(selections(one, ENTITIES)))


@pytest.mark.parametrize("piece", TEXTS)
def test_the_steps_on_a_text_grow_with_its_letters(piece: str) -> None:
    normalise(piece, "width")
    one, two = piece * 300, piece * 600
    assert steps(lambda: normalise(two, "width")) < TWICE * steps(lambda: normalise(one, "width"))


def too_long(kind: str, length: int, seconds: float, pieces: int) -> dict[str, str]:
    """What took more seconds of the processor for a long text than it may, with the beginning of that text."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(SUPPORT), str(patterns.ROOT)])}
    limits = map(str, (length, seconds, pieces))
    command = [sys.executable, str(SUPPORT / "grow.py"), kind, *limits]
    result = json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    assert result["tried"] > 10
    print(f"{kind}: {result['tried']} on texts of {length:,} characters")
    late: dict[str, str] = result["late"]
    return late


def test_no_pattern_takes_time_by_the_square_of_a_text() -> None:
    assert too_long("patterns", LONG_TEXT, seconds=size(short=2, long=60), pieces=5) == {}


@pytest.mark.soak
def test_no_function_of_text_takes_time_by_the_square_of_it() -> None:
    assert too_long("functions", LONG_FOR_FUNCTIONS, seconds=100, pieces=20) == {}
