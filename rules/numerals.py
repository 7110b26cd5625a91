"""Numbers as pictures print them: decimals, thousands, fractions, and their values."""

from __future__ import annotations

import re
import unicodedata

_VULGAR = {c: unicodedata.numeric(c) for c in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
_VULGAR_CLASS = "".join(_VULGAR)
_DENOMINATORS = (2, 3, 4, 5, 6, 8, 10, 12, 16, 32, 64)
_PROPER = "|".join(rf"{over}\s?/\s?{under}" for under in reversed(_DENOMINATORS) for over in range(under - 1, 0, -1))
_RUN_TOGETHER = r"[1357]\s?/\s?(?:2|4|8|16)"
_NO_MORE_DIGITS = r"(?![\d.,]\d|\d|\s?/|\s?[vw](?![a-z]))"

NUMBER = re.compile(
    rf"""
    (?P<whole>\d{{1,4}})?\s?-?(?P<vulgar>[{_VULGAR_CLASS}])
  | (?:(?P<mixed>\d{{1,4}})(?:\s|\s?[-+]\s?))?(?P<proper>{_PROPER}){_NO_MORE_DIGITS}
  | (?P<run>\d{{1,2}})(?P<part>{_RUN_TOGETHER}){_NO_MORE_DIGITS}
  | (?P<grouped>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?)(?!\d)
  | (?<![a-z])(?P<spaced>[1-9]\d{{0,2}}(?:\s\d{{3}})+(?:[.,]\d{{1,2}})?)(?=\s?[a-z])(?!\d|\s?x)
  | (?P<dotted>[1-9]\d{{0,2}}(?:\.\d{{3}}){{2,}}(?:,\d+)?)(?!\d)
  | (?P<german>[1-9]\d{{0,2}}\.\d{{3}},\d+)(?!\d)
  | (?P<plain>\d+(?:\s?\.\d+|\.\s\d(?=\s?[a-z"'])|(?<=\d\d)\.\s\d\d(?=\s?[a-z"'])|\s,\d{{1,2}}(?=\s?[a-z"'])|\.|,\d+)?
      |(?<![a-z])\.\d+)
    """,
    re.VERBOSE,
)


def number_value(match: re.Match[str]) -> float:
    """The value of a match of `NUMBER`."""
    if match["vulgar"]:
        return float(match["whole"] or 0) + _VULGAR[match["vulgar"]]
    if match["proper"]:
        return float(match["mixed"] or 0) + _ratio(match["proper"])
    if match["run"]:
        return float(match["run"]) + _ratio(match["part"])
    if match["grouped"]:
        return _grouped(match["grouped"])
    if match["spaced"]:
        return float("".join(match["spaced"].split()).replace(",", "."))
    if match["dotted"] or match["german"]:
        return float((match["dotted"] or match["german"]).replace(".", "").replace(",", "."))
    return float("".join(match["plain"].split()).rstrip(".").replace(",", "."))


def _ratio(text: str) -> float:
    numerator, denominator = text.split("/")
    return float(numerator) / float(denominator)


def _grouped(text: str) -> float:
    """The value of a number with commas between thousands; behind a 0 a single comma is a decimal one (`0,250`)."""
    decimal_comma = text.startswith("0") and text.count(",") == 1 and "." not in text
    return float(text.replace(",", ".") if decimal_comma else text.replace(",", ""))
