"""A block seen at an angle: maps width, depth and height fractions to pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from dataset.synthetic.colour import Colour, lit
from dataset.synthetic.geometry import Outline, Point, Rect, bounds, normal_towards
from dataset.synthetic.scene import Fill, Finish
from dataset.synthetic.shapes.product import Edge

Range = tuple[float, float]
WHOLE: Range = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Solid:
    """A block in parallel perspective; its front lies almost in the picture plane, its depth recedes.

    `origin` is the front bottom corner on the hidden side; the vectors run along the block's width,
    depth and height in pixels. The visible side is the one at the end of the width.
    """

    origin: Point
    width: Point
    depth: Point
    height: Point

    def at(self, u: float, v: float, t: float) -> Point:
        """The point at fractions of width (0: hidden side), depth (0: front) and height (0: ground)."""
        return (
            self.origin[0] + u * self.width[0] + v * self.depth[0] + t * self.height[0],
            self.origin[1] + u * self.width[1] + v * self.depth[1] + t * self.height[1],
        )

    def front(self, u: Range = WHOLE, t: Range = WHOLE, v: float = 0) -> Outline:
        """A rectangle parallel to the front."""
        corners = ((u[0], t[0]), (u[1], t[0]), (u[1], t[1]), (u[0], t[1]))
        return tuple(self.at(a, v, b) for a, b in corners)

    def side(self, v: Range = WHOLE, t: Range = WHOLE, u: float = 1) -> Outline:
        """A rectangle parallel to the visible side."""
        corners = ((v[0], t[0]), (v[1], t[0]), (v[1], t[1]), (v[0], t[1]))
        return tuple(self.at(u, a, b) for a, b in corners)

    def top(self, u: Range = WHOLE, v: Range = WHOLE, t: float = 1) -> Outline:
        """A level rectangle."""
        corners = ((u[0], v[0]), (u[1], v[0]), (u[1], v[1]), (u[0], v[1]))
        return tuple(self.at(a, b, t) for a, b in corners)

    def block(self, colour: Colour, u: Range = WHOLE, v: Range = WHOLE, t: Range = WHOLE) -> tuple[Fill, ...]:
        """The three visible faces of a block inside this one."""
        return (
            Fill(self.top(u, v, t[1]), lit(colour, 1.18), Finish(angle=20, strength=0.08)),
            Fill(self.side(v, t, u[1]), lit(colour, 0.74), Finish(angle=80, strength=0.14)),
            Fill(self.front(u, t, v[0]), colour, Finish(angle=60, strength=0.16)),
        )

    @property
    def frame(self) -> Rect:
        """The upright rectangle around the whole block."""
        return bounds([self.at(u, v, t) for u in (0, 1) for v in (0, 1) for t in (0, 1)])

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The silhouette's edges: two for each dimension."""
        x, y = self.frame.centre
        pairs = (
            ("width", self.at(0, 0, 0), self.at(1, 0, 0)),
            ("width", self.at(0, 1, 1), self.at(1, 1, 1)),
            ("depth", self.at(1, 0, 0), self.at(1, 1, 0)),
            ("depth", self.at(0, 0, 1), self.at(0, 1, 1)),
            ("height", self.at(0, 0, 1), self.at(0, 0, 0)),
            ("height", self.at(1, 1, 1), self.at(1, 1, 0)),
        )
        return tuple(
            Edge(name, a, b, normal_towards(a, b, ((a[0] + b[0]) / 2 - x, (a[1] + b[1]) / 2 - y)))
            for name, a, b in pairs
        )


def fitted_solid(rng: Random, room: Rect, width: float, depth: float, height: float) -> Solid:
    """A block of the given proportions, as large as `room` allows, seen from a random side and angle."""
    tilt, slant = math.radians(rng.uniform(2, 13)), math.radians(rng.uniform(22, 36))
    shortening = rng.uniform(0.55, 0.7)
    mirror = rng.choice((1, -1))
    wide = (mirror * width * math.cos(tilt), width * math.sin(tilt))
    deep = (mirror * depth * shortening * math.cos(slant), -depth * shortening * math.sin(slant))
    loose = Solid((0, 0), wide, deep, (0, -height))
    frame = loose.frame
    scale = min(room.width / frame.width, room.height / frame.height)
    x, y = room.centre
    cx, cy = frame.centre
    origin = (x - cx * scale, y - cy * scale)
    return Solid(origin, *((a * scale, b * scale) for a, b in (wide, deep, (0.0, -height))))
