"""What an OCR engine hands on: tokens with their boxes, and the page they stand on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Point = tuple[float, float]
Box = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class OcrToken:
    """One piece of text as an engine found it, usually a line or part of one.

    `box` holds the corners in pixels of the upright picture (origin top left, y downwards), in reading
    direction: first the corner where the text begins above its first letter, then clockwise as the
    text is read. Text running upwards therefore has its first corner at the bottom left.
    `score` is the engine's confidence, 0 to 1.
    """

    text: str
    box: Box
    score: float

    @property
    def angle(self) -> float:
        """Reading direction in degrees, -180 < angle <= 180: 0 to the right, 90 downwards, -90 upwards."""
        (x0, y0), (x1, y1) = self.box[0], self.box[1]
        return math.degrees(math.atan2(y1 - y0, x1 - x0))

    @property
    def letter_height(self) -> float:
        """Height of the text line in pixels, across the reading direction."""
        return math.dist(self.box[0], self.box[3])

    @property
    def length(self) -> float:
        """Length of the text line in pixels, along the reading direction."""
        return math.dist(self.box[0], self.box[1])

    @property
    def centre(self) -> Point:
        """Centre of the box in pixels."""
        return sum(x for x, _ in self.box) / 4, sum(y for _, y in self.box) / 4

    @property
    def left(self) -> float:
        """Smallest x of the box."""
        return min(x for x, _ in self.box)

    @property
    def right(self) -> float:
        """Largest x of the box."""
        return max(x for x, _ in self.box)

    @property
    def top(self) -> float:
        """Smallest y of the box."""
        return min(y for _, y in self.box)

    @property
    def bottom(self) -> float:
        """Largest y of the box."""
        return max(y for _, y in self.box)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line drawn in a picture, from one end to the other, in pixels."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def length(self) -> float:
        """Length in pixels."""
        return math.hypot(self.x2 - self.x1, self.y2 - self.y1)

    @property
    def angle(self) -> float:
        """Direction in degrees, 0 to 180: 0 horizontal, 90 vertical, below 90 falling to the right."""
        return math.degrees(math.atan2(self.y2 - self.y1, self.x2 - self.x1)) % 180.0


OUTLINE_SAMPLES = 40
"""Rows and columns at which an outline is given."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline of the largest thing on a picture.

    `left` to `bottom`: its upright box in pixels. `lefts` and `rights`: where it begins and ends in each of
    `OUTLINE_SAMPLES` evenly spaced rows from top to bottom; `uppers` and `lowers`: the same in columns from left to
    right; both as shares of the box, 0 at its left or top. `plain`: share of the picture's edge in the background's
    colour; little of it means that the thing could not be told from what is behind it.
    """

    left: float
    top: float
    right: float
    bottom: float
    plain: float
    lefts: tuple[float, ...]
    rights: tuple[float, ...]
    uppers: tuple[float, ...]
    lowers: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OcrResult:
    """What is printed on one picture: its text and, where an engine looks for them, its straight strokes and outline.

    `width` and `height` are those of the upright picture in pixels, to which all positions belong.
    """

    tokens: tuple[OcrToken, ...]
    width: int
    height: int
    strokes: tuple[Stroke, ...] = ()
    outline: Outline | None = None

    def to_json(self) -> str:
        """One line of JSON that `from_json` reads back to an equal result."""
        tokens = [{"text": t.text, "score": t.score, "box": t.box} for t in self.tokens]
        strokes = [(s.x1, s.y1, s.x2, s.y2) for s in self.strokes]
        page: dict[str, Any] = {"width": self.width, "height": self.height, "tokens": tokens, "strokes": strokes}
        if self.outline is not None:
            page["outline"] = asdict(self.outline)
        return json.dumps(page, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> OcrResult:
        """The result that `to_json` wrote; raises ValueError or KeyError on anything else."""
        page: Mapping[str, Any] = json.loads(text)
        tokens = tuple(OcrToken(t["text"], _box(t["box"]), float(t["score"])) for t in page["tokens"])
        strokes = tuple(Stroke(*map(float, ends)) for ends in page.get("strokes", ()))
        return cls(tokens, int(page["width"]), int(page["height"]), strokes, _outline(page.get("outline")))


def _outline(data: Mapping[str, Any] | None) -> Outline | None:
    if data is None:
        return None
    return Outline(
        left=float(data["left"]),
        top=float(data["top"]),
        right=float(data["right"]),
        bottom=float(data["bottom"]),
        plain=float(data["plain"]),
        lefts=tuple(map(float, data["lefts"])),
        rights=tuple(map(float, data["rights"])),
        uppers=tuple(map(float, data["uppers"])),
        lowers=tuple(map(float, data["lowers"])),
    )


def _box(corners: list[list[float]]) -> Box:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return a, b, c, d
