"""Every quantity of a page with the line and the place where it stands.

A number without a unit in its own line takes one from a line beside it: a unit standing alone (`330` / `LBS`), the
heading of its row or column (`WT (LBS)` / `0.32`), or a note for the whole picture (`Unit: cm`).
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ocr.token import OcrResult
from rules.fold import fold
from rules.lexer import Kind, Lexeme, Lexemes, lex
from rules.lexicon import STANDARD, Lexicon
from rules.lines import Line, Place, lines_of
from rules.neighbours import near_pairs
from rules.placement import MAX_ROW_GAP, above, heading_distance, reach_of, right_of
from rules.quantity import Quantity, header_units, numbers_of
from rules.unit_table import LENGTH, OTHER_MEASURES
from rules.units import kind_of

logger = logging.getLogger(__name__)

_WHOLE_PICTURE = re.compile(r"unit|单位|單位|単位|einheit|unité|unidad|dimension|measure|size|尺寸|サイズ")
_CODE = re.compile(r"(?<!\d)\d++(?:-\d++){2,}")
"""Numbers of parts and telephones (`361-00029-02`); two numbers may be the ends of a range."""
_OTHER_MEASURE = re.compile(
    rf"\s*(?:{'|'.join(sorted(map(re.escape, OTHER_MEASURES), key=len, reverse=True))})(?![^\W\d_])", re.IGNORECASE
)
MAX_UNIT_GAP = 3.0
"""Letter heights between a number and a unit that stands alone to its right."""
MAX_NAME_GAP = 1.6
"""Letter heights between a length and the name of its dimension above or below."""
MAX_NAME_ROW = 3
"""Times `MAX_NAME_GAP` that a name may stand to the left of its length."""


@dataclass(frozen=True, slots=True)
class LocatedQuantity:
    """A quantity, the line that states it and its place on the page."""

    quantity: Quantity
    line: Line
    place: Place


@dataclass(frozen=True, slots=True)
class Name:
    """A line without numbers: its place, the units and dimensions that it names, and the number of its words."""

    line: Line
    place: Place
    units: tuple[str, ...]
    dimensions: tuple[str, ...]
    words: int


def located_quantities(page: OcrResult) -> tuple[LocatedQuantity, ...]:
    """All quantities of the page, in the order of its lines."""
    return quantities_in(lines_of(page.tokens))


def quantities_in(lines: Sequence[Line], lexicon: Lexicon = STANDARD) -> tuple[LocatedQuantity, ...]:
    """All quantities of a page's lines, in their order."""
    parses = [parse for line in lines if line.text.strip() for parse in _parses(line, lexicon)]
    names = [_name(line, lexemes) for line, lexemes, numbers in parses if not numbers]
    quantities = [_located(number, line) for line, _, numbers in parses for number in numbers]
    quantities = _with_units(quantities, names)
    return tuple(q for q in _with_dimensions(quantities, names) if q.quantity.unit)


Parse = tuple[Line, Lexemes, tuple[Quantity, ...]]
"""A line, its lexemes and its numbers."""


def _parses(line: Line, lexicon: Lexicon) -> Iterator[Parse]:
    """The parse of a line; where the grammar fails on it, those of its tokens one by one.

    OCR gives any text there is. A text that the grammar fails on costs its token, not the page.
    """
    try:
        lexemes = lex(fold(line.text), lexicon)
        yield line, lexemes, numbers_of(line.text, lexemes)
    except Exception:
        logger.exception("the grammar failed on %r", line.text)
        if len(line.tokens) > 1:
            for token in line.tokens:
                yield from _parses(Line(token.text, (token,), (0,)), lexicon)


def _name(line: Line, lexemes: Lexemes) -> Name:
    dimensions = tuple(dimension for lexeme in lexemes for dimension in _dimensions(lexeme))
    words = sum(lexeme.kind is Kind.WORD for lexeme in lexemes)
    return Name(line, line.place, header_units(lexemes), dimensions, words)


def _dimensions(lexeme: Lexeme) -> tuple[str, ...]:
    return lexeme.dimensions or ((lexeme.dimension,) if lexeme.dimension else ())


def _located(quantity: Quantity, line: Line) -> LocatedQuantity:
    tokens = line.tokens_of(quantity.start, quantity.end)
    return LocatedQuantity(replace(quantity, tokens=tokens), line, line.place_of(quantity.start, quantity.end))


def _with_units(quantities: Sequence[LocatedQuantity], names: Sequence[Name]) -> list[LocatedQuantity]:
    """The quantities, with the unit of the closest name for those without one."""
    named = list(quantities)
    bare = [i for i, q in enumerate(quantities) if not q.quantity.unit and not _counts_nothing(q.quantity)]
    with_units = [name for name in names if name.units]
    note = next((name for name in with_units if _is_for_all(name)), None)
    near = near_pairs(
        [reach_of(quantities[i].place, MAX_ROW_GAP) for i in bare], [reach_of(name.place) for name in with_units]
    )
    for i, close in zip(bare, near, strict=True):
        distances = [(d, j) for j in close if (d := _unit_distance(quantities[i], with_units[j])) is not None]
        name = with_units[min(distances)[1]] if distances else note
        if name is not None:
            named[i] = _with_unit(quantities[i], name)
    return named


def _counts_nothing(quantity: Quantity) -> bool:
    """Whether a number takes no unit from elsewhere: it measures what no entity does, or is a part of a code."""
    if _OTHER_MEASURE.match(quantity.text, quantity.end):
        return True
    codes = _codes(quantity.text)
    before = bisect_right(codes, (quantity.start, len(quantity.text)))
    return before > 0 and quantity.start < codes[before - 1][1]


@lru_cache(maxsize=64)
def _codes(text: str) -> Sequence[tuple[int, int]]:
    """The spans of the codes in a line, looked for once and not for each of its numbers."""
    return [code.span() for code in _CODE.finditer(text)]


def _is_for_all(name: Name) -> bool:
    """Whether a name gives the unit of all lengths of the picture (`Unit: cm`)."""
    return kind_of(name.units[0]) == LENGTH and _WHOLE_PICTURE.search(fold(name.line.text)) is not None


def _unit_distance(located: LocatedQuantity, name: Name) -> float | None:
    """Distance from a number to a name with a unit, in letter heights plus 1 for a unit below and 5 for a heading."""
    alone = name.words == len(name.units) and not name.dimensions
    place, height = located.place, max(located.place.letter_height, 1.0)
    right = right_of(name.place, place)
    below = above(place, name.place)
    if alone and right is not None and right <= MAX_UNIT_GAP * height:
        return right / height
    if alone and below is not None and below <= height:
        return 1.0 + below / height
    heading = heading_distance(name.place, place)
    if heading is not None:
        return 5.0 + heading
    return None


def _with_unit(located: LocatedQuantity, name: Name) -> LocatedQuantity:
    """The quantity with the unit of a name, and with its dimension if it names one alone."""
    quantity = located.quantity
    dimension = name.dimensions[0] if len(name.dimensions) == 1 and quantity.dimension is None else quantity.dimension
    tokens = (*quantity.tokens, *name.line.tokens)
    return replace(located, quantity=replace(quantity, unit=name.units[0], dimension=dimension, tokens=tokens))


def _with_dimensions(quantities: Sequence[LocatedQuantity], names: Sequence[Name]) -> Iterator[LocatedQuantity]:
    """The quantities, with the dimension of the closest name for lengths without one.

    A name belongs to the number closest to it, and to others of that number's line.
    """
    naming = [name for name in names if len(name.dimensions) == 1]
    near = near_pairs(
        [reach_of(q.place, MAX_NAME_ROW * MAX_NAME_GAP) for q in quantities], [reach_of(name.place) for name in naming]
    )
    distances: list[list[tuple[float, int]]] = []
    rivals: defaultdict[int, list[tuple[float, Line]]] = defaultdict(list)
    for located, close in zip(quantities, near, strict=True):
        own = [(d, j) for j in close if (d := _name_distance(naming[j], located.place)) is not None]
        distances.append(own)
        for distance, j in own:
            rivals[j].append((distance, located.line))
    for located, own in zip(quantities, distances, strict=True):
        quantity = located.quantity
        if not own or quantity.dimension is not None or not quantity.unit or kind_of(quantity.unit) != LENGTH:
            yield located
            continue
        distance, j = min(own)
        if any(d < distance and line is not located.line for d, line in rivals[j]):
            yield located
        else:
            tokens = (*quantity.tokens, *naming[j].line.tokens)
            yield replace(located, quantity=replace(quantity, dimension=naming[j].dimensions[0], tokens=tokens))


def _name_distance(name: Name, place: Place) -> float | None:
    """Distance in letter heights from a name left of, above or below a place; None when it is too far."""
    height = max(place.letter_height, 1.0)
    limit = MAX_NAME_GAP * height
    row, over, under = right_of(place, name.place), above(name.place, place), above(place, name.place)
    distances = [
        d / height
        for d in (row if row is not None and row <= MAX_NAME_ROW * limit else None, over, under)
        if d is not None and (d <= limit or d is row)
    ]
    return min(distances) if distances else None
