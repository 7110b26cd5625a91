"""Corrects foot marks and decimal points that OCR misread, where the same measure in another unit shows it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from rules.lexer import Kind, Lexeme
from rules.terms import Term, is_length, same_measure
from rules.units import in_base

ROUGHLY_THE_SAME = 0.15
"""Relative difference up to which a foot mark is a misread inch mark: in feet the difference would be twelvefold."""
MAX_LOST_DIGITS = 3
"""Most digits behind a decimal point that was lost."""
_JOINING_SIGNS = frozenset({Kind.OPEN, Kind.CLOSE, Kind.SLASH, Kind.COLON, Kind.OTHER})


def correct_marks(terms: Sequence[Term]) -> list[Term]:
    """The terms, with inches for a foot mark where another unit shows it to be misread (`9 mm / 0.35'`)."""
    if not any(term.unit == "foot" for term in terms):
        return list(terms)
    lengths = sorted((t for t in terms if is_length(t.unit) and t.unit != "inch"), key=_in_base)
    sizes = [_in_base(t) for t in lengths]
    return [_inches_if_shown(term, lengths, sizes) if term.unit == "foot" else term for term in terms]


def correct_points(terms: Sequence[Term], lexemes: Sequence[Lexeme]) -> list[Term]:
    """The terms, with decimal points corrected where a sign joins two units that then state one measure.

    A whole number too large by a power of ten has lost its point (`5 lb (227 kg)`, `Net.75 oz (21 g)`); a number that
    begins with a point has a speck before it (`.90 kg / 200 lb`).
    """
    corrected = list(terms)
    for i in range(len(corrected) - 1):
        a, b = corrected[i], corrected[i + 1]
        between = lexemes[a.last + 1 : b.first]
        if between and all(x.kind in _JOINING_SIGNS for x in between):
            corrected[i] = _with_point(a, b, lexemes)
            corrected[i + 1] = _with_point(b, corrected[i], lexemes)
    return corrected


def _inches_if_shown(term: Term, lengths: Sequence[Term], sizes: Sequence[float]) -> Term:
    """The term in inches where one of `lengths`, in the order of their `sizes`, is roughly as long; else as it is."""
    inches = replace(term, unit="inch")
    at = bisect_left(sizes, _in_base(inches))
    closest = lengths[max(at - 1, 0) : at + 1]
    return inches if any(same_measure(inches, other, ROUGHLY_THE_SAME) for other in closest) else term


def _in_base(term: Term) -> float:
    assert term.unit is not None
    return in_base(term.value, term.unit)


def _with_point(term: Term, other: Term, lexemes: Sequence[Lexeme]) -> Term:
    """The term with its decimal point where it states the measure of `other`; else as it is."""
    digits, others = lexemes[term.first].text, lexemes[other.first].text
    if term.upper is not None or term.count != 1 or same_measure(term, other):
        return term
    if digits.startswith("."):
        values = [float(digits[1:])]
    elif digits.isdigit() and not others.startswith("."):
        point_before = term.first > 0 and lexemes[term.first - 1].text == "."
        most = min(len(digits) if point_before else len(digits) - 1, MAX_LOST_DIGITS)
        values = [round(term.value / 10**lost, 10) for lost in range(1, most + 1)]
    else:
        values = []
    return next((t for value in values if same_measure(t := replace(term, value=value), other)), term)
