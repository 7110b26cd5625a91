"""Round products seen from the front: bottles, vases, lamps; drawn from the profile of one half."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from dataset.synthetic.colour import PAINT, Colour, lit
from dataset.synthetic.geometry import Point, Rect, ellipse, smooth
from dataset.synthetic.scene import ROUND, Fill, Finish, Item, Shadow, Stroke
from dataset.synthetic.shapes.product import Product, front_edges

Profile = tuple[Point, ...]
_TILT = 0.07


@dataclass(frozen=True, slots=True)
class Part:
    """A body of revolution: (height, radius) pairs from the top down, both as fractions of the frame.

    Radius 1 reaches the frame's side. `colour` is a factor on the product's own colour, or a colour.
    A `covered` part has another on top of it, so that one does not look into it.
    """

    profile: Profile
    colour: float | Colour = 1.0
    curved: bool = True
    opacity: float = 1.0
    covered: bool = False


@dataclass(frozen=True, slots=True)
class TurnedKind:
    """A kind of round product: its parts, colours, sizes in millimetres."""

    parts: tuple[Part, ...]
    colours: tuple[Colour, ...]
    diameter: tuple[int, int]
    height: tuple[int, int]
    label: tuple[float, float, float, float] = (0.2, 0.42, 0.8, 0.78)


_METAL: Colour = (176, 180, 184)
_GLASS: tuple[Colour, ...] = ((206, 222, 226), (190, 214, 200), (222, 226, 230))

TURNED: MappingProxyType[str, TurnedKind] = MappingProxyType(
    {
        "vase": TurnedKind(
            (Part(((0, 0.42), (0.08, 0.38), (0.3, 0.72), (0.5, 1), (0.75, 0.85), (1, 0.5))),),
            PAINT,
            (90, 240),
            (150, 420),
        ),
        "bottle": TurnedKind(
            (
                Part(
                    ((0.1, 0.28), (0.2, 0.3), (0.3, 0.75), (0.38, 1), (0.7, 1), (0.96, 1), (1, 0.94)),
                    covered=True,
                ),
                Part(((0, 0.36), (0.13, 0.36)), 0.45, False),
            ),
            PAINT[1:],
            (55, 110),
            (160, 330),
        ),
        "jar": TurnedKind(
            (
                Part(((0.1, 0.8), (0.22, 0.98), (0.3, 1), (0.95, 1), (1, 0.92)), covered=True),
                Part(((0, 0.86), (0.2, 0.86)), (188, 160, 96), False),
            ),
            PAINT,
            (70, 130),
            (80, 180),
        ),
        "can": TurnedKind(
            (
                Part(((0.9, 1), (1, 0.93)), _METAL, False, covered=True),
                Part(((0.03, 1), (0.98, 1)), 1.0, False, covered=True),
                Part(((0, 0.95), (0.06, 1)), _METAL, False),
            ),
            PAINT[1:],
            (66, 170),
            (100, 240),
        ),
        "glass": TurnedKind((Part(((0, 1), (0.95, 0.96), (1, 0.93)), 1.0, False, 0.55),), _GLASS, (60, 180), (90, 300)),
        "bowl": TurnedKind(
            (Part(((0, 0.62), (0.06, 0.62), (0.3, 0.95), (0.5, 1), (0.75, 0.9), (1, 0.5)), 1.0, True, 0.6),),
            _GLASS,
            (120, 300),
            (100, 240),
        ),
        "cup": TurnedKind((Part(((0, 1), (0.9, 0.97), (1, 0.88)), 1.0, False),), PAINT, (75, 100), (85, 130)),
        "bin_round": TurnedKind(
            (
                Part(((0.9, 1), (1, 1)), 0.4, False, covered=True),
                Part(((0.08, 0.97), (0.96, 0.94)), 1.0, False, covered=True),
                Part(((0, 0.9), (0.04, 1), (0.14, 1)), 0.6),
            ),
            (_METAL, PAINT[1], PAINT[0]),
            (180, 320),
            (260, 680),
        ),
        "lamp": TurnedKind(
            (
                Part(((0.88, 0.3), (0.96, 0.55), (1, 0.58)), (150, 128, 84), covered=True),
                Part(((0.38, 0.06), (0.95, 0.06)), (150, 128, 84), False, covered=True),
                Part(((0, 0.55), (0.42, 1)), (240, 230, 206), False),
            ),
            PAINT,
            (180, 420),
            (320, 680),
            label=(0.3, 0.1, 0.7, 0.3),
        ),
        "pendant": TurnedKind(
            (
                Part(((0.03, 0.025), (0.6, 0.025)), 0.5, False, covered=True),
                Part(((0, 0.3), (0.06, 0.3)), 0.8),
                Part(((0.56, 0.1), (0.62, 0.3), (0.72, 0.55), (0.86, 0.82), (1, 1)), covered=True),
            ),
            PAINT[1:],
            (200, 460),
            (400, 1500),
            label=(0.3, 0.8, 0.7, 0.95),
        ),
        "thermos": TurnedKind(
            (
                Part(((0.15, 0.86), (0.26, 1), (0.96, 1), (1, 0.95)), covered=True),
                Part(((0, 0.78), (0.02, 0.82), (0.22, 0.82)), (60, 62, 66)),
            ),
            PAINT[1:],
            (65, 95),
            (220, 340),
        ),
        "candle": TurnedKind(
            (
                Part(((0.06, 1), (1, 1)), (244, 236, 212), False),
                Part(((0, 0.02), (0.1, 0.02)), (40, 36, 30), False, covered=True),
            ),
            PAINT,
            (50, 100),
            (70, 220),
        ),
        "stool": TurnedKind(
            (
                Part(((0.84, 0.2), (0.95, 0.8), (1, 0.84)), _METAL, covered=True),
                Part(((0.1, 0.09), (0.93, 0.09)), _METAL, False, covered=True),
                Part(((0, 0.98), (0.03, 1), (0.1, 1), (0.15, 0.9))),
            ),
            PAINT[1:],
            (300, 420),
            (420, 760),
        ),
        "plate": TurnedKind(
            (
                Part(((0.2, 0.62), (1, 0.7)), 0.92, False, covered=True),
                Part(((0, 1), (0.45, 0.98)), 1.08, False),
            ),
            (PAINT[0], PAINT[2], (206, 206, 210)),
            (150, 320),
            (35, 70),
        ),
    }
)


def draw_turned(rng: Random, name: str, room: Rect, diameter: float, height: float) -> Product:
    """The named product with the given diameter and height, filling `room`."""
    kind = TURNED[name]
    colour = rng.choice(kind.colours)
    frame = room.fitted(diameter / height)
    items: list[Item] = [Shadow((frame.centre[0], frame.bottom), frame.width * 0.55, frame.width * 0.06)]
    for part in kind.parts:
        items += _drawn_part(part, frame, colour)
    label = frame.part(*kind.label)
    return Product(tuple(items), frame, front_edges(frame), label, colour)


def _drawn_part(part: Part, frame: Rect, colour: Colour) -> list[Item]:
    own = lit(colour, part.colour) if isinstance(part.colour, (int, float)) else part.colour
    centre, half = frame.centre[0], frame.width / 2
    right = [(centre + r * half, frame.top + h * frame.height) for h, r in part.profile]
    (top_x, top_y), (bottom_x, bottom_y) = right[0], right[-1]
    rim, foot = top_x - centre, bottom_x - centre
    highest = top_y if part.covered else top_y + rim * _TILT
    curve = tuple(
        (x, min(max(y, highest), bottom_y - foot * _TILT)) for x, y in (smooth(right) if part.curved else right)
    )
    left = tuple((2 * centre - x, y) for x, y in reversed(curve))
    base = ellipse((centre, bottom_y - foot * _TILT), foot, foot * _TILT, 0, 180)
    items: list[Item] = [Fill((*curve, *base, *left), own, ROUND, part.opacity)]
    if part.covered:
        return items
    opening = ellipse((centre, top_y + rim * _TILT), rim, rim * _TILT)
    items.append(Fill(opening, lit(own, 1.25), Finish(angle=90, strength=0.2), min(1.0, part.opacity + 0.2)))
    if part.opacity < 1:
        items.append(Stroke((*curve, *base, *left), lit(own, 0.7), 1.5))
        items.append(Stroke(opening, lit(own, 0.7), 1.5))
    return items
