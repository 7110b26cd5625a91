"""Parts that many sheets share: titles, banners, bullet lists, badges, printed labels."""

from __future__ import annotations

import math

from dataset.synthetic.colour import Colour, lit, readable_on
from dataset.synthetic.dimension import block_size
from dataset.synthetic.geometry import Point, Rect, ellipse, moved, rounded
from dataset.synthetic.scene import FLAT, Fill, Stroke, Text
from dataset.synthetic.sheet import Sheet


def add_title(sheet: Sheet, text: str, room: Rect, banner: bool = False) -> None:
    """A heading filling `room`, on a coloured band if `banner`."""
    size = min(room.height * 0.62, room.width / max(6, len(text)) * 1.9)
    colour = sheet.ink
    if banner:
        sheet.add(Fill(room.outline, sheet.accent, FLAT))
        colour = readable_on(sheet.accent)
    sheet.add(Text(text, room.centre, size, colour, sheet.style.bold, max_width=room.width * 0.92))


def add_bullets(sheet: Sheet, lines: tuple[str, ...], room: Rect, letter: float) -> None:
    """A bullet list filling `room` from the top, one line each."""
    step = min(room.height / len(lines), letter * 2.6)
    for row, line in enumerate(lines):
        y = room.top + step * (row + 0.5)
        sheet.add(Fill(ellipse((room.left + letter * 0.5, y), letter * 0.28, letter * 0.28), sheet.accent, FLAT))
        at = (room.left + letter * 1.3, y)
        sheet.add(Text(line, at, letter, sheet.ink, sheet.style.font, "lm", max_width=room.width - letter * 1.4))


def add_badge(sheet: Sheet, text: str, centre: Point, radius: float, colour: Colour) -> None:
    """A round badge with a few words."""
    ink = readable_on(colour)
    sheet.add(Fill(ellipse(centre, radius, radius), colour))
    sheet.add(Stroke(ellipse(centre, radius * 0.92, radius * 0.92), lit(ink, 0.9), 2))
    lines = text.count("\n") + 1
    size = min(radius * 0.5, radius * 1.35 / lines / 1.28)
    sheet.add(Text(text, centre, size, ink, sheet.style.bold, max_width=radius * 1.55))


def add_banner(sheet: Sheet, text: str, centre: Point, letter: float, colour: Colour) -> None:
    """Words on a coloured bar with round ends."""
    width, height = block_size(text, letter)
    half = min(width / 2 + letter, sheet.width / 2 - 6)
    bar = Rect(centre[0] - half, centre[1] - height, centre[0] + half, centre[1] + height)
    sheet.add(Fill(rounded(bar, letter * 0.5), colour))
    sheet.add(Text(text, centre, letter, readable_on(colour), sheet.style.bold, max_width=2 * half - letter))


def add_label(
    sheet: Sheet,
    lines: tuple[tuple[str, float], ...],
    room: Rect,
    colour: Colour,
    *,
    slope: float = 0,
    angle: float = 0,
) -> None:
    """Centred lines of print, each with its relative letter size, spread over `room` and turned by `angle`."""
    total = sum(size for _, size in lines)
    on_side = abs(angle) > 45
    breadth, depth = (room.height, room.width) if on_side else (room.width, room.height)
    across = math.radians(angle + 90)
    offset = -depth / 2
    for text, size in lines:
        step = depth * size / total
        letter = min(step * 0.62, breadth / max(1, len(text)) * 1.75)
        at = moved(room.centre, (math.cos(across), math.sin(across)), offset + step / 2)
        sheet.add(Text(text, at, letter, colour, sheet.style.bold, angle=angle, slope=slope, max_width=breadth))
        offset += step
