"""Which extent each number of a line is said to be: by a letter, a word, or a pattern of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rules.chains import chains_of
from rules.lexer import Kind, Lexeme
from rules.terms import Term, same_measure

_PASSED_OVER = frozenset({Kind.OPEN, Kind.CLOSE, Kind.COLON, Kind.RANGE})


def with_roles(terms: Sequence[Term], lexemes: Sequence[Lexeme]) -> list[Term]:
    """The terms with the roles that patterns (`L x W x H`) and single words or letters give them."""
    named = _by_pattern(terms, lexemes)
    term_at = _term_at(named, len(lexemes))
    prefix_style = _prefix_style(named, lexemes, term_at)
    for at, lexeme in enumerate(lexemes):
        if lexeme.role is None or term_at[at] is not None:
            continue
        i = _owner(term_at, lexemes, at, prefix_style)
        if i is not None and named[i].role is None:
            named[i] = replace(named[i], role=lexeme.role)
    return _second_units(named, lexemes)


def _term_at(terms: Sequence[Term], size: int) -> list[int | None]:
    """For each of `size` lexemes the position of the term that it is part of."""
    found: list[int | None] = [None] * size
    for i, term in enumerate(terms):
        found[term.first : term.last + 1] = [i] * (term.last + 1 - term.first)
    return found


def _second_units(terms: Sequence[Term], lexemes: Sequence[Lexeme]) -> list[Term]:
    """The same measure printed in a second unit (`height 16.5"/42cm`) is the same extent."""
    named = list(terms)
    for i in range(1, len(named)):
        a, b = named[i - 1], named[i]
        between = lexemes[a.last + 1 : b.first]
        if b.role is None and a.role and all(x.kind in _PASSED_OVER or x.kind is Kind.SLASH for x in between):
            named[i] = replace(b, role=a.role if same_measure(a, b) else None)
    return named


def _by_pattern(terms: Sequence[Term], lexemes: Sequence[Lexeme]) -> list[Term]:
    """The terms of each product that has as many numbers as a pattern has roles; the first such pattern counts."""
    named = list(terms)
    patterns: dict[int, tuple[str, ...]] = {}
    for lexeme in lexemes:
        if lexeme.kind is Kind.PATTERN:
            patterns.setdefault(len(lexeme.roles), lexeme.roles)
    if not patterns:
        return named
    for first, term in enumerate(chains_of(terms, lexemes)):
        if term.position == 0 and term.siblings in patterns and term.role is None:
            for offset, role in enumerate(patterns[term.siblings]):
                named[first + offset] = replace(named[first + offset], role=role)
    return named


def _prefix_style(terms: Sequence[Term], lexemes: Sequence[Lexeme], term_at: Sequence[int | None]) -> bool:
    """Whether the line puts names before numbers (`W 30 H 40`) rather than behind (`30 W 40 H`)."""
    first_role = next((i for i, x in enumerate(lexemes) if x.role and term_at[i] is None), None)
    return first_role is not None and bool(terms) and first_role < terms[0].first


def _owner(term_at: Sequence[int | None], lexemes: Sequence[Lexeme], at: int, prefix_style: bool) -> int | None:
    left = _neighbour(term_at, lexemes, at, -1)
    right = _neighbour(term_at, lexemes, at, 1)
    if left is not None and right is not None:
        return right if prefix_style else left
    return left if left is not None else right


def _neighbour(term_at: Sequence[int | None], lexemes: Sequence[Lexeme], at: int, step: int) -> int | None:
    """The term beside lexeme `at`, with at most brackets, a colon and one filler word between."""
    fillers = 1
    at += step
    while 0 <= at < len(lexemes):
        term = term_at[at]
        if term is not None:
            return term
        lexeme = lexemes[at]
        if lexeme.kind is Kind.WORD and lexeme.role is None and step > 0 and fillers:
            fillers -= 1
        elif lexeme.kind not in _PASSED_OVER and not (lexeme.unit and lexeme.role is None):
            return None
        at += step
    return None
