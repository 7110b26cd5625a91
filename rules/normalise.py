"""The answer that a text states for an entity, whether OCR or a model gave the text.

>>> str(normalise("about 5 dm", "width"))
'50.0 centimetre'
>>> normalise("5 kg", "width")
<Rejection.WRONG_UNIT: 'wrong_unit'>
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from rules.amount import Amount, Rejection, rounded
from rules.entities import OFFICIAL, EntityTable, allowed_unit
from rules.fold import fold
from rules.quantity import Quantity, find_quantities
from rules.units import convert, in_base

UNANSWERABLE = frozenset(
    {"unanswerable", "none", "n/a", "na", "nan", "null", "not stated", "not given", "unknown", "not available"}
)
"""Words of models for "the picture does not say"."""

SAME_MEASURE = 0.02
"""Relative difference up to which two printed measures are one measure in two units."""

_UNANSWERABLE = re.compile("|".join(rf"(?<!\w){re.escape(words)}(?!\w)" for words in sorted(UNANSWERABLE)))
_RANGE_LIST = re.compile(r"^\s*\[\s*([^,\]]+),\s*([^,\]]+)\]\s*([^\d]+)$")
_EXPONENT = re.compile(r"(?<![\w.])\d+(?:\.\d+)?e[+-]?\d{1,3}(?![\w.])", re.IGNORECASE)
_NEGATIVE = re.compile(r"^\D*?(?<!\w)-\s?[\d.]")
_DIGIT = re.compile(r"\d|[½⅓⅔¼¾⅛⅜⅝⅞]")
_UNIT_WORD = re.compile(r"\d\s*(?!x(?![^\W\d_]))[^\s\d.,;:()/x-]", re.IGNORECASE)


def normalise(text: str, entity: str, table: EntityTable = OFFICIAL) -> Amount | Rejection:
    """The allowed answer that `text` states for `entity`, or the reason to reject it; never raises on text.

    A unit allowed for the entity stays, with its number; another known unit is converted. Of a range the upper end
    counts. Raises KeyError for an entity that the table does not have.
    """
    allowed = table[entity].units
    if not text.strip():
        return Rejection.EMPTY
    if _UNANSWERABLE.search(fold(text)) and not _DIGIT.search(text):
        return Rejection.UNANSWERABLE
    quantities = find_quantities(_plain(text), table.lexicon_of(entity))
    usable = [q for q in quantities if allowed_unit(q.unit, entity, table)]
    if not usable:
        return _rejection(text, quantities)
    if _NEGATIVE.match(text):
        return Rejection.NOT_POSITIVE
    answers = [answer_of(q, entity, table) for q in usable]
    if not _one_measure(answers):
        return Rejection.AMBIGUOUS
    without_conversion = [a for a, q in zip(answers, usable, strict=True) if q.unit in allowed]
    answer = (without_conversion or answers)[0]
    return answer if is_plausible(answer, entity, table) else Rejection.IMPLAUSIBLE


def answer_of(quantity: Quantity, entity: str, table: EntityTable = OFFICIAL) -> Amount:
    """The quantity in a unit allowed for `entity`; raises ValueError when it cannot be converted to one.

    Of a range the upper end, of a pack one piece.
    """
    target = allowed_unit(quantity.unit, entity, table)
    if target is None:
        raise ValueError(f"{quantity.unit} is not a unit for {entity}")
    value = quantity.value if quantity.upper is None else quantity.upper
    converted = convert(value, quantity.unit, target)
    return Amount(converted if converted == value else rounded(converted), target)


def is_plausible(answer: Amount, entity: str, table: EntityTable = OFFICIAL) -> bool:
    """Whether a product can have such a measure."""
    return table[entity].is_plausible(answer)


def _plain(text: str) -> str:
    """The text with `[100, 240] volt` as a range, and without exponents."""
    ends = _RANGE_LIST.match(text)
    if ends:
        text = f"{ends[1].strip()} - {ends[2].strip()} {ends[3].strip()}"
    return _EXPONENT.sub(_without_exponent, text)


def _without_exponent(number: re.Match[str]) -> str:
    return format(Decimal(number[0]), "f")


def _one_measure(answers: Sequence[Amount]) -> bool:
    bases = [in_base(answer.value, answer.unit) for answer in answers]
    return max(bases) - min(bases) <= SAME_MEASURE * max(bases)


def _rejection(text: str, quantities: Sequence[Quantity]) -> Rejection:
    """The reason to reject a text whose quantities, if any, have no unit for the entity."""
    if quantities:
        return Rejection.WRONG_UNIT
    if not _DIGIT.search(text):
        return Rejection.NO_NUMBER
    if _is_zero(text):
        return Rejection.NOT_POSITIVE
    return Rejection.UNKNOWN_UNIT if _UNIT_WORD.search(text) else Rejection.NO_UNIT


def _is_zero(text: str) -> bool:
    numbers = re.findall(r"\d+(?:\.\d+)?", text)
    return bool(numbers) and all(float(n) == 0 for n in numbers)
