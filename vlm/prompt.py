"""The prompt of all readers, in training and in use, and the form of the answers.

A prompt is the OCR lines with their places as PaliGemma's location tokens, then the question:

    <loc0412><loc0100>NET WT 34 g
    <loc0800><loc0512>12.5 cm
    answer en item weight in gram, kilogram, microgram, milligram, ounce, pound, ton

The processor is called with `"<image>" + prompt`; it adds `<bos>` and the closing newline.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from statistics import median

from ocr.token import OcrResult, OcrToken
from rules.amount import Amount, format_number
from rules.constants import ENTITY_UNITS
from rules.dimension_table import DIMENSION_WORDS
from rules.units import EXACT


class PromptForm(StrEnum):
    """How a prompt shows the page."""

    PLACES = "places"
    """Lines with location tokens, the question last."""
    LAYOUT = "layout"
    """Lines set as plain text, blanks standing for the space between them, the question last."""
    QUESTION_FIRST = "question_first"
    """The question, then the page's text in the same line: the form that the `-mix` weights were trained on."""


PROMPT_VERSION = "2"
"""Raise it with every change in the texts of `make_prompt` or `answer_text`; each adapter records its version."""

UNANSWERABLE = "unanswerable"
"""PaliGemma's own word for a question without an answer in the picture."""

MAX_PROMPT_TOKENS = 512
"""The most that a prompt has of `estimated_tokens`."""
LOC_BINS = 1024
LAYOUT_COLUMNS = 60
"""Columns of a page that is set as plain text."""

_LINE_TOKENS = 3  # two places and the newline
_WORD = re.compile(r"[^\W\d_]+")
_LONE_BLANK = re.compile(r"\s(?=[^\sa-zA-Z])")
_MARKS = ('"', "'", "”", "″", "′")
_QUANTITY_WORDS = frozenset(EXACT) | frozenset(DIMENSION_WORDS)


def make_prompt(
    entity: str,
    page: OcrResult | None,
    form: PromptForm = PromptForm.PLACES,
    *,
    max_lines: int = 40,
    max_chars: int = 900,
) -> str:
    """The prompt for `entity`, with as many OCR lines as fit: numbers and units first, large print before small.

    `page` is None when there is no OCR. Raises KeyError for an entity that
    `rules.constants` does not list.
    """
    question = make_question(entity)
    if page is None:
        return question
    room = MAX_PROMPT_TOKENS - estimated_tokens(question) - _LINE_TOKENS
    texts = {token: clean(token.text) for token in page.tokens}
    lines: list[OcrToken] = []
    for token in sorted(texts, key=lambda t: (_rank(texts[t]), -t.letter_height, t.centre[1])):
        text = texts[token]
        cost = estimated_tokens(text) + _LINE_TOKENS
        if text and len(lines) < max_lines and len(text) <= max_chars and cost <= room:
            lines.append(token)
            max_chars -= len(text)
            room -= cost
    if form is PromptForm.QUESTION_FIRST:
        return "; ".join([question, *(texts[token] for token in reading_order(lines))])
    if form is PromptForm.LAYOUT:
        return "\n".join([*(_set(row, texts, page) for row in _rows(lines)), question])
    located = [f"{place(token, page)}{texts[token]}" for token in reading_order(lines)]
    return "\n".join([*located, question])


def make_question(entity: str) -> str:
    """The last line of a prompt, as in `answer en wattage in kilowatt, watt`."""
    return f"answer en {entity.replace('_', ' ')} in {', '.join(sorted(ENTITY_UNITS[entity]))}"


def answer_text(answer: Amount | None) -> str:
    """The text of an answer: `12.5 centimetre`, `34 gram`, or `unanswerable` for None."""
    if answer is None:
        return UNANSWERABLE
    return f"{format_number(answer.value).removesuffix('.0')} {answer.unit}"


def place(token: OcrToken, page: OcrResult) -> str:
    """The centre of the token's box as `<locYYYY><locXXXX>`, 0 to 1023 along the page's height and width."""
    x, y = token.centre
    return f"<loc{_bin(y, page.height):04d}><loc{_bin(x, page.width):04d}>"


def clean(text: str) -> str:
    """OCR text on one line and without angle brackets, so that it cannot imitate places or other lines."""
    printable = "".join(c if c.isprintable() and c not in "<>" else " " for c in text)
    return " ".join(printable.split())


def reading_order(tokens: Iterable[OcrToken]) -> list[OcrToken]:
    """The tokens row by row from the top, each row from the left."""
    return [token for row in _rows(tokens) for token in row]


def _rows(tokens: Iterable[OcrToken]) -> list[list[OcrToken]]:
    rows: list[list[OcrToken]] = []
    for token in sorted(tokens, key=lambda t: (t.centre[1], t.left)):
        if rows and _in_row(token, rows[-1]):
            rows[-1].append(token)
        else:
            rows.append([token])
    return [sorted(row, key=lambda t: t.left) for row in rows]


def _set(row: Sequence[OcrToken], texts: Mapping[OcrToken, str], page: OcrResult) -> str:
    """A row as plain text, each token in its column where there is room, else after a blank."""
    line = ""
    for token in row:
        column = min(LAYOUT_COLUMNS - 1, max(0, round(token.left / max(1, page.width) * LAYOUT_COLUMNS)))
        line = f"{line} " if line else ""
        line = f"{line.ljust(column)}{texts[token]}"
    return line


def estimated_tokens(text: str) -> int:
    """An upper estimate of the number of tokens of `text` in Gemma's tokenizer.

    There a digit, a sign and the blank before one are tokens of their own; a Latin word includes its blank and has
    about a token for three letters.
    """
    letters = sum(math.ceil(len(word) / 3) for word in _WORD.findall(text) if word.isascii())
    others = sum(not c.isspace() and not (c.isascii() and c.isalpha()) for c in text)
    return letters + others + len(_LONE_BLANK.findall(text))


def _bin(position: float, size: int) -> int:
    return min(LOC_BINS - 1, max(0, round(position / max(1, size) * (LOC_BINS - 1))))


def _in_row(token: OcrToken, row: Sequence[OcrToken]) -> bool:
    heights = [t.bottom - t.top for t in (token, *row)]
    return token.centre[1] - median(t.centre[1] for t in row) <= min(heights) / 2


def _rank(text: str) -> int:
    """0 for numbers, 1 for words about quantities, 2 for the rest."""
    if any(c.isdigit() or c.isnumeric() for c in text):
        return 0
    words = (word.lower() for word in _WORD.findall(text))
    return 1 if any(word in _QUANTITY_WORDS for word in words) or text.endswith(_MARKS) else 2
