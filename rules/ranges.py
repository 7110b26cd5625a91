"""Ranges: two numbers of a line that are the ends of one measure (`100-240V`, `3 to 5 kg`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rules.lexer import Kind, Lexeme
from rules.terms import Term

SLASH_RANGES = frozenset({"volt", "kilovolt"})
"""Units of which `110/220` states a range: both voltages that a device works with."""


def join_ranges(terms: Sequence[Term], lexemes: Sequence[Lexeme]) -> list[Term]:
    """The terms, with one for each pair that a range sign joins; its `upper` is the second number."""
    joined: list[Term] = []
    for term in terms:
        before = joined[-1] if joined else None
        if before is not None and _is_range(before, term, lexemes):
            joined[-1] = replace(before, upper=term.value, unit=term.unit, last=term.last, end=term.end)
        else:
            joined.append(term)
    return joined


def _is_range(low: Term, high: Term, lexemes: Sequence[Lexeme]) -> bool:
    between = [lexeme.kind for lexeme in lexemes[low.last + 1 : high.first]]
    if between != [Kind.RANGE] and not (between == [Kind.SLASH] and high.unit in SLASH_RANGES):
        return False
    if low.upper is not None or high.unit is None or low.unit not in {None, high.unit}:
        return False
    return low.value < high.value
