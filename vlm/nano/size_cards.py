"""Size cards: numbers in a list, in tiles or anywhere, each beside a short arrow that alone names its dimension."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from random import Random

from vlm.nano.layouts import DIMENSIONS, Drafter, add_product, draw_colour, plus
from vlm.nano.scene import LEADING, LETTER_ASPECT, Face, Label, Point, Scene, Stroke

_AROUND: dict[str, Point] = {"left": (-1, 0), "right": (1, 0), "above": (0, -1), "below": (0, 1)}


def size_card(rng: Random, boldness: float) -> Scene:
    """One to three numbers with their arrows, at most one of each dimension, in any order."""
    drafter = Drafter(rng, boldness)
    scene = drafter.scene
    if rng.random() < 0.7:
        add_product(scene, rng)
    dimensions = rng.sample(DIMENSIONS, rng.choice((1, 2, 2, 3, 3, 3, 3)))
    setting, sides = rng.choice(_SETTINGS)
    side = rng.choice(sides)
    reach = drafter.letter * rng.uniform(1.3, 3.0)
    card = _Card(drafter, side, reach, taken=replace(scene, labels=[]))
    for dimension, spot in zip(dimensions, setting(scene, rng, len(dimensions)), strict=True):
        card.add(dimension, spot)
    scene.drawing_decides = True
    return scene


@dataclass(frozen=True, slots=True)
class _Spot:
    """The middle of a number, and its greatest width in pixels."""

    middle: Point
    room: float


def _column(scene: Scene, rng: Random, count: int) -> list[_Spot]:
    x = scene.width * rng.uniform(0.3, 0.75)
    room = 1.5 * min(x, scene.width - x)
    step = scene.height * rng.uniform(0.13, min(0.3, 0.85 / count))
    top = rng.uniform(step * 0.6, scene.height - step * (count - 0.4))
    return [_Spot((x, top + step * row), room) for row in range(count)]


def _tiles(scene: Scene, rng: Random, count: int) -> list[_Spot]:
    step = scene.width / max(2, count)
    tall = scene.height * rng.uniform(0.2, 0.32)
    y = rng.uniform(tall / 2, scene.height - tall / 2) if rng.random() < 0.3 else scene.height - tall * 0.55
    middles = [(step * (column + 0.5), y) for column in range(count)]
    if rng.random() < 0.6:
        fill = scene.backdrop if rng.random() < 0.6 else draw_colour(rng)
        for x, _ in middles:
            left, right, low, high = x - step * 0.45, x + step * 0.45, y - tall / 2, y + tall / 2
            corners = ((left, low), (right, low), (right, high), (left, high))
            edge = (128, 128, 128) if rng.random() < 0.9 else None
            scene.faces.append(Face(corners, fill if _readable(fill, scene) else scene.backdrop, edge))
    return [_Spot(middle, step * 0.85) for middle in middles]


def _anywhere(scene: Scene, rng: Random, count: int) -> list[_Spot]:
    middles = [(rng.uniform(0.2, 0.8) * scene.width, rng.uniform(0.12, 0.88) * scene.height) for _ in range(count)]
    return [_Spot(middle, 0.6 * scene.width) for middle in middles]


def _readable(fill: tuple[int, int, int], scene: Scene) -> bool:
    """Whether ink for the backdrop is visible on `fill`."""
    return abs(sum(fill) - sum(scene.backdrop)) < 150


@dataclass(frozen=True, slots=True)
class _Card:
    """A size card in the making: the arrows are on one `side` of the numbers and `reach` pixels long.

    `taken` holds a label for each number and each arrow.
    """

    drafter: Drafter
    side: str
    reach: float
    taken: Scene

    def add(self, dimension: str, spot: _Spot) -> None:
        """Adds a number with its arrow at the spot, if there is room."""
        rng, scene, ink = self.drafter.rng, self.drafter.scene, self.drafter.ink
        lines, answer = self.drafter.measures.draw(rng)
        letter = min(self.drafter.letter, spot.room / LETTER_ASPECT / max(map(len, lines)))
        tall = letter * (1 + LEADING * (len(lines) - 1))
        outward = _AROUND[self.side]
        x, y = plus(spot.middle, (-outward[0] * self.reach * 0.35, -outward[1] * self.reach * 0.35))
        first = y - (tall - letter) / 2
        labels = [Label(line, (x, first + row * letter * LEADING), letter, ink) for row, line in enumerate(lines)]
        half = max(label.length for label in labels) / 2 if outward[0] else tall / 2
        away = half + letter * 0.6 + self.reach / 2
        centre = x + outward[0] * away, y + outward[1] * away
        arrow = Label("##", centre, self.reach, ink)
        if not all(map(self.taken.is_free, (*labels, arrow))):
            return
        self.taken.labels.extend((*labels, arrow))
        scene.strokes.append(self._stroke(dimension, centre))
        scene.labels.extend(replace(label, dimension=dimension) for label in labels)
        scene.answers[dimension] = answer

    def _stroke(self, dimension: str, centre: Point) -> Stroke:
        rng, drafter = self.drafter.rng, self.drafter
        oblique = rng.choice((-1, -1, 1)) * rng.uniform(25, 60)
        turn = math.radians({"width": rng.gauss(0, 2), "height": 90.0, "depth": oblique}[dimension])
        along = math.cos(turn) * self.reach / 2, math.sin(turn) * self.reach / 2
        ends = "tick" if drafter.ends == "tick" else "arrow"
        back = -along[0], -along[1]
        return Stroke(plus(centre, back), plus(centre, along), drafter.ink, drafter.thickness, ends, dimension)


_SETTINGS = (
    (_column, ("left", "left", "right", "above")),
    (_column, ("left", "left", "right", "above")),
    (_tiles, ("above", "above", "below")),
    (_tiles, ("above", "above", "below")),
    (_anywhere, tuple(_AROUND)),
)
"""Arrangements of the numbers, each with the sides for its arrows; the usual ones twice."""
