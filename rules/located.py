"""Every quantity of a page with the line and the place where it stands.

A number without a unit in its own line takes one from a line beside it: a unit standing alone (`330` / `LBS`), the
heading of its row or column (`WT (LBS)` / `0.32`), or a note for the whole picture (`Unit: cm`).
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ocr.token import OcrResult
from rules.fold import fold
from rules.lexer import Kind, Lexeme, Lexemes, lex
from rules.lines import Line, Place, lines_of
from rules.neighbours import Bounds, near_pairs, widened
from rules.quantity import Quantity, header_units, numbers_of, with_tokens
from rules.units import KIND_OF

logger = logging.getLogger(__name__)

_WHOLE_PICTURE = re.compile(r"unit|单位|單位|単位|einheit|unité|unidad|dimension|measure|size|尺寸|サイズ")
MAX_ROW_GAP = 14.0
MAX_COLUMN_GAP = 12.0
MAX_UNIT_GAP = 3.0
MAX_NAME_GAP = 1.6
MAX_NAME_ROW = 3
"""How much farther than above or below a name may stand beside its number."""
OVERLAP = 0.3
"""Share of the larger letter height by which the boxes of two texts of one row may overlap: detectors pad boxes."""


@dataclass(frozen=True, slots=True)
class LocatedQuantity:
    """A quantity, the line it was read in and its place on the page."""

    quantity: Quantity
    line: Line
    place: Place


@dataclass(frozen=True, slots=True)
class Name:
    """A line that names things and states no number: the units and the extents it names."""

    line: Line
    place: Place
    units: tuple[str, ...]
    roles: tuple[str, ...]
    words: int


def located_quantities(page: OcrResult) -> tuple[LocatedQuantity, ...]:
    """All quantities of the page, in the order of its lines."""
    return quantities_in(lines_of(page.tokens))


def quantities_in(lines: Sequence[Line]) -> tuple[LocatedQuantity, ...]:
    """All quantities of a page's lines, in their order."""
    parsed = [one for line in lines if line.text.strip() for one in _parsed(line)]
    names = [_name(line, lexemes) for line, lexemes, numbers in parsed if not numbers]
    seen = [_sighting(q, line) for line, _, numbers in parsed for q in numbers]
    named = _with_units(seen, names)
    return tuple(s for s in _with_roles(named, names) if s.quantity.unit)


ParsedLine = tuple[Line, Lexemes, tuple[Quantity, ...]]


def _parsed(line: Line) -> Iterator[ParsedLine]:
    """The line with its lexemes and numbers; where the grammar fails on it, each of its tokens by itself.

    OCR gives any text there is. What the grammar fails on costs that token and not the page.
    """
    try:
        lexemes = lex(fold(line.text))
        yield line, lexemes, numbers_of(line.text, lexemes)
    except Exception:
        logger.exception("the grammar failed on %r", line.text)
        if len(line.tokens) > 1:
            for token in line.tokens:
                yield from _parsed(Line(token.text, (token,), (0,)))


def _sighting(quantity: Quantity, line: Line) -> LocatedQuantity:
    tokens = line.tokens_of(quantity.start, quantity.end)
    return LocatedQuantity(with_tokens(quantity, tokens), line, line.place_of(quantity.start, quantity.end))


def _name(line: Line, lexemes: Lexemes) -> Name:
    roles = tuple(role for lexeme in lexemes for role in _roles(lexeme))
    words = sum(lexeme.kind is Kind.WORD for lexeme in lexemes)
    return Name(line, line.place, header_units(lexemes), roles, words)


def _roles(lexeme: Lexeme) -> tuple[str, ...]:
    return lexeme.roles or ((lexeme.role,) if lexeme.role else ())


def reach_of(place: Place, letters: float = 0.0) -> Bounds:
    """The box of a place and `letters` letter heights around it, with what boxes of texts may overlap by."""
    return widened(place.bounds, letters * max(place.letter_height, 1.0) + OVERLAP * place.letter_height)


def _with_units(seen: Sequence[LocatedQuantity], names: Sequence[Name]) -> list[LocatedQuantity]:
    """The sightings, those without a unit with that of the closest name that gives one."""
    named = list(seen)
    bare = [i for i, s in enumerate(seen) if not s.quantity.unit and not _is_share(s.quantity)]
    giving = [name for name in names if name.units]
    of_all = next((name for name in giving if _is_for_all(name)), None)
    near = near_pairs([reach_of(seen[i].place, MAX_ROW_GAP) for i in bare], [reach_of(name.place) for name in giving])
    for i, close in zip(bare, near, strict=True):
        distances = [(d, j) for j in close if (d := _unit_distance(seen[i], giving[j])) is not None]
        name = giving[min(distances)[1]] if distances else of_all
        if name is not None:
            named[i] = _with_unit(seen[i], name)
    return named


def _with_unit(sighting: LocatedQuantity, name: Name) -> LocatedQuantity:
    """The sighting with the unit, and the role, that a name gives."""
    quantity = sighting.quantity
    role = name.roles[0] if len(name.roles) == 1 and quantity.role is None else quantity.role
    tokens = (*quantity.tokens, *name.line.tokens)
    return replace(
        sighting, quantity=replace(quantity, unit=name.units[0], role=role, tokens=tokens, unit_printed=False)
    )


def _is_share(quantity: Quantity) -> bool:
    """Whether a number counts per cent, as in tables of nutrients whose heading names a unit for others."""
    return quantity.text[quantity.end :].lstrip().startswith(("%", "％"))


def _unit_distance(sighting: LocatedQuantity, name: Name) -> float | None:
    alone = name.words == len(name.units) and not name.roles
    place, height = sighting.place, max(sighting.place.letter_height, 1.0)
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


def _is_for_all(name: Name) -> bool:
    """Whether a name gives the unit of all lengths of the picture (`Unit: cm`)."""
    return KIND_OF[name.units[0]] == "length" and _WHOLE_PICTURE.search(fold(name.line.text)) is not None


def heading_distance(name: Place, place: Place) -> float | None:
    """Distance in letter heights from a heading, left in the row or above in the column; None when it is neither."""
    height = max(place.letter_height, 1.0)
    row = right_of(place, name)
    if row is not None and row <= MAX_ROW_GAP * height:
        return row / height
    column = above(name, place)
    if column is not None and column <= MAX_COLUMN_GAP * height:
        return column / height + 1.0
    return None


def right_of(place: Place, other: Place) -> float | None:
    """Pixels from the end of `other` to `place` when `place` stands to its right in the same row."""
    shared = min(place.bottom, other.bottom) - max(place.top, other.top)
    if shared < 0.5 * min(place.bottom - place.top, other.bottom - other.top):
        return None
    gap = place.left - other.right
    return max(gap, 0.0) if gap > -OVERLAP * max(place.letter_height, other.letter_height) else None


def above(place: Place, other: Place) -> float | None:
    """Pixels from `place` down to `other` when `place` stands above it in the same column."""
    shared = min(place.right, other.right) - max(place.left, other.left)
    if shared < 0.4 * min(place.right - place.left, other.right - other.left):
        return None
    gap = other.top - place.bottom
    return max(gap, 0.0) if gap > -0.3 * place.letter_height else None


def _with_roles(seen: Sequence[LocatedQuantity], names: Sequence[Name]) -> Iterator[LocatedQuantity]:
    """The sightings, lengths with the role of a name right beside, above or below, when no other number is closer."""
    naming = [name for name in names if len(name.roles) == 1]
    near = near_pairs(
        [reach_of(s.place, MAX_NAME_ROW * MAX_NAME_GAP) for s in seen], [reach_of(name.place) for name in naming]
    )
    distances: list[list[tuple[float, int]]] = []
    rivals: defaultdict[int, list[tuple[float, Line]]] = defaultdict(list)
    for sighting, close in zip(seen, near, strict=True):
        found = [(d, j) for j in close if (d := _name_distance(naming[j], sighting.place)) is not None]
        distances.append(found)
        for distance, j in found:
            rivals[j].append((distance, sighting.line))
    for sighting, found in zip(seen, distances, strict=True):
        quantity = sighting.quantity
        if not found or quantity.role is not None or not quantity.unit or KIND_OF[quantity.unit] != "length":
            yield sighting
            continue
        distance, j = min(found)
        if any(d < distance and line is not sighting.line for d, line in rivals[j]):
            yield sighting
        else:
            tokens = (*quantity.tokens, *naming[j].line.tokens)
            yield replace(sighting, quantity=replace(quantity, role=naming[j].roles[0], tokens=tokens))


def _name_distance(name: Name, place: Place) -> float | None:
    height = max(place.letter_height, 1.0)
    limit = MAX_NAME_GAP * height
    row, over, under = right_of(place, name.place), above(name.place, place), above(place, name.place)
    distances = [
        d / height
        for d in (row if row is not None and row <= MAX_NAME_ROW * limit else None, over, under)
        if d is not None and (d <= limit or d is row)
    ]
    return min(distances) if distances else None
