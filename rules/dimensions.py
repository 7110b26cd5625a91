"""The dimension that a line names for each of its numbers: by a letter, a word, or a pattern of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rules.chains import chains_of
from rules.lexer import Kind, Lexeme
from rules.terms import Term, same_measure

_BETWEEN = frozenset({Kind.OPEN, Kind.CLOSE, Kind.COLON, Kind.RANGE})
"""Signs that may stand between a name and its number."""


def with_dimensions(terms: Sequence[Term], lexemes: Sequence[Lexeme]) -> list[Term]:
    """The terms with the dimensions that patterns (`L x W x H`) and single words or letters give them."""
    named = _by_pattern(terms, lexemes)
    term_at = _term_at(named, len(lexemes))
    prefix_style = _prefix_style(named, lexemes, term_at)
    for at, lexeme in enumerate(lexemes):
        if lexeme.dimension is None or term_at[at] is not None:
            continue
        i = _owner(term_at, lexemes, at, prefix_style)
        if i is not None and named[i].dimension is None:
            named[i] = replace(named[i], dimension=lexeme.dimension)
    return _second_units(named, lexemes)


def _by_pattern(terms: Sequence[Term], lexemes: Sequence[Lexeme]) -> list[Term]:
    """The terms, with a product named by the first pattern that has as many dimensions as the product has numbers."""
    named = list(terms)
    patterns: dict[int, tuple[str, ...]] = {}
    for lexeme in lexemes:
        if lexeme.kind is Kind.PATTERN:
            patterns.setdefault(len(lexeme.dimensions), lexeme.dimensions)
    if not patterns:
        return named
    for first, term in enumerate(chains_of(terms, lexemes)):
        if term.position == 0 and term.siblings in patterns and term.dimension is None:
            for offset, dimension in enumerate(patterns[term.siblings]):
                named[first + offset] = replace(named[first + offset], dimension=dimension)
    return named


def _term_at(terms: Sequence[Term], size: int) -> list[int | None]:
    """For each of `size` lexemes the position of the term that holds it; None where no term does."""
    positions: list[int | None] = [None] * size
    for i, term in enumerate(terms):
        positions[term.first : term.last + 1] = [i] * (term.last + 1 - term.first)
    return positions


def _prefix_style(terms: Sequence[Term], lexemes: Sequence[Lexeme], term_at: Sequence[int | None]) -> bool:
    """Whether the names of a line stand before its numbers (`W 30 H 40`), not behind (`30 W 40 H`)."""
    first_dimension = next((i for i, x in enumerate(lexemes) if x.dimension and term_at[i] is None), None)
    return first_dimension is not None and bool(terms) and first_dimension < terms[0].first


def _owner(term_at: Sequence[int | None], lexemes: Sequence[Lexeme], at: int, prefix_style: bool) -> int | None:
    """The position of the term that the name at lexeme `at` belongs to."""
    left = _neighbour(term_at, lexemes, at, -1)
    right = _neighbour(term_at, lexemes, at, 1)
    if left is not None and right is not None:
        return right if prefix_style else left
    return left if left is not None else right


def _neighbour(term_at: Sequence[int | None], lexemes: Sequence[Lexeme], at: int, step: int) -> int | None:
    """The position of the next term to the right (`step` 1) or left (-1) of lexeme `at`.

    Brackets, colons, range signs and units may stand between, and to the right one other word; else None.
    """
    fillers = 1
    at += step
    while 0 <= at < len(lexemes):
        term = term_at[at]
        if term is not None:
            return term
        lexeme = lexemes[at]
        if lexeme.kind is Kind.WORD and lexeme.dimension is None and step > 0 and fillers:
            fillers -= 1
        elif lexeme.kind not in _BETWEEN and not (lexeme.unit and lexeme.dimension is None):
            return None
        at += step
    return None


def _second_units(terms: Sequence[Term], lexemes: Sequence[Lexeme]) -> list[Term]:
    """The terms, with one that repeats its neighbour in another unit in the same dimension (`height 16.5"/42cm`)."""
    named = list(terms)
    for i in range(1, len(named)):
        a, b = named[i - 1], named[i]
        between = lexemes[a.last + 1 : b.first]
        if b.dimension is None and a.dimension and all(x.kind in _BETWEEN or x.kind is Kind.SLASH for x in between):
            named[i] = replace(b, dimension=a.dimension if same_measure(a, b) else None)
    return named
