"""Every quantity of a page with the line and the place where it stands.

A number without a unit in its own line takes one from a line beside it: a unit standing alone (`330` / `LBS`), the
heading of its row or column (`WT (LBS)` / `0.32`), or a note for the whole picture (`Unit: cm`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr.token import OcrResult
from rules.fold import fold
from rules.lexer import Kind, Lexeme, lex
from rules.lines import Line, Place, lines_of
from rules.quantity import Quantity, find_numbers, header_units, with_tokens
from rules.units import KIND_OF

_WHOLE_PICTURE = re.compile(r"unit|单位|單位|単位|einheit|unité|unidad|dimension|measure|size|尺寸|サイズ")
MAX_ROW_GAP = 14.0
MAX_COLUMN_GAP = 12.0
MAX_UNIT_GAP = 3.0
MAX_NAME_GAP = 1.6
OVERLAP = 0.3
"""Share of the larger letter height by which the boxes of two texts of one row may overlap: detectors pad boxes."""


@dataclass(frozen=True, slots=True)
class Sighting:
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


def sightings_of(page: OcrResult) -> tuple[Sighting, ...]:
    """All quantities of the page, in the order of its lines."""
    lines = [line for line in lines_of(page.tokens) if line.text.strip()]
    numbers = [(line, find_numbers(line.text)) for line in lines]
    names = [_name(line) for line, found in numbers if not found]
    seen = [_sighting(q, line) for line, found in numbers for q in found]
    named = [s if s.quantity.unit else _with_unit(s, names) for s in seen]
    return tuple(_with_role(s, names, seen) for s in named if s.quantity.unit)


def _sighting(quantity: Quantity, line: Line) -> Sighting:
    tokens = line.tokens_of(quantity.start, quantity.end)
    return Sighting(with_tokens(quantity, tokens), line, line.place_of(quantity.start, quantity.end))


def _name(line: Line) -> Name:
    lexemes = lex(fold(line.text))
    roles = tuple(role for lexeme in lexemes for role in _roles(lexeme))
    words = sum(lexeme.kind is Kind.WORD for lexeme in lexemes)
    return Name(line, line.place, header_units(line.text), roles, words)


def _roles(lexeme: Lexeme) -> tuple[str, ...]:
    return lexeme.roles or ((lexeme.role,) if lexeme.role else ())


def _with_unit(sighting: Sighting, names: Sequence[Name]) -> Sighting:
    """The sighting with the unit, and the role, of the closest name that gives one; unchanged when none does."""
    near = [
        (distance, name) for name in names if name.units and (distance := _unit_distance(sighting, name)) is not None
    ]
    if not near or _is_share(sighting.quantity):
        return sighting
    _, name = min(near, key=lambda pair: pair[0])
    role = name.roles[0] if len(name.roles) == 1 and sighting.quantity.role is None else sighting.quantity.role
    tokens = (*sighting.quantity.tokens, *name.line.tokens)
    quantity = replace(sighting.quantity, unit=name.units[0], role=role, tokens=tokens, unit_printed=False)
    return replace(sighting, quantity=quantity)


def _is_share(quantity: Quantity) -> bool:
    """Whether a number counts per cent, as in tables of nutrients whose heading names a unit for others."""
    return quantity.text[quantity.end :].lstrip().startswith(("%", "％"))


def _unit_distance(sighting: Sighting, name: Name) -> float | None:
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
    return 100.0 if _WHOLE_PICTURE.search(fold(name.line.text)) and KIND_OF[name.units[0]] == "length" else None


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


def _with_role(sighting: Sighting, names: Sequence[Name], seen: Sequence[Sighting]) -> Sighting:
    """The sighting with the role of a name right beside, above or below it, when no other number is closer to it."""
    quantity = sighting.quantity
    if quantity.role is not None or KIND_OF[quantity.unit] != "length":
        return sighting
    near = [
        (distance, name)
        for name in names
        if len(name.roles) == 1 and (distance := _name_distance(name, sighting.place)) is not None
    ]
    if not near:
        return sighting
    distance, name = min(near, key=lambda pair: pair[0])
    rivals = [
        d for other in seen if other.line is not sighting.line and (d := _name_distance(name, other.place)) is not None
    ]
    if any(d < distance for d in rivals):
        return sighting
    tokens = (*quantity.tokens, *name.line.tokens)
    return replace(sighting, quantity=replace(quantity, role=name.roles[0], tokens=tokens))


def _name_distance(name: Name, place: Place) -> float | None:
    height = max(place.letter_height, 1.0)
    limit = MAX_NAME_GAP * height
    row, over, under = right_of(place, name.place), above(name.place, place), above(place, name.place)
    distances = [
        d / height
        for d in (row if row is not None and row <= 3 * limit else None, over, under)
        if d is not None and (d <= limit or d is row)
    ]
    return min(distances) if distances else None
