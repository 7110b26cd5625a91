"""The result of OCR: tokens with their boxes, strokes and an embedding, on the page that holds them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar, NamedTuple

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Point = tuple[float, float]
Box = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class OcrToken:
    """One piece of text on a page, usually a line or a part of one.

    `box` holds the corners in pixels of the upright picture (origin top left, y downwards), in reading direction: first
    the corner above the start of the text, then clockwise for its reader. Text that runs upwards therefore has its
    first corner at the bottom left. `score` is the engine's confidence, 0 to 1.
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


class Stroke(NamedTuple):
    """A straight line in a picture: its two ends in pixels."""

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


@dataclass(frozen=True, slots=True)
class OcrResult:
    """The page of one picture: its text and, from engines that look for them, its straight strokes.

    `width` and `height` are those of the upright picture in pixels; all positions are in these pixels. `embedding`:
    what a classifier of pictures sees in the whole (`ocr.embedding`); empty from engines without one.
    """

    tokens: tuple[OcrToken, ...]
    width: int
    height: int
    strokes: tuple[Stroke, ...] = ()
    embedding: tuple[float, ...] = ()

    # NaN and Infinity are written as such, not as null.
    __pydantic_config__: ClassVar[dict[str, str]] = {"ser_json_inf_nan": "constants"}

    def to_json(self) -> str:
        """One line of JSON that `from_json` reads back to an equal result."""
        return _json_form().dump_json(self, warnings=False).decode()

    @classmethod
    def from_json(cls, text: str) -> OcrResult:
        """The result that `to_json` wrote; raises ValueError (a `pydantic.ValidationError`) on anything else."""
        return _json_form().validate_json(text)


@cache
def _json_form() -> TypeAdapter[OcrResult]:
    # Imported here, as most users of this module need no JSON.
    from pydantic import TypeAdapter

    return TypeAdapter(OcrResult)
