"""The grammar of answers: `unanswerable`, or a number and a unit that the entity allows."""

from __future__ import annotations

import re
from functools import lru_cache

from rules.amount import Amount
from rules.constants import ENTITY_UNITS
from rules.normalise import is_plausible
from vlm.prompt import UNANSWERABLE

WHOLE_DIGITS, DECIMALS = 6, 4
"""Most digits before and after the point; products have no longer numbers."""

_WHOLE = rf"(?:[1-9]\d{{0,{WHOLE_DIGITS - 1}}}|0)"
_NUMBER = re.compile(rf"{_WHOLE}(?:\.\d{{1,{DECIMALS}}})?")
_NUMBER_SO_FAR = re.compile(rf"{_WHOLE}(?:\.(?:\d{{0,{DECIMALS}}}))?")
_HOPELESS_ZERO = re.compile(rf"0\.0{{{DECIMALS}}}")


class AnswerGrammar:
    """The answers for one entity, all of which `rules.normalise.normalise` accepts. Numbers are above zero, plausible
    for their unit, and without sign, thousands separators and leading zeros."""

    def __init__(self, entity: str) -> None:
        """Raises KeyError for an entity that `rules.constants` does not list."""
        self._entity = entity
        longest_unit = max(map(len, ENTITY_UNITS[entity]))
        self.longest = max(len(UNANSWERABLE), WHOLE_DIGITS + 1 + DECIMALS + 1 + longest_unit)
        """Characters of the longest answer."""

    def begins(self, text: str) -> bool:
        """Whether some answer begins with `text`."""
        if UNANSWERABLE.startswith(text):
            return True
        number, blank, unit = text.partition(" ")
        if blank:
            return any(name.startswith(unit) for name in _plausible_units(number, self._entity))
        return bool(_NUMBER_SO_FAR.fullmatch(number)) and not _HOPELESS_ZERO.fullmatch(number)

    def is_answer(self, text: str) -> bool:
        """Whether `text` is an answer."""
        number, _, unit = text.partition(" ")
        return text == UNANSWERABLE or unit in _plausible_units(number, self._entity)


@lru_cache(maxsize=4096)
def _plausible_units(number: str, entity: str) -> tuple[str, ...]:
    """The units that `number` may have in an answer for an entity; none for other texts than such a number."""
    if not _NUMBER.fullmatch(number):
        return ()
    return tuple(unit for unit in sorted(ENTITY_UNITS[entity]) if is_plausible(Amount(float(number), unit), entity))
