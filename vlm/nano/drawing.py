"""Draws a scene with anti-aliasing and scales it, as real pictures are scaled, to the model's square picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from vlm.nano.scene import Label, Point, Scene, Stroke

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_SHIFT = 4  # fractional bits of cv2's coordinates


def draw_scene(scene: Scene, size: int | None = None) -> Pixels:
    """The scene as RGB of shape (size, size, 3), or of its own height and width when `size` is None."""
    import cv2
    import numpy as np

    pixels: Any = np.empty((scene.height, scene.width, 3), np.uint8)
    pixels[:] = scene.backdrop
    for face in scene.faces:
        points = [np.array([_fixed(p) for p in face.points], np.int32)]
        cv2.fillPoly(pixels, points, face.colour, cv2.LINE_AA, _SHIFT)
        if face.edge:
            cv2.polylines(pixels, points, True, face.edge, 1, cv2.LINE_AA, _SHIFT)
    for stroke in scene.strokes:
        _draw_stroke(pixels, stroke)
    for label in scene.labels:
        _draw_label(pixels, label)
    if size is not None:
        pixels = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)
    drawn: Pixels = pixels
    return drawn


def _fixed(point: Point) -> tuple[int, int]:
    return round(point[0] * (1 << _SHIFT)), round(point[1] * (1 << _SHIFT))


def _draw_stroke(pixels: Any, stroke: Stroke) -> None:
    import cv2

    width = max(1, round(stroke.thickness))
    cv2.line(pixels, _fixed(stroke.start), _fixed(stroke.end), stroke.colour, width, cv2.LINE_AA, _SHIFT)
    dx, dy = stroke.end[0] - stroke.start[0], stroke.end[1] - stroke.start[1]
    length = math.hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length
    reach = 4 + 2.2 * stroke.thickness
    for tip, sign in ((stroke.start, 1), (stroke.end, -1)):
        if stroke.ends == "arrow":
            for turn in (-0.45, 0.45):
                x = (ux * math.cos(turn) - uy * math.sin(turn)) * sign * reach
                y = (ux * math.sin(turn) + uy * math.cos(turn)) * sign * reach
                barb = tip[0] + x, tip[1] + y
                cv2.line(pixels, _fixed(tip), _fixed(barb), stroke.colour, width, cv2.LINE_AA, _SHIFT)
        elif stroke.ends == "tick":
            a, b = (tip[0] - uy * reach, tip[1] + ux * reach), (tip[0] + uy * reach, tip[1] - ux * reach)
            cv2.line(pixels, _fixed(a), _fixed(b), stroke.colour, width, cv2.LINE_AA, _SHIFT)
        elif stroke.ends == "dot":
            radius = round((1.5 + stroke.thickness) * (1 << _SHIFT))
            cv2.circle(pixels, _fixed(tip), radius, stroke.colour, -1, cv2.LINE_AA, _SHIFT)


def _draw_label(pixels: Any, label: Label) -> None:
    import cv2
    import numpy as np

    text = "".join(c if c.isascii() else "#" for c in label.text)
    (wide, tall), low = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 2)
    glyphs = np.zeros((tall + low + 4, wide + 4), np.uint8)
    cv2.putText(glyphs, text, (2, tall + 2), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2, cv2.LINE_AA)
    turn = math.radians(label.angle)
    sx, sy = label.length / max(1, wide), label.letter / max(1, tall)
    a, b = math.cos(turn), math.sin(turn)
    x, y = label.centre
    half_x = abs(a) * label.length / 2 + abs(b) * label.letter + 2
    half_y = abs(b) * label.length / 2 + abs(a) * label.letter + 2
    left, top = max(0, int(x - half_x)), max(0, int(y - half_y))
    right, bottom = min(pixels.shape[1], int(x + half_x) + 1), min(pixels.shape[0], int(y + half_y) + 1)
    if right <= left or bottom <= top:
        return
    linear = np.array([[a * sx, -b * sy], [b * sx, a * sy]])
    shift = np.array([x - left, y - top]) - linear @ np.array([glyphs.shape[1] / 2, glyphs.shape[0] / 2])
    mask = cv2.warpAffine(
        glyphs, np.column_stack([linear, shift]), (right - left, bottom - top), flags=cv2.INTER_LINEAR
    )
    share = mask[:, :, None].astype(np.float32) / 255
    patch = pixels[top:bottom, left:right]
    patch[:] = (patch * (1 - share) + np.array(label.colour, np.float32) * share).astype(np.uint8)
