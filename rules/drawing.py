"""Which way the lines beside each length run: what a drawing says of width, depth and height.

A dimension line runs along the extent it measures, close to its text, often interrupted by it, so that two collinear
strokes stand on both sides. Horizontal lines speak for width, vertical ones for height, oblique ones for depth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.token import OcrResult, Stroke
from rules.measures import Measure

MAX_OFFSET = 2.5
"""Letter heights between a text and a line beside it, across the line."""
MAX_GAP = 2.0
"""Letter heights between a text and the end of a line that points at it."""
COLLINEAR_WITHIN = 0.35
"""Letter heights across up to which strokes are pieces of one line (its two edges, its halves)."""
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


@dataclass(frozen=True, slots=True)
class _Beside:
    """A stroke beside a text: its direction, where it runs across it, and how much it counts (0 to 1).

    `slope` is the sine of its angle: 0 horizontal, 1 or -1 vertical, negative where it rises to the right.
    """

    direction: str
    offset: float
    weight: float
    slope: float


def drawing_features(measures: Sequence[Measure], page: OcrResult) -> tuple[dict[str, float], ...]:
    """For each measure, named facts about the strokes beside its text, all from 0 to 1.

    `line_*`: length of the line in that direction as a share of the picture's longer side, less the farther it is;
    `share_*`: that line's part in the three; `relative_*`: compared with the longest such line beside any measure;
    `other_*`: the largest share beside another measure; `no_line`: none is there.
    """
    size = max(page.width, page.height, 1)
    lines = [_lines_beside(_box_of(measure), page.strokes, size) for measure in measures]
    shares = [_shares(line) for line in lines]
    longest = {d: max((line[d] for line in lines), default=0.0) for d in DIRECTIONS}
    found = []
    for i, (line, share) in enumerate(zip(lines, shares, strict=True)):
        facts = {"no_line": float(sum(line.values()) < _NO_LINE)}
        for d in DIRECTIONS:
            facts[f"line_{d}"] = line[d]
            facts[f"share_{d}"] = share[d]
            facts[f"relative_{d}"] = line[d] / longest[d] if longest[d] else 0.0
            facts[f"other_{d}"] = max((s[d] for j, s in enumerate(shares) if j != i), default=0.0)
        found.append(facts)
    return tuple(found)


def slope_features(measure: Measure, page: OcrResult) -> dict[str, float]:
    """How steep the lines beside a measure are: in a drawing in perspective both width and depth are oblique.

    `steep`: the mean of their slopes, 0 horizontal and 1 vertical; `steep_oblique`: that of oblique ones alone;
    `rising_oblique`: from 1, all oblique ones rise to the right, to -1, all fall.
    """
    beside = _all_beside(_box_of(measure), page.strokes, max(page.width, page.height, 1))
    oblique = [b for b in beside if b.direction == "oblique"]
    leaning = sum(b.weight for b in oblique) + _NO_LINE
    return {
        "steep": sum(b.weight * abs(b.slope) for b in beside) / (sum(b.weight for b in beside) + _NO_LINE),
        "steep_oblique": sum(b.weight * abs(b.slope) for b in oblique) / leaning,
        "rising_oblique": sum(math.copysign(b.weight, -b.slope) for b in oblique) / leaning,
    }


def _box_of(measure: Measure) -> _Box:
    places = [sighting.place for sighting in measure.sightings]
    return _Box(
        min(p.left for p in places),
        min(p.top for p in places),
        max(p.right for p in places),
        max(p.bottom for p in places),
        max(places[0].letter_height, _SMALLEST_LETTER),
    )


def _lines_beside(box: _Box, strokes: Sequence[Stroke], size: float) -> dict[str, float]:
    beside = _all_beside(box, strokes, size)
    return {d: _longest_line([b for b in beside if b.direction == d], box.letter) for d in DIRECTIONS}


def _all_beside(box: _Box, strokes: Sequence[Stroke], size: float) -> list[_Beside]:
    return [b for stroke in strokes if (b := _beside(box, stroke, size)) is not None]


def _longest_line(strokes: Sequence[_Beside], letter: float) -> float:
    together = (
        sum(other.weight for other in strokes if abs(other.offset - stroke.offset) < COLLINEAR_WITHIN * letter)
        for stroke in strokes
    )
    return min(max(together, default=0.0), 1.0)


def _beside(box: _Box, stroke: Stroke, size: float) -> _Beside | None:
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
    slope = along_y if along_x >= 0 else -along_y
    return _Beside(_direction(stroke.angle), across, weight, slope)


def _inside(box: _Box, stroke: Stroke) -> bool:
    """Whether the stroke is part of the letters themselves."""
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
