"""Cuts folded text into the pieces that the grammar of quantities is made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from rules.dimension_table import DIMENSION_LETTERS, DIMENSION_WORDS, PATTERN_LETTERS
from rules.numerals import NUMBER, number_value
from rules.units import EXACT, MISREAD, closest_unit


class Kind(Enum):
    """What a lexeme is for the grammar."""

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

    A word may name a unit, a role, or both (`w`); a pattern (`l x w x h`) names several roles.
    """

    kind: Kind
    start: int
    end: int
    text: str
    value: float = 0.0
    unit: str | None = None
    role: str | None = None
    roles: tuple[str, ...] = ()


class Lexemes(tuple[Lexeme, ...]):
    """The lexemes of one text, with what the grammar asks of all of them at once."""

    @cached_property
    def roles_behind_numbers(self) -> Counter[str | None]:
        """How often a letter behind a number names each role."""
        return Counter(lexeme.role for at, lexeme in enumerate(self) if is_letter_behind_number(self, at))

    @cached_property
    def last_word(self) -> int:
        """Where the last word stands that names neither a unit nor a role; -1 without one."""
        words = (i for i, x in enumerate(self) if x.kind is Kind.WORD and not x.role and not x.unit)
        return max(words, default=-1)


def is_letter_behind_number(lexemes: Sequence[Lexeme], at: int) -> bool:
    """Whether lexeme `at` is a role letter that belongs to the number before it (`60(L)`, `30"W`)."""
    if lexemes[at].role is None or len(lexemes[at].text) != 1:
        return False
    behind = at - 2 if at >= 2 and lexemes[at - 1].kind is Kind.OPEN else at - 1
    if behind >= 1 and lexemes[behind].unit:
        behind -= 1
    return behind >= 0 and lexemes[behind].kind is Kind.NUMBER


def _any_of(words: list[str]) -> str:
    """One of the words, the longest first; one that ends in a digit (`cm3`) does not take it from a number."""
    longest_first = sorted(words, key=lambda w: (-len(w.replace(" ", "")), w))
    return "|".join(
        re.escape(word).replace(r"\ ", r"\s?") + (r"(?![.,]?\d)" if word[-1].isdigit() else "")
        for word in longest_first
    )


_ROLE_OF = {word: role for role, words in DIMENSION_WORDS.items() for word in words} | DIMENSION_LETTERS
_UNIT_OF = EXACT | MISREAD
_LATIN = "a-zà-öø-ÿāīūēōß"
_AFTER_UNIT = rf"(?=[lwhd](?![{_LATIN}])|x(?![{_LATIN}])|(?![{_LATIN}]))"
_AFTER_LETTER = rf"(?=x\d|(?![{_LATIN}]))"
_NO_CASE_UNITS = [a for a in _UNIT_OF if not a[0].isascii() or not a[-1].isalnum()]
_SHORT_UNITS = [a for a in _UNIT_OF if a.isascii() and len(a) == 1 and a.isalpha()]
_LATIN_UNITS = [a for a in _UNIT_OF if a not in _NO_CASE_UNITS and a not in _SHORT_UNITS and not a[0].isdigit()]
_DIGIT_UNITS = [a for a in MISREAD if a[0].isdigit()]

_AREA = re.compile(
    rf"(?:sq\.?|square)\s?(?:[{_LATIN}]+)\.?|(?:mm|cm|dm|m|ft|in|km|yd)(?:²|\^2|2(?![\d.,]))|㎡"
    r"|(?:平方|см²|м²)\S?"
)
_RATE = re.compile(
    r"[a-zμ]{1,4}\s?/\s?(?:h|hr|hrs|hour|hours|s|sec|second|min|minute|minutes|day|m2|m²|m3|m³|sqm|hz|cell|cm2|cm²|cm3)"
    r"(?![a-z\d])|(?:g|gr|kg|lbs?|mg|oz|w|v)\s?/\s?(?:l|ml|dl|m|cm|ft|feet|foot|yd)(?![a-z])"
    r"|(?:m³|m3|ft³|ft3)\s?/\s?(?:h|hr|min|s)(?![a-z])|ft[-.\s]?lbs?(?![a-z])|(?:k|m)?wh(?![a-z])"
)
_NOT_A_MEASURE = re.compile(
    r"g\s?(?:/\s?5g\s?)?(?:wi-?fi|wireless|lte|network|mobile|phone|band|dual|g?hz)(?![a-z])|w-\d\d(?!\d)"
    r"|g\s(?:ram|rom|memory)(?![a-z])|(?:ram|rom|memory|mémoire|memoria|memória|speicher)[\s:]{0,2}\d{1,3}\s?g(?![a-z])"
    r"|(?:(?<![^\W\d_])(?:per|pro|pour|por|par|na)\s?|每|(?:kcal|kj|g|mg|mcg|μg)\s?/\s?)"
    r"100\s?(?:g|gr|gm|grams?|gramm|ml|г|мл|克)(?![^\W\d_])"
)
_ROLE_WORD = _any_of([w for w in _ROLE_OF if len(w) > 1])
_LATIN_ROLES = _any_of([w for w in _ROLE_OF if w[0] <= "ÿ" and len(w) > 1])
_OTHER_ROLES = _any_of([w for w in _ROLE_OF if w[0] > "ÿ"])
_ONE_ROLE = rf"(?:{_ROLE_WORD}|[{''.join(PATTERN_LETTERS)}])"
_PATTERN = re.compile(
    rf"(?<![{_LATIN}\d]){_ONE_ROLE}(?:\s?[x*/]\s?{_ONE_ROLE}){{1,2}}(?![{_LATIN}])|(?<![{_LATIN}])lwh(?![{_LATIN}])|长宽高"
)
_ROLE_IN_PATTERN = re.compile(_ONE_ROLE)
_IN_ONE = re.compile(
    r"in[\s-]*(?:(?:1|one)(?![\d.,/\s]*\d|\s?[\"'x])|(?:a|an|the|stock|total|all|our|your|use)(?![a-z]))"
)

_CODE = re.compile(
    r"(?<![^\W_])(?![lwhd]x\d|e\d+(?:[.,]\d+)?\s?(?:kg|g|ml|cl|l)(?![a-z\d])|(?:ac|dc|pd|ca|wt|to|no|up|nw|gw|nt|by|in|is|[lwhdxtbpø])\d)[a-z]{1,2}\d+(?![\d.,]*\d)"
    r"(?!\s?(?:[a-z]{2}|[\"']))"
)
_BETWEEN_AND = re.compile(rf"between\s[^{_LATIN}]{{1,12}}(?:[{_LATIN}]{{1,3}}\s)?(and)(?![{_LATIN}])")
_LETTERED = re.compile(r"(?<![a-z])([bthlp])[\s:]?(?=\d)")

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("code", _CODE),
    ("area", _AREA),
    ("not_a_measure", _NOT_A_MEASURE),
    ("rate", _RATE),
    ("number", NUMBER),
    ("in_one", _IN_ONE),
    ("unit", re.compile(rf"(?:{_any_of(_LATIN_UNITS)}){_AFTER_UNIT}\.?")),
    ("unit", re.compile(rf"(?:{_any_of(_SHORT_UNITS)}){_AFTER_LETTER}\.?")),
    ("foot_mark", re.compile(rf"'(?=[{_LATIN}])(?!'|[lwhdx](?![{_LATIN}]))")),
    ("unit", re.compile(rf"(?:{_any_of(_NO_CASE_UNITS)})")),
    ("role", re.compile(rf"(?:{_LATIN_ROLES})(?![{_LATIN}])\.?|(?:{_OTHER_ROLES})|[lwhdø](?=x\d|(?![{_LATIN}]))")),
    ("times", re.compile(rf"[x*](?=[lwhd](?![{_LATIN}])|(?![{_LATIN}]))|by(?![{_LATIN}])")),
    ("plus_minus", re.compile(r"±|\+\s?/\s?-|\+-")),
    ("range", re.compile(rf"[-~]+|(?:to|bis|до|hasta)(?![{_LATIN}])|至|(?<=\s)[aà](?=\s\d)")),
    ("word", re.compile(rf"[{_LATIN}]+|[^\W\d_]")),
)

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
_GLUED_UNITS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("volt", re.compile(r"v(?=li|lt[hi]|lxt|lh|max|brush|cordless|battery)")),
    ("gram", re.compile(r"g(?=net(?![a-z]))")),
    ("pound", re.compile(r"/?bs(?![a-z])")),
)
"""Units that are known as such only right behind a number: run into the next word, or with their first letter lost."""
_MISREAD_DIGIT_UNIT = re.compile(rf"\s?(?:{_any_of(_DIGIT_UNITS)})(?![\da-z])")


def lex(text: str) -> Lexemes:
    """The lexemes of folded `text`, left to right, spaces left out; never raises."""
    patterns = {m.start(): m for m in _PATTERN.finditer(text)}
    ands = {m.start(1): m for m in _BETWEEN_AND.finditer(text)}
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
            lexeme = Lexeme(Kind.WORD, at, at + 1, text[at], role=PATTERN_LETTERS[text[at]])
        else:
            lexeme = _lexeme(text, at, lexemes[-1] if lexemes else None)
        lexemes.append(lexeme)
        at = lexeme.end
    return Lexemes(lexemes)


def _letters_in_company(text: str) -> frozenset[int]:
    """Where a letter before a number names an extent only because others of its kind do (`B 45 x T 30 x H 80`)."""
    found = list(_LETTERED.finditer(text))
    kinds = {m[1] for m in found}
    return frozenset(m.start() for m in found) if len(kinds) > 1 and "h" in kinds else frozenset()


def _pattern(match: re.Match[str]) -> Lexeme:
    text = match[0]
    written = list(text) if text in {"lwh", "长宽高"} else _ROLE_IN_PATTERN.findall(text)
    roles = tuple(_ROLE_OF.get(w) or PATTERN_LETTERS[w] for w in written)
    return Lexeme(Kind.PATTERN, match.start(), match.end(), text, roles=roles)


def _lexeme(text: str, at: int, before: Lexeme | None) -> Lexeme:
    if before is not None and before.kind is Kind.NUMBER:
        misread = _MISREAD_DIGIT_UNIT.match(text, at)
        if misread and at > before.end:
            return Lexeme(Kind.WORD, at, misread.end(), misread[0], unit=MISREAD[misread[0].strip()])
        glued = _glued(text, at) if at == before.end else None
        if glued:
            return glued
    after_number = before is not None and before.kind is Kind.NUMBER
    for name, pattern in _RULES:
        match = pattern.match(text, at)
        if match and not (after_number and name == "code"):
            return _named(name, match)
    return Lexeme(_KIND_OF.get(text[at], Kind.OTHER), at, at + 1, text[at])


def _glued(text: str, at: int) -> Lexeme | None:
    for unit, pattern in _GLUED_UNITS:
        match = pattern.match(text, at)
        if match:
            return Lexeme(Kind.WORD, at, match.end(), match[0], unit=unit)
    return None


def _named(name: str, match: re.Match[str]) -> Lexeme:
    written, start, end = match[0], match.start(), match.end()
    bare = " ".join(written.rstrip(".").split())
    if name == "number":
        return Lexeme(Kind.NUMBER, start, end, written, value=number_value(match))
    if name == "unit":
        return Lexeme(Kind.WORD, start, end, bare, unit=_unit(bare), role=_ROLE_OF.get(bare))
    if name == "role":
        return Lexeme(Kind.WORD, start, end, bare, role=_ROLE_OF[bare])
    if name == "word":
        return Lexeme(Kind.WORD, start, end, bare, unit=closest_unit(bare))
    return Lexeme(_KIND_OF.get(name, Kind.WORD), start, end, bare)


def _unit(written: str) -> str | None:
    squeezed = written.replace(" ", "")
    return _UNIT_OF.get(written) or _SQUEEZED.get(squeezed)


_SQUEEZED = {alias.replace(" ", ""): unit for alias, unit in _UNIT_OF.items()}
