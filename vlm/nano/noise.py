"""OCR noise in text and boxes: wrong letters, lost spaces, split and merged boxes, shifted boxes."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ocr.token import Box, OcrToken
from rules.unit_table import MISREAD_ALIASES, UNIT_ALIASES

_LIKE_DIGITS = {"0": "O", "1": "l"}
_MISREAD = 0.02
"""The share of units with one of their misreadings."""
_QUOTES = ('"', "”", "''", "″")


@dataclass(frozen=True, slots=True)
class NoiseLevel:
    """Shares of the texts with each kind of noise."""

    lost_space: float = 0.12
    confusion: float = 0.02
    capitals: float = 0.05
    split: float = 0.06
    merge: float = 0.15
    jitter: float = 0.006


def misread_unit(unit: str, spelling: str, rng: Random) -> str:
    """The spelling, or now and then one of the OCR engines' short misreadings of the unit."""
    if unit in MISREAD_ALIASES and rng.random() < _MISREAD:
        return rng.choice(MISREAD_ALIASES[unit])
    if spelling == '"':
        return rng.choices(_QUOTES, (10, 2, 1, 1))[0]
    return spelling


def noisy_text(text: str, rng: Random, level: NoiseLevel) -> str:
    """The text with OCR noise that leaves its quantity readable."""
    if rng.random() < level.lost_space:
        text = text.replace(" ", "", rng.randint(1, 3)) if "/" not in text else text
    if rng.random() < level.confusion:
        digit = rng.choice(tuple(_LIKE_DIGITS))
        at = text.find(digit)
        if at > 0 and text[at - 1].isdigit():
            text = text[:at] + _LIKE_DIGITS[digit] + text[at + 1 :]
    if rng.random() < level.capitals:
        text = text.upper()
    return text


def noisy_tokens(tokens: list[OcrToken], rng: Random, level: NoiseLevel, size: tuple[int, int]) -> tuple[OcrToken, ...]:
    """The tokens with noise in text and boxes; `size` is the page's width and height."""
    result: list[OcrToken] = []
    for token in tokens:
        read = OcrToken(noisy_text(token.text, rng, level), token.box, round(rng.uniform(0.6, 1.0), 3))
        halves = read.text.split(" ", 1)
        if len(halves) == 2 and rng.random() < level.split and abs(read.angle) < 1:
            result.extend(_split(read, halves))
        else:
            result.append(read)
    result = _merged(result, rng, level.merge)
    return tuple(OcrToken(t.text, _jittered(t.box, rng, level.jitter, size), t.score) for t in result if t.text)


def _merged(tokens: list[OcrToken], rng: Random, share: float) -> list[OcrToken]:
    """The tokens, some neighbours of one row joined, of which at most one holds a number."""
    result: list[OcrToken] = []
    for token in tokens:
        last = result[-1] if result else None
        if last is not None and _runs_on(last, token) and rng.random() < share:
            box: Box = last.box[0], token.box[1], token.box[2], last.box[3]
            result[-1] = OcrToken(f"{last.text} {token.text}", box, min(last.score, token.score))
        else:
            result.append(token)
    return result


def _runs_on(left: OcrToken, right: OcrToken) -> bool:
    tall = max(left.letter_height, right.letter_height)
    level = abs(left.angle) < 1 and abs(right.angle) < 1 and abs(left.centre[1] - right.centre[1]) < tall / 2
    beside = 0 <= right.left - left.right < 4 * tall
    return level and beside and not (_has_digit(left.text) and _has_digit(right.text))


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _split(token: OcrToken, halves: list[str]) -> list[OcrToken]:
    a, b, c, d = token.box
    share = len(halves[0]) / max(1, len(token.text))
    top = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
    low = (d[0] + (c[0] - d[0]) * share, d[1] + (c[1] - d[1]) * share)
    return [OcrToken(halves[0], (a, top, low, d), token.score), OcrToken(halves[1], (top, b, c, low), token.score)]


def _jittered(box: Box, rng: Random, share: float, size: tuple[int, int]) -> Box:
    dx, dy = rng.gauss(0, share) * size[0], rng.gauss(0, share) * size[1]
    a, b, c, d = ((x + dx, y + dy) for x, y in box)
    return a, b, c, d


def draw_spelling(unit: str, rng: Random) -> str:
    """A printed form of the unit, more often a usual one."""
    aliases = UNIT_ALIASES[unit]
    usual = min(len(aliases), 4)
    spelling = aliases[rng.randrange(usual)] if rng.random() < 0.75 else rng.choice(aliases)
    style = rng.random()
    if len(spelling) <= 3 and style < 0.12:
        return spelling.upper() if spelling.lower() not in ("m", "mg") else spelling
    return spelling.capitalize() if style > 0.95 else spelling
