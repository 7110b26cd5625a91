"""Spellings of units that the tables of `rules.unit_table` lack."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from rules.fold import fold
from rules.patterns import AFTER_LETTER, LATIN, any_of

_NO_RATE = rf"(?!\s?/\s?[{LATIN}])"


@dataclass(frozen=True)
class Lexicon:
    """Spellings with the unit that each means, in addition to those that the lexer always knows.

    They count more than everything else that the lexer knows: it takes `wh` for a rate. One of a single letter counts
    behind a number alone, so that `A4` stays a code. `100 lm/W` is no amount of lumens.
    """

    spellings: tuple[tuple[str, str], ...] = ()

    def unit_at(self, text: str, at: int, *, behind_number: bool) -> tuple[int, str] | None:
        """The end of the spelling that folded `text` has at a place, and its unit; None without one."""
        match = self._pattern.match(text, at)
        if match is None:
            return None
        spelling = spelling_key(match[0])
        if len(spelling) == 1 and not behind_number:
            return None
        return match.end(), self._units[spelling]

    @cached_property
    def _units(self) -> dict[str, str]:
        return {spelling_key(spelling): unit for spelling, unit in self.spellings}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        spellings = {" ".join(fold(spelling).rstrip(".").split()) for spelling, _ in self.spellings}
        words = sorted(spelling for spelling in spellings if spelling[-1].isalnum() and spelling[-1] < "Ā")
        others = sorted(spellings.difference(words))
        parts = [rf"(?:{any_of(words)}){AFTER_LETTER}\.?"] if words else []
        parts += [any_of(others)] if others else []
        return re.compile(rf"(?:{'|'.join(parts)}){_NO_RATE}")


STANDARD = Lexicon()
"""What the lexer always knows, and no more."""


def spelling_key(spelling: str) -> str:
    """What all forms of a spelling share: lower case, no blanks, no full stop at the end."""
    return "".join(fold(spelling).split()).rstrip(".")
