"""Features of the extent that each length measures: the largest of its direction or a part, and to which scale.

A drawing has one scale. So of several lengths along one direction the largest is the whole's, and a line too long or
too short for its number stands beside the number of another, or the number was misread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from rules.drawing import DIRECTIONS, Drawing
from rules.groups import QuantityGroup

CLEAR_SHARE = 0.6
"""Share of the lines beside a text that its direction needs to be clear."""
SHORTEST = 0.02
"""Weight of the shortest line that counts (see `rules.drawing.BesideStroke`)."""
MOST_DOUBLINGS = 3.0
"""Bounds of the ratios of sizes and scales."""
_SAME_SIZE = 1.01
_SMALLEST = 1e-9


def extent_features(groups: Sequence[QuantityGroup], drawings: Sequence[Drawing]) -> list[dict[str, float]]:
    """Named features of each length whose line has a clear direction; none of the others.

    Among the lengths of its direction: `along_size`, its ratio to the largest in doublings (0 to -3), `along_larger`
    and `along_smaller`, the different sizes above and below. `scale`: pixels of its line for each unit of its size, as
    a ratio to the median of the page's other sizes, in doublings (-3 to 3); `scale_off`: the same without its sign.
    """
    directions = [_direction(drawing) for drawing in drawings]
    reaches = [_reach(drawing, direction) for drawing, direction in zip(drawings, directions, strict=True)]
    sizes = [max(group.size, _SMALLEST) for group in groups]
    scales = [math.log2(reach / size) if reach else None for reach, size in zip(reaches, sizes, strict=True)]
    features: list[dict[str, float]] = []
    for direction, size, scale in zip(directions, sizes, scales, strict=True):
        if direction is None:
            features.append({})
            continue
        along = [other for other, its in zip(sizes, directions, strict=True) if its == direction]
        others = [
            its
            for other, its in zip(sizes, scales, strict=True)
            if its is not None and max(size, other) > _SAME_SIZE * min(size, other)
        ]
        features.append(_rank(size, along) | _scale(scale, others))
    return features


def _direction(drawing: Drawing) -> str | None:
    """The direction of the line beside a text, None where it is not clear."""
    lines = {d: drawing.longest_line(d) for d in DIRECTIONS}
    longest = max(DIRECTIONS, key=lambda d: lines[d])
    return longest if lines[longest] > max(SHORTEST, CLEAR_SHARE * sum(lines.values())) else None


def _reach(drawing: Drawing, direction: str | None) -> float:
    """Pixels from one end to the other of the longest line in a direction, over all its pieces; 0 without a line."""
    line = max(drawing.lines(direction), key=lambda pieces: sum(piece.weight for piece in pieces), default=[])
    ends = [end for piece in line for end in ((piece.stroke.x1, piece.stroke.y1), (piece.stroke.x2, piece.stroke.y2))]
    return max((math.dist(a, b) for a in ends for b in ends), default=0.0)


def _rank(size: float, along: Sequence[float]) -> dict[str, float]:
    return {
        "along_size": max(math.log2(size / max(along)), -MOST_DOUBLINGS),
        "along_larger": float(len({round(other, 3) for other in along if other > size * _SAME_SIZE})),
        "along_smaller": float(len({round(other, 3) for other in along if other * _SAME_SIZE < size})),
    }


def _scale(scale: float | None, others: Sequence[float]) -> dict[str, float]:
    if scale is None or not others:
        return {}
    off = max(-MOST_DOUBLINGS, min(MOST_DOUBLINGS, scale - median(others)))
    return {"scale": off, "scale_off": abs(off)}
