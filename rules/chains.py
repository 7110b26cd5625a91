"""Products and lists of numbers: which numbers share a unit, and which one counts the pieces of a pack."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rules.lexer import Kind, Lexeme, Lexemes, is_letter_behind_number
from rules.terms import Term, is_length

_GLUE = frozenset({Kind.TIMES, Kind.OPEN, Kind.CLOSE, Kind.COLON, Kind.SLASH})
MAX_PACK_COUNT = 500
LEADING_UNITS = frozenset({"cm", "mm", "kg", "gr", "ml", "cl", "lbs", "oz", "watt", "volt", "inch", "inches"})
"""Units that may stand right before their number (`cm 30`); other units are ordinary words too often."""


def share_units(terms: Sequence[Term], lexemes: Lexemes) -> list[Term]:
    """The terms, with a unit that is printed once for a product, a list or a heading given to all numbers it covers."""
    shared = _packs(terms, lexemes)
    for i in range(len(shared) - 2, -1, -1):
        if shared[i].unit is None and _share(shared[i], shared[i + 1], lexemes):
            shared[i] = replace(shared[i], unit=shared[i + 1].unit)
    for i in range(1, len(shared)):
        stands_alone = shared[i].unit is None and not _followed_by_word(shared[i], lexemes)
        if stands_alone and _share(shared[i - 1], shared[i], lexemes):
            shared[i] = replace(shared[i], unit=shared[i - 1].unit)
    return _from_heading(shared, lexemes)


def chains_of(terms: Sequence[Term], lexemes: Sequence[Lexeme]) -> list[Term]:
    """The terms, each with its position in its product of lengths and the size of that product."""
    placed = list(terms)
    start = 0
    for i in range(1, len(terms) + 1):
        if i < len(terms) and _in_product(terms[i - 1], terms[i], lexemes):
            continue
        for position in range(start, i):
            placed[position] = replace(placed[position], position=position - start, siblings=i - start)
        start = i
    return placed


def _packs(terms: Sequence[Term], lexemes: Sequence[Lexeme]) -> list[Term]:
    """The terms, with `2 x 500 ml` and `25 g x 4` as one term with a count; a product of lengths stays as it is."""
    packed: list[Term] = []
    for term in terms:
        before = packed[-1] if packed else None
        if before is None or not _only_times(before, term, lexemes):
            packed.append(term)
        elif _is_pack(before, term):
            packed[-1] = replace(term, count=int(before.value), first=before.first, start=before.start)
        elif _is_pack(term, before):
            packed[-1] = replace(before, count=int(term.value), last=term.last, end=term.end)
        else:
            packed.append(term)
    return packed


def _only_times(a: Term, b: Term, lexemes: Sequence[Lexeme]) -> bool:
    between = lexemes[a.last + 1 : b.first]
    return [lexeme.kind for lexeme in between] == [Kind.TIMES]


def _is_pack(count: Term, piece: Term) -> bool:
    if count.unit is not None or piece.unit is None or is_length(piece.unit):
        return False
    countable = count.value.is_integer() and 1 <= count.value <= MAX_PACK_COUNT
    return countable and count.count == piece.count == 1 and count.dimension is None


def _share(a: Term, b: Term, lexemes: Sequence[Lexeme]) -> bool:
    """Whether two numbers share a unit: only signs and names of dimensions stand between (`10 x 20`, `L10 W20`)."""
    between = lexemes[a.last + 1 : b.first]
    signs = [x.kind for x in between if x.dimension is None and x.kind is not Kind.PATTERN]
    if not between or any(kind not in _GLUE for kind in signs):
        return False
    has_names = len(between) > len(signs)
    return has_names or Kind.TIMES in signs or Kind.SLASH in signs


def _followed_by_word(term: Term, lexemes: Sequence[Lexeme]) -> bool:
    """Whether a word that names neither a dimension nor a unit stands right behind (`1A`): the number counts that."""
    behind = lexemes[term.last + 1] if term.last + 1 < len(lexemes) else None
    return behind is not None and behind.kind is Kind.WORD and behind.dimension is None and behind.unit is None


def _from_heading(terms: Sequence[Term], lexemes: Lexemes) -> list[Term]:
    """The terms, with units in brackets or before a colon given to the bare numbers that they head."""
    headings = [i for i, lexeme in enumerate(lexemes) if lexeme.unit and _is_heading(lexemes, i)]
    if not headings:
        return list(terms)
    return [
        replace(term, unit=unit)
        if term.unit is None and not _followed_by_word(term, lexemes) and (unit := _heading(term, headings, lexemes))
        else term
        for term in terms
    ]


def _is_heading(lexemes: Sequence[Lexeme], at: int) -> bool:
    before = lexemes[at - 1].kind if at else None
    after = lexemes[at + 1].kind if at + 1 < len(lexemes) else None
    bracketed = before is Kind.OPEN and after is Kind.CLOSE and not is_letter_behind_number(lexemes, at)
    announced = after is Kind.COLON and before is not Kind.NUMBER
    closes = before is Kind.CLOSE and at > 1 and lexemes[at - 2].kind is Kind.PATTERN
    leads = after is Kind.NUMBER and before is not Kind.NUMBER and lexemes[at].text in LEADING_UNITS
    return bracketed or announced or closes or leads


def _heading(term: Term, headings: Sequence[int], lexemes: Lexemes) -> str | None:
    """The unit of the last heading before the term, else of the first one behind it if no word follows the term."""
    before = bisect_left(headings, term.first)
    if before:
        heading = headings[before - 1]
        return None if _other_heading(lexemes[heading + 1 : term.first]) else lexemes[heading].unit
    after = bisect_right(headings, term.last)
    near_end = lexemes.last_word <= term.last
    return lexemes[headings[after]].unit if near_end and after < len(headings) else None


def _other_heading(between: Sequence[Lexeme]) -> bool:
    """Whether a word before a colon heads something else (`Voltage: 5 V Standard: EN 1234`)."""
    return any(
        word.kind is Kind.WORD and not word.unit and not word.dimension and colon.text == ":"
        for word, colon in pairwise(between)
    )


def _in_product(a: Term, b: Term, lexemes: Sequence[Lexeme]) -> bool:
    between = lexemes[a.last + 1 : b.first]
    signs = [x.kind for x in between if x.dimension is None and x.kind not in {Kind.OPEN, Kind.CLOSE}]
    return signs == [Kind.TIMES]
