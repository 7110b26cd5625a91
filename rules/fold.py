"""Text as the grammar reads it: lower case, one spelling for each sign, clear OCR misreadings corrected."""

from __future__ import annotations

import re
from collections.abc import Callable

_SIGNS: dict[str, str] = {
    "x": "×✕✖╳⨯",
    "-": "—–−‐‑‒―",
    "/": "⁄∕",
    "~": "～〜∼∽",
    '"': "“”″〞„‟ˮ",
    "'": "’‘′´`ʹʼ‵",
    ",": "、",
    ".": "。·",
    # All that `\s` matches, some of which `float` does not strip.
    " ": "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000",
    "μ": "µ",
    "ø": "Øø⌀φΦ∅",
    "(": "【［〔「",
    ")": "】］〕」",
}
_FULL_WIDTH = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}
_FOLD: dict[int, str] = str.maketrans(
    _FULL_WIDTH | {sign: spelling for spelling, signs in _SIGNS.items() for sign in signs}
)

_LOOKS_LIKE_DIGIT = {"O": "0", "o": "0", "l": "1", "I": "1", "S": "5"}
_MISREAD_NUMBER = re.compile(
    r"(?<![A-Za-z\d.,])(?:[lI](?=[\dOo])[\dOo]*\d[\dOo]*|\d+[OoS][\dOoS]*|O(?=[.,]\d)|\d+(?=[.,]\d*O))"
    r"(?:[.,][\dOo]+)?"
    r"(?=\s?(?:cm|mm|kg|gm|ml|mg|lb|oz|inch|in\b|ft\b|[g\"″”'vw](?![A-Za-z])))",
    re.IGNORECASE,
)


def _as_digits(number: re.Match[str]) -> str:
    return "".join(_LOOKS_LIKE_DIGIT.get(c, c) for c in number[0])


def _net_ounces(weight: re.Match[str]) -> str:
    return f"{weight[1]}{' ' * len(weight[2])}oz"


_CORRECTIONS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # A letter in a number: `1O cm`, `O.6 lb`.
    (_MISREAD_NUMBER, _as_digits),
    # An inch mark between a number and a dimension letter: `82° W`.
    (re.compile(r"(?<=\d)[°º](?=\s?[wdhlWDHL](?![A-Za-z]))"), '"'),
    # A diameter sign that leads a length: `09.3 cm`.
    (
        re.compile(r"(?<![\d.,/:x*-])0(?=[1-9]\d*(?:[.,]\d+)?\s?(?:cm|mm|in|inch|\"|″|”)(?![A-Za-z]))", re.IGNORECASE),
        "ø",
    ),
    # The first letter of a unit right behind its number: `140z`, `4.41b`, but not the Wi-Fi of `802.11b`.
    (re.compile(r"(?<=[\d.])0(?=ze?(?![A-Za-z]))", re.IGNORECASE), "o"),
    (
        re.compile(r"(?<![A-Za-z\d.,])(\d+(?:[.,]\d+)?)(?<!802\.1)1(?=bs?(?![A-Za-z\d]))", re.IGNORECASE),
        r"\1l",
    ),
    # Both letters of ounces, at the end of a decimal number that has no unit: `[6.402]`.
    (re.compile(r"(?<![\w.,])(\d{1,3}\.\d{1,2})02(?=\s?(?:$|[)\]/|]))"), r"\1oz"),
    # The same behind a net weight: `NET WT. 4.02`.
    (
        re.compile(r"(?<=net)(\s?w[a-z]{0,3}[.:]?\s?\d{1,2})([.\s]?)02(?=\s*(?:$|[(/]))", re.IGNORECASE),
        _net_ounces,
    ),
)
"""OCR misreadings that the signs around them give away, and what replaces them; none changes the length of a text."""


def fold(text: str) -> str:
    """`text` in lower case, with one spelling per sign and clear misreadings corrected.

    The result has the length of `text`, so that a span in one is a span in the other.
    """
    folded = text.translate(_FOLD)
    for misreading, correction in _CORRECTIONS:
        folded = misreading.sub(correction, folded)
    lower = folded.lower()
    # `str.lower` makes two letters of a dotted I, and lowers a capital sigma by its place in the word.
    if len(lower) == len(folded) and "Σ" not in folded:
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)
