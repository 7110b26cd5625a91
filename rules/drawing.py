"""Features of the lines drawn beside each length: their directions tell width, height and depth apart.

A dimension line runs along the dimension it measures, close to its text and often interrupted by it, so that two
collinear strokes stand on both sides. Horizontal lines suggest width, vertical ones height, oblique ones depth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.token import OcrResult, Stroke
from rules.groups import QuantityGroup
from rules.neighbours import Bounds, near_pairs, widened

MAX_OFFSET = 2.5
"""Letter heights between a text and a line beside it, across the line."""
MAX_GAP = 2.0
"""Letter heights between a text and the end of a line that points at it."""
COLLINEAR_WITHIN = 0.35
"""Letter heights across a line up to which strokes are pieces of it (its two edges, its halves)."""
STRAIGHT_WITHIN = 8.0
"""Degrees up to which a line counts as horizontal or vertical."""
DIRECTIONS = ("horizontal", "vertical", "oblique")
_NO_LINE = 0.02
_SMALLEST_LETTER = 6.0


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float
    letter: float

    @property
    def reach(self) -> Bounds:
        """A box that every stroke beside the text touches, whichever way it runs."""
        x, y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        half = (self.right - self.left + self.bottom - self.top) / 2
        return widened((x, y, x, y), math.sqrt(2) * (half + max(MAX_OFFSET, MAX_GAP) * self.letter))


@dataclass(frozen=True, slots=True)
class BesideStroke:
    """A stroke beside a text: its direction, and its weight from 0 to 1, larger for long and near ones.

    `offset` is the distance in pixels from the text's centre to the stroke's line, with a sign for the side; `stroke`
    is where it stands on the page.
    """

    direction: str
    offset: float
    weight: float
    stroke: Stroke


@dataclass(frozen=True, slots=True)
class Drawing:
    """The strokes beside a text, and the letter height of the text in pixels."""

    letter: float
    strokes: tuple[BesideStroke, ...]

    def longest_line(self, direction: str) -> float:
        """The largest weight of a line in a direction, the sum of its pieces; at most 1."""
        sums = (sum(piece.weight for piece in line) for line in self.lines(direction))
        return min(max(sums, default=0.0), 1.0)

    def lines(self, direction: str | None) -> list[list[BesideStroke]]:
        """The lines in a direction: for each stroke the pieces of its line, itself among them."""
        strokes = [stroke for stroke in self.strokes if stroke.direction == direction]
        return [
            [other for other in strokes if abs(other.offset - stroke.offset) < COLLINEAR_WITHIN * self.letter]
            for stroke in strokes
        ]


def strokes_beside(groups: Sequence[QuantityGroup], page: OcrResult) -> list[Drawing]:
    """The strokes of the page beside the text of each group."""
    size = max(page.width, page.height, 1)
    boxes = [_box_of(group) for group in groups]
    near = near_pairs([box.reach for box in boxes], [_bounds(stroke) for stroke in page.strokes])
    return [
        Drawing(box.letter, tuple(b for j in close if (b := _beside(box, page.strokes[j], size)) is not None))
        for box, close in zip(boxes, near, strict=True)
    ]


def drawing_features(drawings: Sequence[Drawing]) -> list[dict[str, float]]:
    """Named features of the strokes beside the text of each group, all from 0 to 1.

    `line_*`: length of the line in that direction as a share of the picture's longer side, less for a farther one;
    `share_*`: its share in the sum of the three directions; `relative_*`: its ratio to the longest such line beside any
    group; `other_*`: the largest share beside another group; `no_line`: 1 without a line.
    """
    lines = [{d: drawing.longest_line(d) for d in DIRECTIONS} for drawing in drawings]
    shares = [_shares(line) for line in lines]
    longest = {d: max((line[d] for line in lines), default=0.0) for d in DIRECTIONS}
    largest = {d: sorted((share[d] for share in shares), reverse=True)[:2] for d in DIRECTIONS}
    features = []
    for line, share in zip(lines, shares, strict=True):
        values = {"no_line": float(sum(line.values()) < _NO_LINE)}
        for d in DIRECTIONS:
            values[f"line_{d}"] = line[d]
            values[f"share_{d}"] = share[d]
            values[f"relative_{d}"] = line[d] / longest[d] if longest[d] else 0.0
            values[f"other_{d}"] = _largest_other(share[d], largest[d])
        features.append(values)
    return features


def _box_of(group: QuantityGroup) -> _Box:
    places = [located.place for located in group.quantities]
    return _Box(
        min(p.left for p in places),
        min(p.top for p in places),
        max(p.right for p in places),
        max(p.bottom for p in places),
        max(places[0].letter_height, _SMALLEST_LETTER),
    )


def _bounds(stroke: Stroke) -> Bounds:
    return min(stroke.x1, stroke.x2), min(stroke.y1, stroke.y2), max(stroke.x1, stroke.x2), max(stroke.y1, stroke.y2)


def _beside(box: _Box, stroke: Stroke, size: float) -> BesideStroke | None:
    """The stroke as seen from a text, on a page whose longer side is `size`; None where it is not beside it."""
    length = stroke.length
    if length == 0 or _inside(box, stroke):
        return None
    along_x, along_y = (stroke.x2 - stroke.x1) / length, (stroke.y2 - stroke.y1) / length
    from_x, from_y = (box.left + box.right) / 2 - stroke.x1, (box.top + box.bottom) / 2 - stroke.y1
    half_width, half_height = (box.right - box.left) / 2, (box.bottom - box.top) / 2
    across = from_y * along_x - from_x * along_y
    along = from_x * along_x + from_y * along_y
    offset = max(0.0, abs(across) - half_width * abs(along_y) - half_height * abs(along_x)) / box.letter
    reach = half_width * abs(along_x) + half_height * abs(along_y)
    gap = max(0.0, along - reach - length, -(along + reach)) / box.letter
    if offset > MAX_OFFSET or gap > MAX_GAP:
        return None
    weight = length / size * math.exp(-offset / 1.5 - gap / 2)
    return BesideStroke(_direction(stroke.angle), across, weight, stroke)


def _inside(box: _Box, stroke: Stroke) -> bool:
    """Whether the stroke lies in the text's box, as part of its letters."""
    slack = 2.0
    return all(
        box.left - slack < x < box.right + slack and box.top - slack < y < box.bottom + slack
        for x, y in ((stroke.x1, stroke.y1), (stroke.x2, stroke.y2))
    )


def _direction(angle: float) -> str:
    if min(angle, 180 - angle) < STRAIGHT_WITHIN:
        return "horizontal"
    return "vertical" if abs(angle - 90) < STRAIGHT_WITHIN else "oblique"


def _shares(lines: dict[str, float]) -> dict[str, float]:
    total = sum(lines.values()) + _NO_LINE
    return {d: length / total for d, length in lines.items()}


def _largest_other(own: float, largest: Sequence[float]) -> float:
    """The largest value beside one that is `own`, by the two `largest` of all in falling order."""
    first, second = (*largest, 0.0)[:2]
    return second if own == first else first
