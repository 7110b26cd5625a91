"""Pages as an OCR engine would find them, drawn with words: every letter is half as wide as it is high."""

from __future__ import annotations

import math

from ocr.token import OcrResult, OcrToken, Point
from rules.groups import QuantityGroup, quantity_groups
from rules.lines import Line, lines_of
from rules.located import LocatedQuantity, located_quantities

UPWARDS = -90.0
DOWNWARDS = 90.0
LETTER_WIDTH = 0.5
"""In letter heights."""


def word(text: str, x: float, y: float, *, height: float = 20.0, angle: float = 0.0, score: float = 1.0) -> OcrToken:
    """A token with its centre at `x`, `y` (pixels, y downwards), read in the direction `angle` (degrees)."""
    length = max(len(text), 1) * LETTER_WIDTH * height
    along, down = _directions(angle)

    def corner(a: float, d: float) -> Point:
        return x + a * length * along[0] + d * height * down[0], y + a * length * along[1] + d * height * down[1]

    box = (corner(-0.5, -0.5), corner(0.5, -0.5), corner(0.5, 0.5), corner(-0.5, 0.5))
    return OcrToken(text, box, score)


def after(
    token: OcrToken,
    text: str,
    gap: float = 0.4,
    *,
    shift: float = 0.0,
    height: float | None = None,
    angle: float | None = None,
) -> OcrToken:
    """A word that begins `gap` letter heights of `token` behind its end, moved `shift` letter heights across."""
    own_height = token.letter_height if height is None else height
    own_angle = token.angle if angle is None else angle
    (along, down), (own_along, _) = _directions(token.angle), _directions(own_angle)
    forward = token.length / 2 + gap * token.letter_height
    across = shift * token.letter_height
    half = max(len(text), 1) * LETTER_WIDTH * own_height / 2
    x = token.centre[0] + forward * along[0] + across * down[0] + half * own_along[0]
    y = token.centre[1] + forward * along[1] + across * down[1] + half * own_along[1]
    return word(text, x, y, height=own_height, angle=own_angle)


def under(token: OcrToken, text: str, gap: float = 0.4, *, shift: float = 0.0) -> OcrToken:
    """A horizontal word `gap` letter heights below `token`, its centre moved `shift` letter heights to the right."""
    height = token.letter_height
    return word(text, token.centre[0] + shift * height, token.centre[1] + (1 + gap) * height, height=height)


def page(*tokens: OcrToken, width: int = 1000, height: int = 1000) -> OcrResult:
    return OcrResult(tokens, width, height)


def only_line(*tokens: OcrToken) -> Line:
    (line,) = lines_of(tokens)
    return line


def quantities(*tokens: OcrToken) -> tuple[LocatedQuantity, ...]:
    return located_quantities(page(*tokens))


def groups(*tokens: OcrToken) -> tuple[QuantityGroup, ...]:
    return quantity_groups(quantities(*tokens))


def _directions(angle: float) -> tuple[Point, Point]:
    turned = math.radians(angle)
    return (math.cos(turned), math.sin(turned)), (-math.sin(turned), math.cos(turned))
