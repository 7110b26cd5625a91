"""Drawn pages: products with dimension lines, whose direction names the dimension of a number.

The line of the width is horizontal, that of the height vertical, that of the depth oblique. On `scattered` pages the
lines are anywhere, so that only their direction counts; on the others they are placed as on product pictures.
"""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

from vlm.nano.measure import MeasureStyle, draw_style
from vlm.nano.scene import LEADING, LETTER_ASPECT, Colour, Face, Label, Point, Scene, Stroke

DIMENSIONS = ("width", "height", "depth")
_INKS: tuple[Colour, ...] = (
    (20, 20, 20), (40, 40, 40), (70, 70, 70), (200, 30, 30), (20, 90, 170), (20, 130, 100), (110, 110, 110),
)  # fmt: skip
_LIGHT_INKS: tuple[Colour, ...] = ((240, 240, 240), (255, 230, 150), (200, 220, 255))
_ENDS = ("arrow", "arrow", "arrow", "tick", "tick", "none", "dot")


class Drafter:
    """Draws dimension lines with their numbers on a new scene, all in one style, `boldness` (>= 1) times as thick."""

    def __init__(self, rng: Random, boldness: float = 1.0) -> None:
        self.rng = rng
        self.scene = blank_scene(rng)
        dark = sum(self.scene.backdrop) < 300
        self.ink = rng.choice(_LIGHT_INKS if dark else _INKS)
        self.measures: MeasureStyle = draw_style(rng)
        self.letter = rng.uniform(0.028, 0.06) * max(self.scene.width, self.scene.height)
        self.thickness = rng.uniform(0.9, 2.4) * boldness
        self.ends = rng.choice(_ENDS)
        self.turned = rng.random() < 0.45
        self.on_line = rng.random() < 0.12

    def add(self, start: Point, end: Point, outward: Point, dimension: str) -> bool:
        """A dimension line with a new measure outside it; False, and nothing added, where there is no room."""
        lines, answer = self.measures.draw(self.rng)
        labels = self._labels(start, end, outward, lines, dimension)
        inside = all(0 <= x <= self.scene.width and 0 <= y <= self.scene.height for x, y in (start, end))
        if not inside or not all(map(self.scene.is_free, labels)):
            return False
        self.scene.strokes.append(Stroke(start, end, self.ink, self.thickness, self.ends, dimension))
        self.scene.labels.extend(labels)
        if dimension in DIMENSIONS:
            self.scene.answers[dimension] = answer
        return True

    def _labels(self, start: Point, end: Point, outward: Point, lines: tuple[str, ...], dimension: str) -> list[Label]:
        dx, dy = end[0] - start[0], end[1] - start[1]
        slope = math.degrees(math.atan2(dy, dx))
        slope = slope - 180 if slope > 90 else slope + 180 if slope <= -90 else slope
        steep = abs(dx) < 0.08 * abs(dy)
        angle = (-90.0 if self.letter % 1 < 0.7 else 90.0) if steep else slope
        if not self.turned and (steep or abs(slope) > 8):
            angle = 0.0
        longest = max(map(len, lines)) * self.letter * LETTER_ASPECT
        tall = self.letter * (1 + LEADING * (len(lines) - 1))
        turn = math.radians(angle)
        across = abs(outward[0] * math.cos(turn) + outward[1] * math.sin(turn)) * longest / 2
        across += abs(-outward[0] * math.sin(turn) + outward[1] * math.cos(turn)) * tall / 2
        reach = 0.0 if self.on_line else across + self.letter * self.rng.uniform(0.25, 0.7) + self.thickness
        share = 0.5 if self.rng.random() < 0.8 else self.rng.uniform(0.3, 0.7)
        x, y = start[0] + dx * share + outward[0] * reach, start[1] + dy * share + outward[1] * reach
        labels = []
        for number, line in enumerate(lines):
            shift = (number - (len(lines) - 1) / 2) * self.letter * LEADING
            centre = (x - math.sin(turn) * shift, y + math.cos(turn) * shift)
            labels.append(Label(line, centre, self.letter, self.ink, angle, dimension))
        return labels


def blank_scene(rng: Random) -> Scene:
    """An empty page of random size and backdrop."""
    width = height = 400
    if rng.random() < 0.4:
        short = rng.randint(250, 399)
        width, height = (short, 400) if rng.random() < 0.65 else (400, short)
    tone = rng.random()
    if tone < 0.55:
        return Scene(width, height, (255, 255, 255))
    low, high = (190, 250) if tone < 0.93 else (10, 60)
    grey = rng.randint(low, high)
    red, green, blue = (min(255, max(0, grey + rng.randint(-12, 12))) for _ in range(3))
    return Scene(width, height, (red, green, blue))


def scattered(rng: Random, boldness: float) -> Scene:
    """Two to four lines anywhere on the page, at most one of each dimension."""
    drafter = Drafter(rng, boldness)
    scene = drafter.scene
    if rng.random() < 0.6:
        add_product(scene, rng)
    for dimension in rng.sample(DIMENSIONS, rng.choice((1, 2, 2, 3, 3))):
        for _ in range(12):
            start, end, outward = _line_anywhere(scene, rng, dimension)
            if drafter.add(start, end, outward, dimension):
                break
    scene.drawing_decides = True
    return scene


def solid(rng: Random, boldness: float) -> Scene:
    """A box in perspective with up to three lines along its edges."""
    drafter = Drafter(rng, boldness)
    scene = drafter.scene
    unit = min(scene.width, scene.height)
    wide, tall, deep = rng.uniform(0.2, 0.55) * unit, rng.uniform(0.15, 0.6) * unit, rng.uniform(0.15, 0.36) * unit
    tilt = 0.0 if rng.random() < 0.4 else rng.uniform(2, 26)
    steep = rng.uniform(max(18, tilt + 12), 62)
    side = rng.choice((-1, 1))
    w = (wide * math.cos(math.radians(tilt)), wide * math.sin(math.radians(tilt)) * side)
    d = (deep * math.cos(math.radians(steep)) * side, -deep * math.sin(math.radians(steep)))
    low = _low_corner(scene, rng, w, d, tall)
    near = low if side > 0 else plus(low, w)
    far = plus(low, w) if side > 0 else low
    up = (0.0, -tall)
    _box_faces(scene, rng, (low, plus(low, w)), far, d, up)
    gap = rng.uniform(0.015, 0.06) * unit
    bottom, top = normal(w, down=True), normal(w, down=False)
    edges: dict[str, tuple[tuple[Point, Point, Point], ...]] = {
        "width": ((low, plus(low, w), bottom), (plus(low, up, d), plus(low, w, up, d), top)),
        "depth": (
            (far, plus(far, d), normal(d, down=True)),
            (plus(near, up), plus(near, up, d), normal(d, down=False)),
        ),
        "height": ((near, plus(near, up), (-side, 0.0)), (plus(far, d), plus(far, d, up), (side, 0.0))),
    }
    for dimension, choices in edges.items():
        if rng.random() < 0.12:
            continue
        for start, end, outward in rng.sample(choices, 2):
            if drafter.add(moved(start, outward, gap), moved(end, outward, gap), outward, dimension):
                break
    _inner_lines(drafter, rng, low, w, tall)
    scene.drawing_decides = True
    return scene


def flat(rng: Random, boldness: float) -> Scene:
    """A product seen from the front with its width, its height, or both; its depth is not stated."""
    drafter = Drafter(rng, boldness)
    scene = drafter.scene
    wide, tall = rng.uniform(0.12, 0.7) * scene.width, rng.uniform(0.12, 0.7) * scene.height
    left, top = rng.uniform(0.12, 0.88) * (scene.width - wide), rng.uniform(0.1, 0.9) * (scene.height - tall)
    add_product(scene, rng, (left, top, left + wide, top + tall))
    gap = rng.uniform(0.01, 0.06) * scene.width
    edges: dict[str, tuple[tuple[Point, Point, Point], ...]] = {
        "width": (
            ((left, top - gap), (left + wide, top - gap), (0, -1)),
            ((left, top + tall + gap), (left + wide, top + tall + gap), (0, 1)),
        ),
        "height": (
            ((left - gap, top), (left - gap, top + tall), (-1, 0)),
            ((left + wide + gap, top), (left + wide + gap, top + tall), (1, 0)),
        ),
    }
    shown = rng.choice((("width",), ("height",), ("width", "height"), ("width", "height")))
    for dimension in shown:
        for start, end, outward in rng.sample(edges[dimension], 2):
            if drafter.add(start, end, outward, dimension):
                break
    _inner_lines(drafter, rng, (left, top + tall), (wide, 0.0), tall)
    scene.drawing_decides = True
    return scene


def without_lines(scene: Scene) -> Scene:
    """The scene with its numbers and no dimension lines, so without answers."""
    labels = [replace(label, dimension="") for label in scene.labels]
    return replace(scene, strokes=[], labels=labels, answers={})


def add_product(scene: Scene, rng: Random, box: tuple[float, float, float, float] | None = None) -> None:
    """Adds a plain shape for a product, in `box` (left, top, right, bottom) or anywhere."""
    if box is None:
        wide, tall = rng.uniform(0.2, 0.6) * scene.width, rng.uniform(0.2, 0.6) * scene.height
        left, top = rng.uniform(0, 1) * (scene.width - wide), rng.uniform(0, 1) * (scene.height - tall)
        box = left, top, left + wide, top + tall
    left, top, right, bottom = box
    middle, half = ((left + right) / 2, (top + bottom) / 2), ((right - left) / 2, (bottom - top) / 2)
    kind = rng.random()
    if kind < 0.4:
        points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    else:
        power = rng.choice((0.3, 0.5, 1.0))
        points = []
        for step in range(24):
            c, s = math.cos(step * math.pi / 12), math.sin(step * math.pi / 12)
            points.append((middle[0] + half[0] * _signed(c, power), middle[1] + half[1] * _signed(s, power)))
    colour = draw_colour(rng)
    scene.faces.append(Face(tuple(points), colour, shaded(colour, 0.7) if rng.random() < 0.5 else None))
    for _ in range(rng.choice((0, 0, 1, 2))):
        a, b = sorted((rng.uniform(left, right), rng.uniform(left, right)))
        c, d = sorted((rng.uniform(top, bottom), rng.uniform(top, bottom)))
        scene.faces.append(Face(((a, c), (b, c), (b, d), (a, d)), shaded(colour, rng.uniform(0.6, 1.3))))


def draw_colour(rng: Random) -> Colour:
    """A product's colour, often grey or white."""
    if rng.random() < 0.45:
        grey = rng.randint(30, 245)
        return grey, grey, grey
    return rng.randint(20, 240), rng.randint(20, 240), rng.randint(20, 240)


def shaded(colour: Colour, share: float) -> Colour:
    """The colour, darker or lighter."""
    red, green, blue = (min(255, int(c * share)) for c in colour)
    return red, green, blue


def plus(*vectors: Point) -> Point:
    """The sum of points."""
    return sum(v[0] for v in vectors), sum(v[1] for v in vectors)


def moved(point: Point, direction: Point, distance: float) -> Point:
    """The point moved along a unit vector."""
    return point[0] + direction[0] * distance, point[1] + direction[1] * distance


def normal(vector: Point, *, down: bool) -> Point:
    """The unit normal down the page, or up."""
    length = math.hypot(*vector) or 1.0
    x, y = -vector[1] / length, vector[0] / length
    return (x, y) if (y > 0) == down else (-x, -y)


def _signed(value: float, power: float) -> float:
    return math.copysign(abs(value) ** power, value)


def _line_anywhere(scene: Scene, rng: Random, dimension: str) -> tuple[Point, Point, Point]:
    length = rng.uniform(0.18, 0.6) * min(scene.width, scene.height)
    degrees = {"width": rng.gauss(0, 3), "height": 90.0, "depth": rng.choice((-1, 1)) * rng.uniform(22, 65)}[dimension]
    across = math.cos(math.radians(degrees)) * length, math.sin(math.radians(degrees)) * length
    x = rng.uniform(0, scene.width - abs(across[0]))
    y = rng.uniform(max(0, -across[1]), scene.height - max(0, across[1]))
    outward = normal(across, down=rng.random() < 0.5) if dimension != "height" else (rng.choice((-1.0, 1.0)), 0.0)
    return (x, y), plus((x, y), across), outward


def _low_corner(scene: Scene, rng: Random, w: Point, d: Point, tall: float) -> Point:
    xs, ys = (0, w[0], d[0], w[0] + d[0]), (0, w[1], d[1], w[1] + d[1], -tall, w[1] - tall, w[1] + d[1] - tall)
    spare_x, spare_y = scene.width - max(xs) + min(xs), scene.height - max(ys) + min(ys)
    return rng.uniform(0.3, 0.7) * spare_x - min(xs), rng.uniform(0.3, 0.7) * spare_y - min(ys)


def _box_faces(scene: Scene, rng: Random, front: tuple[Point, Point], far: Point, d: Point, up: Point) -> None:
    colour = draw_colour(rng)
    edge = shaded(colour, 0.6) if rng.random() < 0.5 else None
    a, b = front
    scene.faces.append(Face((a, b, plus(b, up), plus(a, up)), colour, edge))
    scene.faces.append(Face((far, plus(far, d), plus(far, d, up), plus(far, up)), shaded(colour, 0.75), edge))
    top = (plus(a, up), plus(b, up), plus(b, up, d), plus(a, up, d))
    scene.faces.append(Face(top, shaded(colour, 1.15), edge))
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        share = rng.uniform(0.1, 0.9)
        low, high = (0.0, up[1] * share), (0.0, up[1] * min(1, share + rng.uniform(0.01, 0.3)))
        points = (plus(a, low), plus(b, low), plus(b, high), plus(a, high))
        scene.faces.append(Face(points, shaded(colour, rng.uniform(0.5, 1.2)), edge))


def _inner_lines(drafter: Drafter, rng: Random, low: Point, w: Point, tall: float) -> None:
    if rng.random() > 0.12:
        return
    at, share = rng.uniform(0.25, 0.75), rng.uniform(0.15, 0.4)
    start = (low[0] + w[0] * at, low[1] + w[1] * at - tall * rng.uniform(0.1, 0.5))
    if rng.random() < 0.6:
        drafter.add(start, (start[0], start[1] - tall * share), (rng.choice((-1.0, 1.0)), 0.0), "part")
    else:
        drafter.add(start, (start[0] + w[0] * share, start[1] + w[1] * share), (0.0, -1.0), "part")
