"""Points and outlines in picture pixels: origin top left, y downwards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Outline = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Rect:
    """An upright rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Extent along x."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Extent along y."""
        return self.bottom - self.top

    @property
    def centre(self) -> Point:
        """Where the diagonals cross."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def at(self, x: float, y: float) -> Point:
        """The point at fractions `x`, `y` of the rectangle, (0, 0) being its top left corner."""
        return self.left + x * self.width, self.top + y * self.height

    def part(self, left: float, top: float, right: float, bottom: float) -> Rect:
        """The rectangle between two points given as fractions."""
        return Rect(*self.at(left, top), *self.at(right, bottom))

    def inset(self, left: float, top: float, right: float, bottom: float) -> Rect:
        """The rectangle with so many pixels cut off each side."""
        return Rect(self.left + left, self.top + top, self.right - right, self.bottom - bottom)

    def fitted(self, aspect: float) -> Rect:
        """The largest centred rectangle inside with width / height = `aspect`."""
        width = min(self.width, self.height * aspect)
        height = width / aspect
        x, y = self.centre
        return Rect(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def outline(self) -> Outline:
        """The four corners, clockwise from the top left."""
        return (
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        )


def moved(point: Point, by: Point, times: float = 1.0) -> Point:
    """`point` shifted `times` the vector `by`."""
    return point[0] + by[0] * times, point[1] + by[1] * times


def between(a: Point, b: Point, t: float = 0.5) -> Point:
    """The point at fraction `t` of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def unit(vector: Point) -> Point:
    """The vector of length 1 in the same direction."""
    length = math.hypot(*vector)
    return vector[0] / length, vector[1] / length


def normal_towards(a: Point, b: Point, towards: Point) -> Point:
    """The unit normal of the line `a` to `b` that points more along `towards` than against it."""
    x, y = unit((b[0] - a[0], b[1] - a[1]))
    return (-y, x) if -y * towards[0] + x * towards[1] > 0 else (y, -x)


def ellipse(centre: Point, rx: float, ry: float, start: float = 0, end: float = 360) -> Outline:
    """An ellipse, or its arc from `start` to `end` degrees (0 to the right, clockwise)."""
    steps = max(12, round(abs(end - start) / 6))
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return tuple((centre[0] + rx * math.cos(a), centre[1] + ry * math.sin(a)) for a in angles)


def rounded(rect: Rect, radius: float) -> Outline:
    """A rectangle with round corners."""
    r = min(radius, rect.width / 2, rect.height / 2)
    corners = (
        ((rect.right - r, rect.top + r), 270),
        ((rect.right - r, rect.bottom - r), 0),
        ((rect.left + r, rect.bottom - r), 90),
        ((rect.left + r, rect.top + r), 180),
    )
    return tuple(p for centre, start in corners for p in ellipse(centre, r, r, start, start + 90))


_STEPS = 8
"""Pieces of a curve from one point to the next."""


def smooth(points: Sequence[Point]) -> Outline:
    """A Catmull-Rom curve through `points`."""
    padded = [points[0], *points, points[-1]]
    curve = [points[0]]
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for i in range(1, _STEPS + 1):
            t = i / _STEPS
            curve.append((_cubic(p0[0], p1[0], p2[0], p3[0], t), _cubic(p0[1], p1[1], p2[1], p3[1], t)))
    return tuple(curve)


def _cubic(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def bounds(outline: Sequence[Point]) -> Rect:
    """The upright rectangle around `outline`."""
    xs, ys = zip(*outline, strict=True)
    return Rect(min(xs), min(ys), max(xs), max(ys))


def overlap(a: Sequence[Point], b: Sequence[Point]) -> bool:
    """Whether two convex outlines (two points: a segment) share an area or cross."""
    return not (_separated(a, b) or _separated(b, a))


def _separated(a: Sequence[Point], b: Sequence[Point]) -> bool:
    for (x0, y0), (x1, y1) in zip(a, [*a[1:], a[0]], strict=True):
        for axis in ((y0 - y1, x1 - x0), (x1 - x0, y1 - y0)):
            along_a = [p[0] * axis[0] + p[1] * axis[1] for p in a]
            along_b = [p[0] * axis[0] + p[1] * axis[1] for p in b]
            if max(along_a) <= min(along_b) or max(along_b) <= min(along_a):
                return True
    return False
