"""Text as the grammar reads it: one spelling for each sign, lower case, every position kept."""

from __future__ import annotations

import re

_SIGNS: dict[str, str] = {
    "x": "×✕✖╳⨯",
    "-": "—–−‐‑‒―",
    "/": "⁄∕",
    "~": "～〜∼∽",
    '"': "“”″〞„‟ˮ",
    "'": "’‘′´`ʹʼ‵",
    ",": "、",
    ".": "。·",
    " ": "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\t\n\r\f\v",
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
    r"(?<![A-Za-z\d.,])(?:[lI](?=[\dOo])[\dOo]*\d[\dOo]*|\d+[OoS][\dOoS]*)(?:[.,][\dOo]+)?"
    r"(?=\s?(?:cm|mm|kg|gm|ml|mg|lb|oz|inch|in\b|ft\b|[g\"″”'vw](?![A-Za-z])))",
    re.IGNORECASE,
)


_ZERO_FOR_DIAMETER = re.compile(
    r"(?<![\d.,/:x*-])0(?=[1-9]\d*(?:\.\d+)?\s?(?:cm|mm|in|inch|\"|″|”)(?![A-Za-z]))", re.IGNORECASE
)
_DIGITS_FOR_OUNCE = re.compile(r"(?<=net)(\s?w[a-z]{0,3}[.:]?\s?\d{1,2})([.\s]?)02(?=\s*(?:$|[(/]))", re.IGNORECASE)
_DEGREE_FOR_INCH = re.compile(r"(?<=\d)[°º](?=\s?[wdhlWDHL](?![A-Za-z]))")


def fold(text: str) -> str:
    """`text` with one spelling per sign, digits misread as letters mended before a unit, lower case.

    The result has the length of `text`, so that a span in one is a span in the other. A degree sign between a
    number and a role letter is an inch mark that was misread (`82° W`), a zero that leads a length a diameter sign
    (`09.3 cm`), and `02` behind a net weight are ounces (`NET WT. 4.02`).
    """
    signs = text.translate(_FOLD)
    mended = _DEGREE_FOR_INCH.sub('"', _MISREAD_NUMBER.sub(_mend_digits, signs))
    mended = _ZERO_FOR_DIAMETER.sub("ø", mended)
    mended = _DIGITS_FOR_OUNCE.sub(lambda m: f"{m[1]}{' ' * len(m[2])}oz", mended)
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in mended)


def _mend_digits(number: re.Match[str]) -> str:
    return "".join(_LOOKS_LIKE_DIGIT.get(c, c) for c in number[0])
