"""The parts of a synthetic page, for drawing and for OCR: faces, strokes and labels, with the answers in them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ocr.token import Box, OcrToken
from rules.amount import Amount

Point = tuple[float, float]
Colour = tuple[int, int, int]

LETTER_ASPECT = 0.55
LEADING = 1.25
"""From one line of a label to the next, in letter heights."""


@dataclass(frozen=True, slots=True)
class Face:
    """A filled polygon; `edge` is its outline's colour or None."""

    points: tuple[Point, ...]
    colour: Colour
    edge: Colour | None = None


@dataclass(frozen=True, slots=True)
class Stroke:
    """A dimension line; `ends` is "arrow", "tick", "dot" or "none", `dimension` the one it shows, or ""."""

    start: Point
    end: Point
    colour: Colour
    thickness: float
    ends: str
    dimension: str = ""

    def points(self, spacing: float) -> tuple[Point, ...]:
        """Points along the line, about `spacing` pixels apart; the middle of a short one."""
        count = max(1, round(math.dist(self.start, self.end) / spacing))
        shares = ((i + 0.5) / count for i in range(count))
        (x, y), (x2, y2) = self.start, self.end
        return tuple((x + (x2 - x) * share, y + (y2 - y) * share) for share in shares)


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text around `centre`, `letter` pixels high, turned by `angle` degrees clockwise.

    `dimension` is the one of its dimension line, or "".
    """

    text: str
    centre: Point
    letter: float
    colour: Colour
    angle: float = 0.0
    dimension: str = ""

    @property
    def length(self) -> float:
        """Approximate pixels along the text."""
        return max(1, len(self.text)) * self.letter * LETTER_ASPECT

    def token(self) -> OcrToken:
        """The token of a perfect OCR engine."""
        along = math.radians(self.angle)
        ux, uy = math.cos(along) * self.length / 2, math.sin(along) * self.length / 2
        vx, vy = -math.sin(along) * self.letter / 2, math.cos(along) * self.letter / 2
        x, y = self.centre
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        a, b, c, d = ((x + i * ux + j * vx, y + i * uy + j * vy) for i, j in corners)
        box: Box = a, b, c, d
        return OcrToken(self.text, box, 1.0)


@dataclass(slots=True)
class Scene:
    """A page of `width` x `height` pixels, drawn in the order faces, strokes, labels."""

    width: int
    height: int
    backdrop: Colour
    faces: list[Face] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    answers: dict[str, Amount] = field(default_factory=dict)
    drawing_decides: bool = False

    def is_free(self, label: Label) -> bool:
        """Whether the label lies inside the page and on no other label."""
        box = _bounds(label)
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= self.width and box[3] <= self.height
        return inside and not any(_overlap(box, _bounds(other)) for other in self.labels)


def _bounds(label: Label) -> tuple[float, float, float, float]:
    along = math.radians(label.angle)
    half_x = abs(math.cos(along)) * label.length / 2 + abs(math.sin(along)) * label.letter / 2
    half_y = abs(math.sin(along)) * label.length / 2 + abs(math.cos(along)) * label.letter / 2
    x, y = label.centre
    return x - half_x, y - half_y, x + half_x, y + half_y


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
