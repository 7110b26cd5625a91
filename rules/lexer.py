"""Cuts folded text into lexemes, the pieces that the grammar of quantities is made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from rules.dimension_table import PATTERN_LETTERS
from rules.lexicon import STANDARD, Lexicon
from rules.numerals import number_value
from rules.patterns import (
    BETWEEN_AND,
    DIMENSION_OF,
    LETTER_BEFORE_NUMBER,
    MISREAD_DIGIT_UNIT,
    NAME_IN_PATTERN,
    PATTERN,
    RULES,
    RUN_IN_UNITS,
    UNIT_OF,
)
from rules.units import MISREAD, closest_unit


class Kind(Enum):
    """The part that a lexeme plays in the grammar."""

    NUMBER = auto()
    WORD = auto()
    PATTERN = auto()
    TIMES = auto()
    RANGE = auto()
    SLASH = auto()
    PLUS_MINUS = auto()
    OPEN = auto()
    CLOSE = auto()
    COLON = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of folded text, `start` to `end`.

    A word may name a unit, a dimension, or both (`w`); a pattern (`l x w x h`) names several dimensions.
    """

    kind: Kind
    start: int
    end: int
    text: str
    value: float = 0.0
    unit: str | None = None
    dimension: str | None = None
    dimensions: tuple[str, ...] = ()


class Lexemes(tuple[Lexeme, ...]):
    """The lexemes of one text, with facts that depend on all of them."""

    @cached_property
    def dimensions_behind_numbers(self) -> Counter[str | None]:
        """For each dimension, how many letters behind numbers name it."""
        return Counter(lexeme.dimension for at, lexeme in enumerate(self) if is_letter_behind_number(self, at))

    @cached_property
    def last_word(self) -> int:
        """The position of the last word that names neither a unit nor a dimension; -1 without one."""
        words = (i for i, x in enumerate(self) if x.kind is Kind.WORD and not x.dimension and not x.unit)
        return max(words, default=-1)


_KIND_OF = {
    "number": Kind.NUMBER,
    "times": Kind.TIMES,
    "plus_minus": Kind.PLUS_MINUS,
    "range": Kind.RANGE,
    "/": Kind.SLASH,
    "(": Kind.OPEN,
    "[": Kind.OPEN,
    ")": Kind.CLOSE,
    "]": Kind.CLOSE,
    ":": Kind.COLON,
    "=": Kind.COLON,
}
_UNIT_WITHOUT_SPACES = {alias.replace(" ", ""): unit for alias, unit in UNIT_OF.items()}


def lex(text: str, lexicon: Lexicon = STANDARD) -> Lexemes:
    """The lexemes of folded `text`, left to right, spaces left out; never raises."""
    patterns = {m.start(): m for m in PATTERN.finditer(text)}
    ands = {m.start(1): m for m in BETWEEN_AND.finditer(text)}
    letters = _letters_in_company(text)
    lexemes: list[Lexeme] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        if at in patterns:
            lexeme = _pattern(patterns[at])
        elif at in ands:
            lexeme = Lexeme(Kind.RANGE, at, ands[at].end(), "and")
        elif at in letters:
            lexeme = Lexeme(Kind.WORD, at, at + 1, text[at], dimension=PATTERN_LETTERS[text[at]])
        else:
            before = lexemes[-1] if lexemes else None
            own = _own_unit(text, at, before, lexicon) if lexicon.spellings else None
            lexeme = own or _lexeme(text, at, before)
        lexemes.append(lexeme)
        at = lexeme.end
    return Lexemes(lexemes)


def is_letter_behind_number(lexemes: Sequence[Lexeme], at: int) -> bool:
    """Whether lexeme `at` is a letter that names the dimension of the number before it (`60(L)`, `30"W`)."""
    if lexemes[at].dimension is None or len(lexemes[at].text) != 1:
        return False
    behind = at - 2 if at >= 2 and lexemes[at - 1].kind is Kind.OPEN else at - 1
    if behind >= 1 and lexemes[behind].unit:
        behind -= 1
    return behind >= 0 and lexemes[behind].kind is Kind.NUMBER


def _letters_in_company(text: str) -> frozenset[int]:
    """Where letters stand that name dimensions because an `h` and another letter do so (`B 45 x T 30 x H 80`)."""
    matches = list(LETTER_BEFORE_NUMBER.finditer(text))
    letters = {m[1] for m in matches}
    return frozenset(m.start() for m in matches) if len(letters) > 1 and "h" in letters else frozenset()


def _pattern(match: re.Match[str]) -> Lexeme:
    text = match[0]
    names = list(text) if text in {"lwh", "长宽高"} else NAME_IN_PATTERN.findall(text)
    dimensions = tuple(DIMENSION_OF.get(name) or PATTERN_LETTERS[name] for name in names)
    return Lexeme(Kind.PATTERN, match.start(), match.end(), text, dimensions=dimensions)


def _own_unit(text: str, at: int, before: Lexeme | None, lexicon: Lexicon) -> Lexeme | None:
    behind_number = before is not None and before.kind is Kind.NUMBER
    found = lexicon.unit_at(text, at, behind_number=behind_number)
    return None if found is None else Lexeme(Kind.WORD, at, found[0], text[at : found[0]], unit=found[1])


def _lexeme(text: str, at: int, before: Lexeme | None) -> Lexeme:
    number = before if before is not None and before.kind is Kind.NUMBER else None
    if number is not None:
        misread = MISREAD_DIGIT_UNIT.match(text, at)
        if misread and at > number.end:
            return Lexeme(Kind.WORD, at, misread.end(), misread[0], unit=MISREAD[misread[0].strip()])
        run_in = _run_in_unit(text, at) if at == number.end else None
        if run_in:
            return run_in
    for name, pattern in RULES:
        match = pattern.match(text, at)
        if match and not (number is not None and name == "code"):
            return _of_rule(name, match)
    return Lexeme(_KIND_OF.get(text[at], Kind.OTHER), at, at + 1, text[at])


def _run_in_unit(text: str, at: int) -> Lexeme | None:
    for unit, pattern in RUN_IN_UNITS:
        match = pattern.match(text, at)
        if match:
            return Lexeme(Kind.WORD, at, match.end(), match[0], unit=unit)
    return None


def _of_rule(name: str, match: re.Match[str]) -> Lexeme:
    text, start, end = match[0], match.start(), match.end()
    bare = " ".join(text.rstrip(".").split())
    if name == "number":
        return Lexeme(Kind.NUMBER, start, end, text, value=number_value(match))
    if name == "unit":
        return Lexeme(Kind.WORD, start, end, bare, unit=_unit(bare), dimension=DIMENSION_OF.get(bare))
    if name == "dimension":
        return Lexeme(Kind.WORD, start, end, bare, dimension=DIMENSION_OF[bare])
    if name == "word":
        return Lexeme(Kind.WORD, start, end, bare, unit=closest_unit(bare))
    return Lexeme(_KIND_OF.get(name, Kind.WORD), start, end, bare)


def _unit(alias: str) -> str | None:
    return UNIT_OF.get(alias) or _UNIT_WITHOUT_SPACES.get(alias.replace(" ", ""))
