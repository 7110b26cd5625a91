"""A term: one number of a line with the unit that follows it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rules.dimension_table import DEPTH, HEIGHT
from rules.lexer import Kind, Lexeme, Lexemes, is_letter_behind_number
from rules.unit_table import LENGTH
from rules.units import KIND_OF, convert, in_base


@dataclass(frozen=True, slots=True)
class Term:
    """A number, `first` to `last` its lexemes' positions, `start` to `end` its span in the text."""

    value: float
    unit: str | None
    first: int
    last: int
    start: int
    end: int
    upper: float | None = None
    count: int = 1
    role: str | None = None
    position: int = 0
    siblings: int = 1
    unit_printed: bool = False


COMPOUNDS: dict[tuple[str, str], str] = {("foot", "inch"): "inch", ("pound", "ounce"): "ounce"}
"""Two units that make one measure when printed side by side: `5' 10"`, `2 lb 3 oz`, and the unit of the whole."""


def terms_of(lexemes: Lexemes) -> list[Term]:
    """One term for each number of the line, compounds joined, tolerances (`± 7`) left out."""
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
    unit = lexemes[unit_at].unit
    return Term(
        number.value,
        unit,
        first,
        last,
        number.start,
        end,
        role=_letter_before(lexemes, unit_at, first),
        unit_printed=True,
    )


def _letter_before(lexemes: Sequence[Lexeme], unit_at: int, first: int) -> str | None:
    """The role letter between a number and its unit (`10H in`)."""
    between = lexemes[first + 1 : unit_at]
    return next((lexeme.role for lexeme in between if lexeme.role), None)


def _skip_tolerance(lexemes: Sequence[Lexeme], at: int) -> int:
    following = lexemes[at + 1 : at + 3]
    if [lexeme.kind for lexeme in following] == [Kind.PLUS_MINUS, Kind.NUMBER]:
        return at + 2
    return at


def _unit_position(lexemes: Lexemes, last: int) -> int | None:
    """Where the unit of a number that ends at `last` stands: behind it, behind a hyphen, or in brackets."""
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


def _bracketed_letter(lexemes: Sequence[Lexeme], at: int) -> bool:
    kinds = [lexeme.kind for lexeme in lexemes[at : at + 3]]
    return kinds == [Kind.OPEN, Kind.WORD, Kind.CLOSE] and is_letter_behind_number(lexemes, at + 1)


def _starts_number(lexemes: Sequence[Lexeme], at: int) -> bool:
    return lexemes[at].role is not None and at + 1 < len(lexemes) and lexemes[at + 1].kind is Kind.NUMBER


def _is_unit(lexemes: Lexemes, at: int) -> bool:
    lexeme = lexemes[at]
    if lexeme.unit is None:
        return False
    return lexeme.role is None or not _letter_means_role(lexemes, at)


def _letter_means_role(lexemes: Lexemes, at: int) -> bool:
    """Whether a `w` or `l` behind a number names an extent: in `30W x 20H`, not in `30W` or `6 x 1.5 L`."""
    counts = lexemes.roles_behind_numbers
    own = is_letter_behind_number(lexemes, at)
    others = {role for role, count in counts.items() if count > (own and role == lexemes[at].role)}
    in_product = any(lexeme.kind is Kind.TIMES for lexeme in [*lexemes[max(0, at - 3) : at], *lexemes[at + 1 : at + 3]])
    return bool(others & {DEPTH, HEIGHT}) or (in_product and bool(others - {lexemes[at].role}))


def _compound(first: Term, second: Term, lexemes: Sequence[Lexeme]) -> Term | None:
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
    if whole is None or unit is None or second.value >= convert(1.0, first.unit, unit):
        return None
    value = convert(first.value, first.unit, whole) + convert(second.value, unit, whole)
    return replace(first, value=round(value, 10), unit=whole, last=second.last, end=second.end)


def is_length(unit: str | None) -> bool:
    """Whether `unit` measures a length."""
    return unit is not None and KIND_OF[unit] == LENGTH


SAME_MEASURE = 0.03
"""Relative difference up to which two printed measures are one, rounded in two units."""


ROUGHLY_THE_SAME = 0.15
"""Relative difference up to which a mark is taken for a misread inch: a foot would differ twelvefold."""


def same_measure(a: Term, b: Term, within: float = SAME_MEASURE) -> bool:
    """Whether two terms state one measure in two different units, `within` a relative difference."""
    if a.unit is None or b.unit is None or a.unit == b.unit or KIND_OF[a.unit] != KIND_OF[b.unit]:
        return False
    first, second = in_base(a.value, a.unit), in_base(b.value, b.unit)
    return abs(first - second) <= within * max(first, second)


def mend_marks(terms: Sequence[Term]) -> list[Term]:
    """The terms, with a foot mark that was an inch mark mended where another unit shows it (`9 mm / 0.35'`)."""
    if not any(term.unit == "foot" for term in terms):
        return list(terms)
    lengths = sorted((t for t in terms if is_length(t.unit) and t.unit != "inch"), key=_in_base)
    sizes = [_in_base(t) for t in lengths]
    return [_inches_if_shown(term, lengths, sizes) if term.unit == "foot" else term for term in terms]


def _inches_if_shown(term: Term, lengths: Sequence[Term], sizes: Sequence[float]) -> Term:
    """The term in inches where one of `lengths`, in the order of their `sizes`, is roughly as long."""
    inches = replace(term, unit="inch")
    at = bisect_left(sizes, _in_base(inches))
    closest = lengths[max(at - 1, 0) : at + 1]
    return inches if any(same_measure(inches, other, ROUGHLY_THE_SAME) for other in closest) else term


def _in_base(term: Term) -> float:
    assert term.unit is not None
    return in_base(term.value, term.unit)


_SAME_MEASURE_BETWEEN = frozenset({Kind.OPEN, Kind.CLOSE, Kind.SLASH, Kind.COLON, Kind.OTHER})
MAX_LOST_DIGITS = 3


def mend_points(terms: Sequence[Term], lexemes: Sequence[Lexeme]) -> list[Term]:
    """The terms, with a decimal point set again, or a stray one left out, where a second unit shows it.

    Only of two numbers that a sign joins. Of these a whole one that is too large by a power of ten has lost its point
    (`5 lb (227 kg)`, `Net.75 oz (21 g)`); one that begins with a point has a speck before it (`.90 kg / 200 lb`).
    """
    mended = list(terms)
    for i in range(len(mended) - 1):
        a, b = mended[i], mended[i + 1]
        between = lexemes[a.last + 1 : b.first]
        if between and all(x.kind in _SAME_MEASURE_BETWEEN for x in between):
            mended[i] = _with_point(a, b, lexemes)
            mended[i + 1] = _with_point(b, mended[i], lexemes)
    return mended


def _with_point(term: Term, other: Term, lexemes: Sequence[Lexeme]) -> Term:
    digits, others = lexemes[term.first].text, lexemes[other.first].text
    if term.upper is not None or term.count != 1 or same_measure(term, other):
        return term
    if digits.startswith("."):
        values = [float(digits[1:])]
    elif digits.isdigit() and not others.startswith("."):
        pointed = term.first > 0 and lexemes[term.first - 1].text == "."
        most = min(len(digits) if pointed else len(digits) - 1, MAX_LOST_DIGITS)
        values = [round(term.value / 10**lost, 10) for lost in range(1, most + 1)]
    else:
        values = []
    return next((t for value in values if same_measure(t := replace(term, value=value), other)), term)
