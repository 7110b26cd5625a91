"""Terms: the numbers of a line, each with the unit that follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rules.dimension_table import DEPTH, HEIGHT
from rules.lexer import Kind, Lexeme, Lexemes, is_letter_behind_number
from rules.unit_table import LENGTH
from rules.units import convert, in_base, kind_of

COMPOUNDS: dict[tuple[str, str], str] = {("foot", "inch"): "inch", ("pound", "ounce"): "ounce"}
"""Two units that make one measure side by side (`5' 10"`, `2 lb 3 oz`), and the unit of the whole."""
SAME_MEASURE = 0.03
"""Relative difference up to which two terms state one measure, rounded in two units."""


@dataclass(frozen=True, slots=True)
class Term:
    """A number; `first` to `last` are the positions of its lexemes, `start` to `end` is its span in the text."""

    value: float
    unit: str | None
    first: int
    last: int
    start: int
    end: int
    upper: float | None = None
    count: int = 1
    dimension: str | None = None
    position: int = 0
    siblings: int = 1


def terms_of(lexemes: Lexemes) -> list[Term]:
    """The numbers of a line; compounds are one term, tolerances (`± 7`) are left out."""
    terms: list[Term] = []
    at = 0
    while at < len(lexemes):
        tolerance = bool(terms) and lexemes[at - 1].kind is Kind.PLUS_MINUS
        if lexemes[at].kind is not Kind.NUMBER or tolerance:
            at += 1
            continue
        term = _term(lexemes, at)
        at = term.last + 1
        joined = _compound(terms[-1], term, lexemes) if terms else None
        if joined:
            terms[-1] = joined
        else:
            terms.append(term)
    return terms


def same_measure(a: Term, b: Term, within: float = SAME_MEASURE) -> bool:
    """Whether two terms state one measure in two units; `within` is the largest relative difference."""
    if a.unit is None or b.unit is None or a.unit == b.unit or kind_of(a.unit) != kind_of(b.unit):
        return False
    first, second = in_base(a.value, a.unit), in_base(b.value, b.unit)
    return abs(first - second) <= within * max(first, second)


def is_length(unit: str | None) -> bool:
    """Whether `unit` measures a length."""
    return unit is not None and kind_of(unit) == LENGTH


def _term(lexemes: Lexemes, first: int) -> Term:
    number = lexemes[first]
    last = _skip_tolerance(lexemes, first)
    unit_at = _unit_position(lexemes, last)
    if unit_at is None:
        return Term(number.value, None, first, last, number.start, lexemes[last].end)
    last = unit_at
    if last + 1 < len(lexemes) and lexemes[last + 1].kind is Kind.CLOSE and lexemes[last - 1].kind is Kind.OPEN:
        last += 1
    end = lexemes[last].end
    tolerance_end = _skip_tolerance(lexemes, last)
    if tolerance_end > last:
        extra = _unit_position(lexemes, tolerance_end)
        last = extra if extra is not None else tolerance_end
    dimension = _letter_before(lexemes, unit_at, first)
    return Term(number.value, lexemes[unit_at].unit, first, last, number.start, end, dimension=dimension)


def _unit_position(lexemes: Lexemes, last: int) -> int | None:
    """The position of the unit of a number that ends at `last`: right behind it, behind a hyphen, or in brackets."""
    at = last + 1
    if at >= len(lexemes):
        return None
    if _is_unit(lexemes, at):
        return at
    if _bracketed_letter(lexemes, at) and at + 3 < len(lexemes) and _is_unit(lexemes, at + 3):
        return at + 3
    behind = at + 1
    if behind >= len(lexemes) or not lexemes[behind].unit:
        return None
    if is_letter_behind_number(lexemes, at):
        return behind
    if lexemes[at].kind is Kind.RANGE and lexemes[at].end - lexemes[at].start == 1:
        return behind if not _starts_number(lexemes, behind) else None
    closed = behind + 1 < len(lexemes) and lexemes[behind + 1].kind is Kind.CLOSE
    return behind if lexemes[at].kind is Kind.OPEN and closed and _is_unit(lexemes, behind) else None


def _is_unit(lexemes: Lexemes, at: int) -> bool:
    lexeme = lexemes[at]
    if lexeme.unit is None:
        return False
    return lexeme.dimension is None or not _letter_means_dimension(lexemes, at)


def _letter_means_dimension(lexemes: Lexemes, at: int) -> bool:
    """Whether a `w` or `l` behind a number names a dimension: in `30W x 20H`, not in `30W` or `6 x 1.5 L`."""
    counts = lexemes.dimensions_behind_numbers
    own = is_letter_behind_number(lexemes, at)
    others = {dimension for dimension, count in counts.items() if count > (own and dimension == lexemes[at].dimension)}
    in_product = any(lexeme.kind is Kind.TIMES for lexeme in [*lexemes[max(0, at - 3) : at], *lexemes[at + 1 : at + 3]])
    return bool(others & {DEPTH, HEIGHT}) or (in_product and bool(others - {lexemes[at].dimension}))


def _bracketed_letter(lexemes: Sequence[Lexeme], at: int) -> bool:
    kinds = [lexeme.kind for lexeme in lexemes[at : at + 3]]
    return kinds == [Kind.OPEN, Kind.WORD, Kind.CLOSE] and is_letter_behind_number(lexemes, at + 1)


def _starts_number(lexemes: Sequence[Lexeme], at: int) -> bool:
    return lexemes[at].dimension is not None and at + 1 < len(lexemes) and lexemes[at + 1].kind is Kind.NUMBER


def _skip_tolerance(lexemes: Sequence[Lexeme], at: int) -> int:
    following = lexemes[at + 1 : at + 3]
    if [lexeme.kind for lexeme in following] == [Kind.PLUS_MINUS, Kind.NUMBER]:
        return at + 2
    return at


def _letter_before(lexemes: Sequence[Lexeme], unit_at: int, first: int) -> str | None:
    """The dimension that a letter between a number and its unit names (`10H in`)."""
    between = lexemes[first + 1 : unit_at]
    return next((lexeme.dimension for lexeme in between if lexeme.dimension), None)


def _compound(first: Term, second: Term, lexemes: Sequence[Lexeme]) -> Term | None:
    """Both terms as one of `COMPOUNDS`, the inches of `5' 10` perhaps without a mark; None where they are not."""
    between = lexemes[first.last + 1 : second.first]
    if between and any(b.kind is not Kind.RANGE and b.kind is not Kind.OTHER for b in between):
        return None
    if first.unit is None or len(between) > 1 or any(b.end - b.start > 1 for b in between):
        return None
    unit = second.unit
    if unit is None and first.unit == "foot" and second.first == first.last + 1 and second.value < 12:
        follows = second.last + 1
        if follows < len(lexemes) and lexemes[follows].kind is Kind.TIMES:
            return None
        unit = "inch" if lexemes[first.last].end == second.start else None
    whole = COMPOUNDS.get((first.unit, unit or ""))
    if whole is None or unit is None:
        return None
    if second.value >= convert(1.0, first.unit, unit):
        return _point_for_mark(first, second, lexemes)
    value = convert(first.value, first.unit, whole) + convert(second.value, unit, whole)
    return replace(first, value=round(value, 10), unit=whole, last=second.last, end=second.end)


def _point_for_mark(first: Term, second: Term, lexemes: Sequence[Lexeme]) -> Term | None:
    """Both terms as one decimal number where the mark of feet between them is a misread point (`6'29"` for `6.29"`).

    So many inches would be another foot. Only whole numbers that touch the mark on both sides.
    """
    mark, whole, digits = lexemes[first.last], lexemes[first.first].text, lexemes[second.first].text
    touch = first.last == first.first + 1 and lexemes[first.first].end == mark.start and mark.end == second.start
    if mark.text != "'" or not touch or not (whole.isdigit() and digits.isdigit()):
        return None
    return replace(first, value=float(f"{whole}.{digits}"), unit=second.unit, last=second.last, end=second.end)
