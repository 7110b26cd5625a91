"""Block-like products seen at an angle: furniture, boxes, appliances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from dataset.synthetic.colour import PAINT, WOOD, Colour, lit
from dataset.synthetic.geometry import Rect, bounds, ellipse
from dataset.synthetic.scene import Fill, Finish, Item, Shadow, Stroke
from dataset.synthetic.shapes.product import Edge, Product
from dataset.synthetic.shapes.solid import Solid, fitted_solid

Drawer = Callable[[Solid, Colour, int], list[Item]]


@dataclass(frozen=True, slots=True)
class SolidKind:
    """A kind of block-like product: how it is drawn, its colours and its sizes in millimetres.

    `rows` is how many drawers, shelves or seats it may have; `compartments`: they have an inner height.
    """

    draw: Drawer
    colours: tuple[Colour, ...]
    width: tuple[int, int]
    depth: tuple[int, int]
    height: tuple[int, int]
    rows: tuple[int, int] = (0, 0)
    compartments: bool = False


def _compartment(row: int, rows: int) -> tuple[float, float]:
    """Where a drawer or shelf space begins and ends, as fractions of the product's height."""
    return 0.05 + row * 0.92 / rows, 0.02 + (row + 1) * 0.92 / rows


def _carton(solid: Solid, colour: Colour, rows: int) -> list[Item]:
    tape = lit(colour, 1.35)
    return [
        *solid.block(colour),
        Fill(solid.top((0.44, 0.56)), tape, Finish(strength=0.05), 0.8),
        Fill(solid.front((0.44, 0.56), (0.78, 1)), tape, Finish(strength=0.05), 0.8),
    ]


def _cabinet(solid: Solid, colour: Colour, rows: int) -> list[Item]:
    items: list[Item] = [*solid.block(colour)]
    columns = 1 + rows // 4
    for row in range(rows):
        for column in range(columns):
            u = (0.04 + column * 0.93 / columns, 0.01 + (column + 1) * 0.93 / columns + 0.02)
            t = _compartment(row, rows)
            items.append(Fill(solid.front(u, t), lit(colour, 1.12), Finish(strength=0.12)))
            items.append(Stroke((*solid.front(u, t), solid.front(u, t)[0]), lit(colour, 0.62), 1.5))
            knob = solid.at((u[0] + u[1]) / 2, 0, (t[0] + t[1]) / 2)
            items.append(Fill(ellipse(knob, 5, 5), (70, 66, 60), Finish(strength=0.6)))
    return items


def _bookshelf(solid: Solid, colour: Colour, rows: int) -> list[Item]:
    items: list[Item] = [*solid.block(colour)]
    for row in range(rows):
        t = _compartment(row, rows)
        items.append(Fill(solid.front((0.05, 0.95), t), lit(colour, 0.7), Finish(angle=90, strength=-0.3)))
    return items


def _table(solid: Solid, colour: Colour, rows: int) -> list[Item]:
    leg = 0.07
    dark = lit(colour, 0.85)
    items: list[Item] = []
    for v in ((1 - 2 * leg, 1.0), (0.0, 2 * leg)):
        for u in ((0.02, 0.02 + leg), (0.98 - leg, 0.98)):
            items += solid.block(dark, u, v, (0, 0.9))
    if rows:
        items += solid.block(dark, (0.05, 0.95), (0.1, 0.9), (0.22, 0.26))
    return [*items, *solid.block(colour, t=(0.9, 1))]


def _sofa(solid: Solid, colour: Colour, rows: int) -> list[Item]:
    items: list[Item] = [
        *solid.block(lit(colour, 0.9), v=(0.75, 1), t=(0.08, 1)),
        *solid.block(colour, (0, 0.14), t=(0.06, 0.66)),
        *solid.block(colour, (0.14, 0.86), (0, 0.75), (0.1, 0.34)),
    ]
    for seat in range(rows):
        u = (0.15 + seat * 0.7 / rows, 0.14 + (seat + 1) * 0.7 / rows)
        items += solid.block(lit(colour, 1.08), u, (0, 0.75), (0.34, 0.47))
    return [*items, *solid.block(colour, (0.86, 1), t=(0.06, 0.66))]


def _rack(solid: Solid, colour: Colour, rows: int) -> list[Item]:
    post = 0.045
    items: list[Item] = []
    for u in ((0, post), (1 - post, 1)):
        items += solid.block(lit(colour, 0.8), u, (1 - 2 * post, 1), (0, 1))
    for row in range(rows):
        t = 0.05 + row * 0.87 / (rows - 1)
        items += solid.block(colour, t=(t, t + 0.04))
    for u in ((0, post), (1 - post, 1)):
        items += solid.block(lit(colour, 0.9), u, (0, 2 * post), (0, 1))
    return items


def _bin(solid: Solid, colour: Colour, rows: int) -> list[Item]:
    items: list[Item] = [*solid.block(colour, (0.02, 0.98), (0.02, 0.98), (0, 0.86))]
    for t in (0.2, 0.4, 0.6):
        items.append(Stroke(solid.front((0.04, 0.96), (t, t), 0.02)[:2], lit(colour, 0.8), 2))
    items += solid.block(lit(colour, 0.8), t=(0.86, 1))
    return [*items, Fill(solid.front((0.42, 0.58), (0.78, 0.88)), lit(colour, 0.45))]


def _microwave(solid: Solid, colour: Colour, rows: int) -> list[Item]:
    items: list[Item] = [
        *solid.block(colour),
        Fill(solid.front((0.05, 0.72), (0.1, 0.9)), (32, 34, 38), Finish(angle=30, strength=0.5)),
        Stroke(solid.front((0.75, 0.75), (0.15, 0.85))[1:3], (190, 190, 190), 5),
    ]
    for row in range(4):
        t = 0.15 + row * 0.18
        items.append(Fill(solid.front((0.81, 0.94), (t, t + 0.11)), lit(colour, 0.6)))
    return items


def _speaker(solid: Solid, colour: Colour, rows: int) -> list[Item]:
    items: list[Item] = [*solid.block(colour)]
    for t, size in ((0.3, 0.4), (0.74, 0.26)):
        centre = solid.at(0.5, 0, t)
        radius = size * bounds(solid.front()).width
        radius = min(radius, 0.21 * bounds(solid.front()).height * (size / 0.4))
        items.append(Fill(ellipse(centre, radius, radius), (28, 28, 30), Finish(strength=0.5)))
        items.append(Fill(ellipse(centre, radius * 0.35, radius * 0.35), (90, 90, 94), Finish(strength=0.8)))
    return items


SOLIDS: MappingProxyType[str, SolidKind] = MappingProxyType(
    {
        "carton": SolidKind(_carton, ((196, 154, 108), (240, 238, 232)), (90, 420), (60, 300), (40, 260)),
        "cabinet": SolidKind(_cabinet, WOOD, (380, 1100), (300, 480), (400, 1250), (2, 4), True),
        "bookshelf": SolidKind(_bookshelf, WOOD, (400, 900), (200, 340), (700, 1850), (3, 5), True),
        "table": SolidKind(_table, WOOD, (600, 1600), (400, 850), (420, 760), (0, 1)),
        "sofa": SolidKind(_sofa, PAINT[1:], (1300, 2200), (700, 950), (700, 950), (2, 3)),
        "rack": SolidKind(_rack, PAINT[:4], (350, 900), (250, 400), (600, 1400), (3, 4)),
        "bin": SolidKind(_bin, PAINT, (250, 620), (200, 420), (180, 560)),
        "microwave": SolidKind(_microwave, PAINT[:3], (430, 560), (300, 420), (250, 330)),
        "speaker": SolidKind(_speaker, PAINT[1:4], (120, 300), (110, 280), (200, 520)),
    }
)


@dataclass(frozen=True, slots=True)
class Compartment:
    """A drawer or shelf space: the line across its height, and the height as a fraction of the product's."""

    line: Edge
    fraction: float


@dataclass(frozen=True, slots=True)
class Furniture:
    """A drawn block-like product and, if it has compartments, one of them."""

    product: Product
    compartment: Compartment | None


def draw_solid(rng: Random, name: str, room: Rect, sizes: tuple[float, float, float]) -> Furniture:
    """The named product with the given width, depth and height, filling `room`."""
    kind = SOLIDS[name]
    colour = rng.choice(kind.colours)
    rows = rng.randint(*kind.rows)
    solid = fitted_solid(rng, room, *sizes)
    base = bounds(solid.top(t=0))
    shadow = Shadow((base.centre[0], base.centre[1] + 4), base.width * 0.52, base.height * 0.5, 0.3)
    front = bounds(solid.front((0.1, 0.9), (0.25, 0.7)))
    items = (shadow, *kind.draw(solid, colour, rows))
    product = Product(items, solid.frame, solid.edges, front, colour, solid.width[1] / solid.width[0])
    if not kind.compartments:
        return Furniture(product, None)
    low, high = _compartment(rows // 2, rows)
    line = Edge("height", solid.at(0.16, 0, high), solid.at(0.16, 0, low), (1 if solid.width[0] > 0 else -1, 0))
    return Furniture(product, Compartment(line, high - low))
