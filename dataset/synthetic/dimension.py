"""Places dimension lines beside a product's edges, and their numbers beside the lines."""

from __future__ import annotations

import math

from dataset.synthetic.geometry import Point, between, moved, unit
from dataset.synthetic.scene import Anchor, Stroke, Text
from dataset.synthetic.shapes.product import Edge
from dataset.synthetic.sheet import Sheet

_LETTER_ASPECT = 0.56
_LEADING = 1.28
_CLEARANCE = 7.0


def block_size(text: str, letter: float) -> tuple[float, float]:
    """Rough width and height of a text block in pixels, known without a font."""
    lines = text.split("\n")
    return max(map(len, lines)) * letter * _LETTER_ASPECT, letter * (1 + _LEADING * (len(lines) - 1))


def side_margin(sheet: Sheet, text: str) -> float:
    """Room in pixels that a vertical dimension with this text needs beside the product."""
    width, height = block_size(text, sheet.style.letter)
    across = width if sheet.style.side_text == "upright" else height
    return across + sheet.style.gap + _CLEARANCE * 4


def low_margin(sheet: Sheet, text: str) -> float:
    """Room in pixels that a horizontal dimension with this text needs below or above the product."""
    return block_size(text, sheet.style.letter)[1] + sheet.style.gap + _CLEARANCE * 4


def add_dimension(sheet: Sheet, edge: Edge, text: str, gap: float | None = None, on_line: bool = False) -> None:
    """Draws the dimension line of `edge`, `gap` pixels off it, with `text` outside it or, `on_line`, across it."""
    style = sheet.style
    gap = style.gap if gap is None else gap
    start, end = moved(edge.start, edge.outward, gap), moved(edge.end, edge.outward, gap)
    if style.extensions and gap:
        for near, far in ((edge.start, start), (edge.end, end)):
            sheet.add(Stroke((near, moved(far, edge.outward, 4)), style.ink, 1))
    sheet.add(sheet.dimension_line(start, end))
    if on_line:
        sheet.add(Text(text, between(start, end), style.letter, style.ink, style.font, plate=sheet.backdrop.colour))
        return
    sheet.add(_number(sheet, start, end, edge.outward, text))


def _number(sheet: Sheet, start: Point, end: Point, outward: Point, text: str) -> Text:
    middle = between(start, end)
    along = unit((end[0] - start[0], end[1] - start[1]))
    if abs(along[0]) < 0.05 and sheet.style.side_text == "upright":
        return _beside(sheet, middle, outward, text)
    if abs(along[0]) < 0.05:
        angle = -90.0 if sheet.style.side_text == "up" else 90.0
        return _turned(sheet, middle, outward, text, angle=angle, room=math.dist(start, end))
    length = math.dist(start, end)
    if abs(along[1]) < 0.02 or not sheet.style.along or length < 0.9 * block_size(text, sheet.style.letter)[0]:
        return _clear_of_line(sheet, middle, outward, text)
    angle = math.degrees(math.atan2(along[1], along[0]))
    angle = angle - 180 if angle > 90 else angle + 180 if angle <= -90 else angle
    return _turned(sheet, middle, outward, text, angle=angle, room=length * 1.1)


def _beside(sheet: Sheet, middle: Point, outward: Point, text: str) -> Text:
    at = moved(middle, outward, _CLEARANCE + sheet.style.line * 2)
    anchor: Anchor = "lm" if outward[0] > 0 else "rm"
    room = sheet.width - at[0] if outward[0] > 0 else at[0]
    return Text(text, at, sheet.style.letter, sheet.style.ink, sheet.style.font, anchor, max_width=room - 10)


def _turned(sheet: Sheet, middle: Point, outward: Point, text: str, *, angle: float, room: float) -> Text:
    letter = sheet.style.letter
    reach, across = block_size(text, letter)
    at = moved(middle, outward, _CLEARANCE + sheet.style.line * 2 + across / 2)
    return Text(text, at, letter, sheet.style.ink, sheet.style.font, angle=angle, max_width=max(room, reach))


def _clear_of_line(sheet: Sheet, middle: Point, outward: Point, text: str) -> Text:
    width, height = block_size(text, sheet.style.letter)
    reach = width / 2 * abs(outward[0]) + height / 2 * abs(outward[1])
    x, y = moved(middle, outward, _CLEARANCE + sheet.style.line * 2 + reach)
    half = min(width / 2, sheet.width / 2 - 8)
    x = min(max(x, half + 8), sheet.width - half - 8)
    return Text(text, (x, y), sheet.style.letter, sheet.style.ink, sheet.style.font, max_width=2 * half)
