"""Paints a scene at twice its size and shrinks it, so that every edge is smooth."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from dataset.synthetic.geometry import Outline, bounds, moved, rounded, unit
from dataset.synthetic.paint.backdrop import paint_backdrop
from dataset.synthetic.paint.fonts import FontBook
from dataset.synthetic.paint.text import set_text
from dataset.synthetic.scene import DimensionLine, Fill, Finish, Item, Scene, Shadow, Stroke, Text

_SCALE = 2


@dataclass(frozen=True, slots=True)
class PaintedText:
    """A text as it came out: the corners of its block and its letter size, in pixels of the picture."""

    item: Text
    corners: Outline
    size: float


@dataclass(frozen=True, slots=True)
class Painting:
    """The finished picture (RGB) and where its texts are."""

    picture: Image.Image
    texts: tuple[PaintedText, ...]


def paint(scene: Scene, fonts: FontBook) -> Painting:
    """Paints `scene`; the same scene, fonts and Pillow give the same pixels."""
    size = scene.width * _SCALE, scene.height * _SCALE
    canvas = paint_backdrop(scene.backdrop, *size, seed=zlib.crc32(repr(scene.backdrop).encode()))
    texts = []
    for item in scene.items:
        if isinstance(item, Text):
            texts.append(_paint_text(canvas, item, fonts))
        else:
            _paint_item(canvas, item)
    picture = canvas.resize((scene.width, scene.height), Image.Resampling.LANCZOS)
    return Painting(picture, tuple(texts))


def _paint_item(canvas: Image.Image, item: Item) -> None:
    match item:
        case Fill():
            _fill(canvas, item)
        case Stroke():
            points = _scaled(item.points)
            ImageDraw.Draw(canvas).line(points, item.colour, round(item.width * _SCALE), joint="curve")
        case Shadow():
            _shadow(canvas, item)
        case DimensionLine():
            _dimension_line(canvas, item)


def _scaled(outline: Outline) -> list[tuple[float, float]]:
    return [(x * _SCALE, y * _SCALE) for x, y in outline]


def _fill(canvas: Image.Image, fill: Fill) -> None:
    outline = _scaled(fill.outline)
    frame = bounds(outline)
    left, top = math.floor(frame.left), math.floor(frame.top)
    size = max(1, math.ceil(frame.right) - left + 1), max(1, math.ceil(frame.bottom) - top + 1)
    mask = Image.new("L", size, 0)
    opacity = round(255 * fill.opacity)
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in outline], fill=opacity)
    canvas.paste(_lit_surface(size, fill), (left, top), mask)


def _lit_surface(size: tuple[int, int], fill: Fill) -> Image.Image:
    if fill.finish.strength == 0:
        return Image.new("RGB", size, fill.colour)
    light = _light(size, fill.finish)
    base = np.array(fill.colour, float)
    factor = light[..., None]
    rgb = np.where(factor > 1, base + (255 - base) * (factor - 1), base * factor)
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8), "RGB")


def _light(size: tuple[int, int], finish: Finish) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    width, height = size
    x = np.linspace(0, 1, width)[None, :].repeat(height, 0)
    y = np.linspace(0, 1, height)[:, None].repeat(width, 1)
    if finish.kind == "round":
        body = 1 - finish.strength * (2 * np.abs(x - 0.42)) ** 2.2
        gloss = 0.45 * finish.strength * np.exp(-(((x - 0.3) / 0.06) ** 2))
        return np.asarray(body + gloss)
    angle = math.radians(finish.angle)
    t = x * math.cos(angle) + y * math.sin(angle)
    t = (t - t.min()) / max(1e-6, float(t.max() - t.min()))
    return np.asarray(1 + finish.strength * (0.5 - t))


def _shadow(canvas: Image.Image, shadow: Shadow) -> None:
    rx, ry = shadow.rx * _SCALE, shadow.ry * _SCALE
    blur = max(4.0, min(rx, ry) * 0.45)
    pad = blur * 3
    x, y = shadow.centre[0] * _SCALE, shadow.centre[1] * _SCALE
    size = math.ceil(2 * (rx + pad)), math.ceil(2 * (ry + pad))
    mask = Image.new("L", size, 0)
    box = (pad, pad, size[0] - pad, size[1] - pad)
    ImageDraw.Draw(mask).ellipse(box, fill=round(255 * shadow.opacity))
    mask = mask.filter(ImageFilter.GaussianBlur(blur))
    canvas.paste(Image.new("RGB", size, (25, 25, 30)), (round(x - size[0] / 2), round(y - size[1] / 2)), mask)


def _dimension_line(canvas: Image.Image, line: DimensionLine) -> None:
    draw = ImageDraw.Draw(canvas)
    start, end = _scaled((line.start, line.end))
    width = max(1, round(line.width * _SCALE))
    along = unit((end[0] - start[0], end[1] - start[1]))
    across = (-along[1], along[0])
    head = (7 + 3 * line.width) * _SCALE
    inner = (moved(start, along, head * 0.8), moved(end, along, -head * 0.8))
    draw.line(inner if "arrow" in line.ends else (start, end), line.colour, width)
    for tip, direction in ((start, 1.0), (end, -1.0)):
        if "arrow" in line.ends:
            base = moved(tip, along, direction * head)
            draw.polygon([tip, moved(base, across, head * 0.33), moved(base, across, -head * 0.33)], line.colour)
        if "bar" in line.ends:
            draw.line([moved(tip, across, head * 0.6), moved(tip, across, -head * 0.6)], line.colour, width)
        if line.ends == "dot":
            r = head * 0.28
            draw.ellipse((tip[0] - r, tip[1] - r, tip[0] + r, tip[1] + r), line.colour)


def _paint_text(canvas: Image.Image, text: Text, fonts: FontBook) -> PaintedText:
    done = set_text(text, fonts, _SCALE)
    if text.plate is not None:
        pad = done.size * 0.3
        frame = bounds(done.corners).inset(-pad, -pad * 0.6, -pad, -pad * 0.6)
        ImageDraw.Draw(canvas).polygon(rounded(frame, pad), text.plate)
    canvas.paste(Image.new("RGB", done.ink.size, text.colour), done.left_top, done.ink)
    corners = tuple((x / _SCALE, y / _SCALE) for x, y in done.corners)
    return PaintedText(text, corners, done.size / _SCALE)
