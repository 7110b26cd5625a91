"""Sets a scene's text: lines, mixed scripts, shear, rotation, plate."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from PIL import Image, ImageDraw

from dataset.synthetic.geometry import Outline, Point
from dataset.synthetic.paint.fonts import FontBook, script_of
from dataset.synthetic.scene import Text

_LEADING = 1.28
_PAD = 3


@dataclass(frozen=True, slots=True)
class SetText:
    """A text ready to be put on the canvas: its ink (mode L), where it goes, the corners of its block."""

    ink: Image.Image
    left_top: tuple[int, int]
    corners: Outline
    size: float


def set_text(text: Text, fonts: FontBook, scale: float) -> SetText:
    """`text` set at `scale` canvas pixels per scene pixel; all results are in canvas pixels."""
    lines = text.text.split("\n")
    size = text.size * scale
    widest = max(_width(line, text, fonts, size) for line in lines)
    if text.max_width is not None and widest > text.max_width * scale:
        size *= text.max_width * scale / widest
        widest = max(_width(line, text, fonts, size) for line in lines)
    block = (math.ceil(widest) + 2 * _PAD, math.ceil(size * (1 + _LEADING * (len(lines) - 1))) + 2 * _PAD)
    ink = Image.new("L", block, 0)
    draw = ImageDraw.Draw(ink)
    for row, line in enumerate(lines):
        slack = widest - _width(line, text, fonts, size)
        x = _PAD + slack * {"l": 0.0, "m": 0.5, "r": 1.0}[text.anchor[0]]
        baseline = _PAD + size * (0.8 + _LEADING * row)
        for script, run in itertools.groupby(line, script_of):
            word = "".join(run)
            font = fonts.font(text.font, size, script)
            draw.text((x, baseline), word, font=font, fill=255, anchor="ls")
            x += font.getlength(word)
    return _placed(ink, text, scale, size)


def _width(line: str, text: Text, fonts: FontBook, size: float) -> float:
    runs = itertools.groupby(line, script_of)
    return sum(fonts.font(text.font, size, script).getlength("".join(run)) for script, run in runs)


def _placed(ink: Image.Image, text: Text, scale: float, size: float) -> SetText:
    width, height = ink.size
    rise = abs(text.slope) * width
    if text.slope:
        shift = rise if text.slope < 0 else 0.0
        ink = ink.transform(
            (width, math.ceil(height + rise)),
            Image.Transform.AFFINE,
            (1, 0, 0, -text.slope, 1, -shift),
            Image.Resampling.BICUBIC,
        )
    block = ((0.0, 0.0), (width, text.slope * width), (width, text.slope * width + height), (0.0, height))
    shift = rise if text.slope < 0 else 0.0
    flat = [(x, y + shift) for x, y in block]
    pivot = (
        width * {"l": 0.0, "m": 0.5, "r": 1.0}[text.anchor[0]],
        ink.height * {"t": 0.0, "m": 0.5, "b": 1.0}[text.anchor[1]],
    )
    angle = math.radians(text.angle)
    at = text.at[0] * scale, text.at[1] * scale
    whole = [_turned(p, pivot, angle, at) for p in ((0, 0), (ink.width, 0), ink.size, (0, ink.height))]
    corners = tuple(_turned(p, pivot, angle, at) for p in flat)
    if text.angle:
        ink = ink.rotate(-text.angle, Image.Resampling.BICUBIC, expand=True)
    centre = sum(x for x, _ in whole) / 4, sum(y for _, y in whole) / 4
    left_top = round(centre[0] - ink.width / 2), round(centre[1] - ink.height / 2)
    return SetText(ink, left_top, corners, size)


def _turned(point: Point, pivot: Point, angle: float, at: Point) -> Point:
    x, y = point[0] - pivot[0], point[1] - pivot[1]
    return (
        at[0] + x * math.cos(angle) - y * math.sin(angle),
        at[1] + x * math.sin(angle) + y * math.cos(angle),
    )
