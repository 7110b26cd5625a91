"""Regular expressions of the lexer: words, marks and numbers in folded text."""

from __future__ import annotations

import re

from rules.dimension_table import DIMENSION_LETTERS, DIMENSION_WORDS, PATTERN_LETTERS
from rules.numerals import NUMBER
from rules.units import EXACT, MISREAD


def any_of(words: list[str]) -> str:
    """A pattern of any of the words, longer ones first; a word that ends in a digit (`cm3`) ends there."""
    longest_first = sorted(words, key=lambda w: (-len(w.replace(" ", "")), w))
    return "|".join(
        re.escape(word).replace(r"\ ", r"\s?") + (r"(?![.,]?\d)" if word[-1].isdigit() else "")
        for word in longest_first
    )


DIMENSION_OF = {word: dimension for dimension, words in DIMENSION_WORDS.items() for word in words} | DIMENSION_LETTERS
"""Words, and letters of their own, that name a dimension."""
UNIT_OF = EXACT | MISREAD
"""Words and marks that name a unit, misread ones too."""

LATIN = "a-zà-öø-ÿāīūēōß"
_AFTER_UNIT = rf"(?=[lwhd](?![{LATIN}])|x(?![{LATIN}])|(?![{LATIN}]))"
AFTER_LETTER = rf"(?=x\d|(?![{LATIN}]))"

_NO_CASE_UNITS = [a for a in UNIT_OF if not a[0].isascii() or not a[-1].isalnum()]
_SHORT_UNITS = [a for a in UNIT_OF if a.isascii() and len(a) == 1 and a.isalpha()]
_LATIN_UNITS = [a for a in UNIT_OF if a not in _NO_CASE_UNITS and a not in _SHORT_UNITS and not a[0].isdigit()]
_DIGIT_UNITS = [a for a in MISREAD if a[0].isdigit()]

# Areas, rates and other uses of unit letters are one lexeme each, so that no unit is read in them.
_AREA = re.compile(
    rf"(?:sq\.?|square)\s?(?:[{LATIN}]+)\.?|(?:mm|cm|dm|m|ft|in|km|yd)(?:²|\^2|2(?![\d.,]))|㎡"
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
_LATIN_DIMENSIONS = any_of([w for w in DIMENSION_OF if w[0] <= "ÿ" and len(w) > 1])
_OTHER_DIMENSIONS = any_of([w for w in DIMENSION_OF if w[0] > "ÿ"])
_DIMENSION = re.compile(
    rf"(?:{_LATIN_DIMENSIONS})(?![{LATIN}])\.?|(?:{_OTHER_DIMENSIONS})|[lwhdø](?=x\d|(?![{LATIN}]))"
)
# `in` as a preposition: `2 in 1`, `all in one`, `in stock`.
_IN_ONE = re.compile(
    r"in[\s-]*(?:(?:1|one)(?![\d.,/\s]*\d|\s?[\"'x])|(?:a|an|the|stock|total|all|our|your|use)(?![a-z]))"
)

# Names of models and the like (`a4`, `b12`): letters and digits run together that state no quantity.
_CODE = re.compile(
    r"(?<![^\W_])(?![lwhd]x\d|e\d+(?:[.,]\d+)?\s?(?:kg|g|ml|cl|l)(?![a-z\d])|(?:ac|dc|pd|ca|wt|to|no|up|nw|gw|nt|by|in|is|[lwhdxtbpø])\d)[a-z]{1,2}\d+(?![\d.,]*\d)"
    r"(?!\s?(?:[a-z]{2}|[\"']))"
)

RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("code", _CODE),
    ("area", _AREA),
    ("not_a_measure", _NOT_A_MEASURE),
    ("rate", _RATE),
    ("number", NUMBER),
    ("in_one", _IN_ONE),
    ("unit", re.compile(rf"(?:{any_of(_LATIN_UNITS)}){_AFTER_UNIT}\.?")),
    ("unit", re.compile(rf"(?:{any_of(_SHORT_UNITS)}){AFTER_LETTER}\.?")),
    ("foot_mark", re.compile(rf"'(?=[{LATIN}])(?!'|[lwhdx](?![{LATIN}]))")),
    ("unit", re.compile(rf"(?:{any_of(_NO_CASE_UNITS)})")),
    ("dimension", _DIMENSION),
    ("times", re.compile(rf"[x*](?=[lwhd](?![{LATIN}])|(?![{LATIN}]))|by(?![{LATIN}])")),
    ("plus_minus", re.compile(r"±|\+\s?/\s?-|\+-")),
    ("range", re.compile(rf"[-~]+|(?:to|bis|до|hasta)(?![{LATIN}])|至|(?<=\s)[aà](?=\s\d)")),
    ("word", re.compile(rf"[{LATIN}]+|[^\W\d_]")),
)
"""Names of rules and their patterns; at each place in a text the first one that matches makes the lexeme."""

_DIMENSION_WORDS = any_of([w for w in DIMENSION_OF if len(w) > 1])
_NAME = rf"(?:{_DIMENSION_WORDS}|[{''.join(PATTERN_LETTERS)}])"
PATTERN = re.compile(
    rf"(?<![{LATIN}\d]){_NAME}(?:\s?[x*/]\s?{_NAME}){{1,2}}(?![{LATIN}])|(?<![{LATIN}])lwh(?![{LATIN}])|长宽高"
)
"""Names of two or three dimensions (`L x W x H`, `lwh`)."""
NAME_IN_PATTERN = re.compile(_NAME)
"""One of the names in a match of `PATTERN`."""
BETWEEN_AND = re.compile(rf"between\s[^{LATIN}]{{1,12}}(?:[{LATIN}]{{1,3}}\s)?(and)(?![{LATIN}])")
"""A range in words (`between 5 and 10 kg`); its group is the `and`."""
LETTER_BEFORE_NUMBER = re.compile(r"(?<![a-z])([bthlp])[\s:]?(?=\d)")
"""A letter that may name the dimension of the number behind it; see `rules.lexer.lex`."""

RUN_IN_UNITS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("volt", re.compile(r"v(?=li|lt[hi]|lxt|lh|max|brush|cordless|battery)")),
    ("gram", re.compile(r"g(?=net(?![a-z]))")),
    ("pound", re.compile(r"/?bs(?![a-z])")),
)
"""Units right behind a number that run into the next word, or whose first letter OCR lost."""
MISREAD_DIGIT_UNIT = re.compile(rf"\s?(?:{any_of(_DIGIT_UNITS)})(?![\da-z])")
"""An alias that begins with a misread letter (`1bs`), behind a number and a space."""
