"""The grammar of answers: `unanswerable`, or a number and a unit."""

from __future__ import annotations

import re
from functools import lru_cache

from rules.amount import Amount
from rules.constants import ENTITY_UNITS
from rules.normalise import is_plausible
from rules.quantity import find_quantities
from rules.units import KIND_OF
from vlm.prompt import UNANSWERABLE

WHOLE_DIGITS, DECIMALS = 6, 4
"""Most digits before and after the point; products have no longer numbers."""

KNOWN_UNITS = tuple(unit for unit in sorted(KIND_OF) if [q.unit for q in find_quantities(f"1 {unit}")] == [unit])
"""The units that the rules read by their full names; `imperial fluid ounce` is a word too long for them."""

_WHOLE = rf"(?:[1-9][0-9]{{0,{WHOLE_DIGITS - 1}}}|0)"
_NUMBER = re.compile(rf"{_WHOLE}(?:\.[0-9]{{1,{DECIMALS}}})?")
_NUMBER_SO_FAR = re.compile(rf"{_WHOLE}(?:\.(?:[0-9]{{0,{DECIMALS}}}))?")
_HOPELESS_ZERO = re.compile(rf"0\.0{{{DECIMALS}}}")


class AnswerGrammar:
    """The answers for one entity. Numbers are above zero, without sign, thousands separators and leading zeros.

    Units are those that the entity allows, and numbers plausible for them: `rules.normalise.normalise` accepts all
    answers. With `any_unit` they are all that the rules know, the answer is theirs to convert or to reject.
    """

    def __init__(self, entity: str, *, any_unit: bool = False) -> None:
        """Raises KeyError for an entity that `rules.constants` does not list."""
        self._entity = entity
        self._any_unit = any_unit
        longest_unit = max(map(len, KNOWN_UNITS if any_unit else ENTITY_UNITS[entity]))
        self.longest = max(len(UNANSWERABLE), WHOLE_DIGITS + 1 + DECIMALS + 1 + longest_unit)
        """Characters of the longest answer."""

    def begins(self, text: str) -> bool:
        """Whether some answer begins with `text`."""
        if UNANSWERABLE.startswith(text):
            return True
        number, blank, unit = text.partition(" ")
        if blank:
            return any(name.startswith(unit) for name in self._units(number))
        return bool(_NUMBER_SO_FAR.fullmatch(number)) and not _HOPELESS_ZERO.fullmatch(number)

    def is_answer(self, text: str) -> bool:
        """Whether `text` is an answer."""
        number, _, unit = text.partition(" ")
        return text == UNANSWERABLE or unit in self._units(number)

    def _units(self, number: str) -> tuple[str, ...]:
        """The units that may follow `number`; none for other texts than a number above zero."""
        if not _NUMBER.fullmatch(number) or float(number) == 0:
            return ()
        return KNOWN_UNITS if self._any_unit else _plausible_units(number, self._entity)


@lru_cache(maxsize=4096)
def _plausible_units(number: str, entity: str) -> tuple[str, ...]:
    return tuple(unit for unit in sorted(ENTITY_UNITS[entity]) if is_plausible(Amount(float(number), unit), entity))
