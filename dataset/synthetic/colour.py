"""Colours as 8-bit RGB, and the palettes that scenes draw from."""

from __future__ import annotations

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (20, 20, 20)
RED: Colour = (208, 32, 34)
AMBER: Colour = (232, 172, 56)

WOOD: tuple[Colour, ...] = ((181, 131, 84), (120, 78, 48), (214, 181, 140), (92, 64, 51), (232, 226, 215))
PAINT: tuple[Colour, ...] = (
    (236, 236, 234),
    (58, 62, 68),
    (150, 156, 160),
    (42, 82, 122),
    (160, 44, 40),
    (72, 104, 78),
    (226, 170, 62),
    (208, 160, 168),
    (96, 76, 128),
)
INK: tuple[Colour, ...] = (BLACK, (40, 40, 44), (60, 64, 72), RED, (24, 92, 168), (90, 90, 92), (0, 110, 90))


def lit(colour: Colour, factor: float) -> Colour:
    """`colour` made lighter (factor > 1, towards white) or darker (factor < 1)."""
    if factor <= 1:
        red, green, blue = (round(c * factor) for c in colour)
    else:
        red, green, blue = (round(c + (255 - c) * min(1.0, factor - 1)) for c in colour)
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Perceived brightness, 0 to 255."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def readable_on(ground: Colour) -> Colour:
    """Near-black or white, whichever stands out against `ground`."""
    return BLACK if luminance(ground) > 140 else WHITE
