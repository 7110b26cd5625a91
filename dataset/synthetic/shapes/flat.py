"""Products seen straight from the front: bags, frames, tools, electrical goods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from dataset.synthetic.colour import PAINT, WOOD, Colour, lit
from dataset.synthetic.geometry import Rect, ellipse, moved, rounded, smooth
from dataset.synthetic.scene import ROUND, Fill, Finish, Item, Shadow, Stroke
from dataset.synthetic.shapes.product import Product, front_edges

Drawer = Callable[[Rect, Colour], list[Item]]
_STEEL: Colour = (172, 176, 182)
_DARK: Colour = (44, 46, 50)


@dataclass(frozen=True, slots=True)
class FlatKind:
    """A kind of product seen from the front: how it is drawn, colours, sizes in millimetres, label area."""

    draw: Drawer
    colours: tuple[Colour, ...]
    width: tuple[int, int]
    height: tuple[int, int]
    label: tuple[float, float, float, float] = (0.15, 0.35, 0.85, 0.75)


def _body(frame: Rect, colour: Colour, radius: float = 0.06, strength: float = 0.25) -> Fill:
    shape = rounded(frame, radius * min(frame.width, frame.height))
    return Fill(shape, colour, Finish(angle=55, strength=strength))


def _tote(frame: Rect, colour: Colour) -> list[Item]:
    bag = frame.part(0, 0.34, 1, 1)
    handles: list[Item] = []
    for dy, shade in ((0.0, 0.6), (0.02, 0.85)):
        arc = ellipse(frame.at(0.5, 0.36 + dy), frame.width * 0.2, frame.height * 0.35, 180, 360)
        handles.append(Stroke(arc, lit(colour, shade), max(4, frame.width * 0.035)))
    sides = (
        bag.at(0.04, 0),
        bag.at(0.96, 0),
        bag.at(1, 0.94),
        bag.at(0.97, 1),
        bag.at(0.03, 1),
        bag.at(0, 0.94),
    )
    hem = Stroke((bag.at(0.05, 0.06), bag.at(0.95, 0.06)), lit(colour, 0.75), 2)
    return [*handles, Fill(sides, colour, Finish(angle=40, strength=0.3)), hem]


def _backpack(frame: Rect, colour: Colour) -> list[Item]:
    loop = ellipse(frame.at(0.5, 0.08), frame.width * 0.1, frame.height * 0.08, 180, 360)
    pocket = frame.part(0.14, 0.56, 0.86, 0.94)
    arch = ((0.1, 0.5), (0.16, 0.22), (0.5, 0.12), (0.84, 0.22), (0.9, 0.5))
    seam = smooth([frame.at(x, y) for x, y in arch])
    return [
        Stroke(loop, lit(colour, 0.5), 8),
        _body(frame.part(0, 0.04, 1, 1), colour, 0.3, 0.35),
        _body(pocket, lit(colour, 0.86), 0.16),
        Stroke((pocket.at(0.08, 0.2), pocket.at(0.92, 0.2)), _STEEL, 3),
        Stroke(seam, lit(colour, 0.6), 3),
    ]  # fmt: skip


def _pouch(frame: Rect, colour: Colour) -> list[Item]:
    sides = (
        frame.at(0.02, 0), frame.at(0.98, 0), frame.at(0.95, 0.12), frame.at(1, 0.5), frame.at(0.96, 1),
        frame.at(0.04, 1), frame.at(0, 0.5), frame.at(0.05, 0.12),
    )  # fmt: skip
    seal = (frame.at(0.02, 0), frame.at(0.98, 0), frame.at(0.96, 0.07), frame.at(0.04, 0.07))
    return [Fill(sides, colour, Finish("round", 0, 0.35)), Fill(seal, lit(colour, 0.8), Finish(strength=0.1))]


def _mirror(frame: Rect, colour: Colour) -> list[Item]:
    edge = 0.06 * min(frame.width, frame.height)
    pane = frame.inset(edge, edge, edge, edge)
    glint = (pane.at(0.1, 0.5), pane.at(0.5, 0.06), pane.at(0.62, 0.06), pane.at(0.1, 0.64))
    return [
        _body(frame, colour, 0.08),
        Fill(rounded(pane, edge), (206, 218, 226), Finish(angle=50, strength=0.35)),
        Fill(glint, (244, 248, 250), Finish(strength=0), 0.5),
    ]


def _curtain(frame: Rect, colour: Colour) -> list[Item]:
    items: list[Item] = []
    folds = 9
    for fold in range(folds):
        strip = frame.part(fold / folds, 0, (fold + 1) / folds, 1)
        items.append(Fill(strip.outline, lit(colour, 1.05 if fold % 2 else 0.9), Finish(angle=0, strength=0.35)))
    return items


def _wrench(frame: Rect, colour: Colour) -> list[Item]:
    shaft = frame.part(0.3, 0.16, 0.7, 0.86)
    jaw = ellipse(frame.at(0.5, 0.12), frame.width * 0.5, frame.height * 0.12)
    gap = (frame.at(0.34, 0), frame.at(0.66, 0), frame.at(0.6, 0.13), frame.at(0.4, 0.13))
    ring = ellipse(frame.at(0.5, 0.9), frame.width * 0.42, frame.height * 0.1)
    hole = ellipse(frame.at(0.5, 0.9), frame.width * 0.2, frame.height * 0.05)
    steel = Finish(angle=0, strength=0.5)
    return [
        Fill(jaw, _STEEL, steel),
        Fill(gap, (236, 238, 240), Finish(strength=0)),
        Fill(ring, _STEEL, steel),
        Fill(hole, (236, 238, 240), Finish(strength=0)),
        Fill(rounded(shaft, 8), lit(colour, 0.9), steel),
    ]


def _hammer(frame: Rect, colour: Colour) -> list[Item]:
    head = frame.part(0, 0, 1, 0.2)
    claw = (head.at(0.62, 0.05), head.at(1, 0.4), head.at(1, 0.8), head.at(0.62, 0.75))
    return [
        Fill(rounded(frame.part(0.4, 0.1, 0.6, 1), 10), colour, ROUND),
        Fill(rounded(head.part(0, 0, 0.3, 1), 5), _STEEL, Finish(angle=90, strength=0.6)),
        Fill(head.part(0.2, 0.12, 0.7, 0.85).outline, _DARK, Finish(angle=90, strength=0.6)),
        Fill(claw, _STEEL, Finish(angle=90, strength=0.5)),
    ]


def _spoon(frame: Rect, colour: Colour) -> list[Item]:
    bowl = ellipse(frame.at(0.5, 0.15), frame.width * 0.5, frame.height * 0.15)
    handle = (frame.at(0.4, 0.26), frame.at(0.6, 0.26), frame.at(0.66, 1), frame.at(0.34, 1))
    inner = ellipse(frame.at(0.5, 0.15), frame.width * 0.36, frame.height * 0.115)
    return [
        Fill(handle, colour, Finish(angle=0, strength=0.35)),
        Fill(bowl, colour, Finish(angle=60, strength=0.35)),
        Fill(inner, lit(colour, 0.82), Finish(angle=240, strength=0.35)),
    ]


def _hanger(frame: Rect, colour: Colour) -> list[Item]:
    thick = max(8.0, frame.height * 0.07)
    hook = smooth(
        [
            frame.at(0.5, 0.42),
            frame.at(0.5, 0.3),
            frame.at(0.56, 0.18),
            frame.at(0.5, 0.03),
            frame.at(0.44, 0.14),
        ]
    )
    low = 1 - thick / frame.height / 2
    arms = smooth(
        [
            frame.at(0.02, low),
            frame.at(0.06, 0.8),
            frame.at(0.5, 0.42),
            frame.at(0.94, 0.8),
            frame.at(0.98, low),
        ]
    )
    bar = (frame.at(0.02, low), frame.at(0.98, low))
    return [
        Stroke(hook, _STEEL, thick * 0.35),
        Stroke(arms, colour, thick),
        Stroke(bar, lit(colour, 0.9), thick),
    ]


def _bulb(frame: Rect, colour: Colour) -> list[Item]:
    glass = ellipse(frame.at(0.5, 0.36), frame.width * 0.5, frame.height * 0.36)
    neck = (frame.at(0.22, 0.58), frame.at(0.78, 0.58), frame.at(0.68, 0.76), frame.at(0.32, 0.76))
    items: list[Item] = [
        Fill(neck, (240, 240, 236), ROUND),
        Fill(glass, (250, 246, 226), Finish(angle=50, strength=0.25)),
        Fill(frame.part(0.3, 0.75, 0.7, 0.96).outline, _STEEL, ROUND),
        Fill(frame.part(0.42, 0.95, 0.58, 1).outline, _DARK, ROUND),
    ]
    for y in (0.8, 0.85, 0.9):
        items.append(Stroke((frame.at(0.29, y), frame.at(0.71, y + 0.02)), (120, 124, 128), 3))
    return items


def _charger(frame: Rect, colour: Colour) -> list[Item]:
    pin = 0.07
    return [
        Fill(frame.part(0.32, 0, 0.32 + pin, 0.16).outline, _STEEL, ROUND),
        Fill(frame.part(0.61, 0, 0.61 + pin, 0.16).outline, _STEEL, ROUND),
        _body(frame.part(0, 0.14, 1, 1), colour, 0.12, 0.3),
    ]


def _power_bank(frame: Rect, colour: Colour) -> list[Item]:
    lights: list[Item] = [Fill(ellipse(frame.at(0.35 + i * 0.1, 0.1), 4, 4), (120, 220, 255)) for i in range(4)]
    return [_body(frame, colour, 0.14, 0.4), *lights]


def _fan(frame: Rect, colour: Colour) -> list[Item]:
    hub, radius = frame.at(0.5, 0.34), min(frame.width * 0.5, frame.height * 0.34)
    items: list[Item] = [
        Fill(frame.part(0.45, 0.6, 0.55, 0.94).outline, lit(colour, 0.8), ROUND),
        Fill(ellipse(frame.at(0.5, 0.96), frame.width * 0.32, frame.height * 0.04), lit(colour, 0.7)),
        Fill(ellipse(hub, radius, radius), (232, 236, 238), Finish(strength=0.1)),
    ]
    for start in (0, 120, 240):
        items.append(Fill((hub, *ellipse(hub, radius * 0.85, radius * 0.85, start, start + 62)), colour, opacity=0.8))
    for ring in (1.0, 0.8, 0.6, 0.4):
        items.append(Stroke(ellipse(hub, radius * ring, radius * ring), _DARK, 2))
    return [*items, Fill(ellipse(hub, radius * 0.16, radius * 0.16), _DARK, Finish(strength=0.8))]


def _kettle(frame: Rect, colour: Colour) -> list[Item]:
    body = (frame.at(0.2, 0.12), frame.at(0.72, 0.12), frame.at(0.84, 0.9), frame.at(0.08, 0.9))
    spout = (frame.at(0.2, 0.14), frame.at(0, 0.24), frame.at(0.14, 0.4))
    handle = smooth([frame.at(0.72, 0.16), frame.at(0.97, 0.2), frame.at(0.97, 0.62), frame.at(0.82, 0.74)])
    return [
        Stroke(handle, _DARK, frame.width * 0.06),
        Fill(spout, lit(colour, 0.8)),
        Fill(body, colour, ROUND),
        Fill(frame.part(0.05, 0.9, 0.87, 1).outline, _DARK, ROUND),
        Fill(frame.part(0.36, 0.03, 0.56, 0.12).outline, _DARK, ROUND),
    ]


def _drill(frame: Rect, colour: Colour) -> list[Item]:
    grip = (frame.at(0.42, 0.36), frame.at(0.68, 0.36), frame.at(0.74, 0.8), frame.at(0.5, 0.8))
    return [
        Fill(frame.part(0, 0.16, 0.2, 0.22).outline, _STEEL, Finish(angle=90, strength=0.6)),
        Fill(frame.part(0.16, 0.1, 0.34, 0.3).outline, _DARK, Finish(angle=90, strength=0.6)),
        Fill(rounded(frame.part(0.3, 0, 1, 0.4), 24), colour, Finish(angle=80, strength=0.4)),
        Fill(grip, lit(colour, 0.85), Finish(angle=20, strength=0.4)),
        Fill(rounded(frame.part(0.4, 0.78, 0.86, 1), 10), _DARK, Finish(angle=60, strength=0.5)),
    ]


def _shirt(frame: Rect, colour: Colour) -> list[Item]:
    cut = (
        (0.34, 0), (0.42, 0.06), (0.58, 0.06), (0.66, 0), (1, 0.2), (0.9, 0.4), (0.76, 0.3), (0.77, 1), (0.23, 1),
        (0.24, 0.3), (0.1, 0.4), (0, 0.2),
    )  # fmt: skip
    return [Fill(tuple(frame.at(x, y) for x, y in cut), colour, Finish(angle=30, strength=0.25))]


def _bear(frame: Rect, colour: Colour) -> list[Item]:
    def blob(x: float, y: float, rx: float, ry: float, shade: float) -> Fill:
        outline = ellipse(frame.at(x, y), rx * frame.width, ry * frame.height)
        return Fill(outline, lit(colour, shade), Finish(angle=60, strength=0.35))

    eyes: list[Item] = [Fill(ellipse(frame.at(x, 0.2), 6, 6), _DARK) for x in (0.42, 0.58)]
    nose = Fill(ellipse(frame.at(0.5, 0.26), 9, 6), _DARK)
    return [
        blob(0.26, 0.08, 0.1, 0.08, 0.9), blob(0.74, 0.08, 0.1, 0.08, 0.9),
        blob(0.14, 0.56, 0.14, 0.16, 0.9), blob(0.86, 0.56, 0.14, 0.16, 0.9),
        blob(0.3, 0.88, 0.17, 0.12, 0.88), blob(0.7, 0.88, 0.17, 0.12, 0.88),
        blob(0.5, 0.62, 0.34, 0.3, 1.0), blob(0.5, 0.21, 0.31, 0.2, 1.05), blob(0.5, 0.27, 0.13, 0.08, 1.3),
        *eyes, nose,
    ]  # fmt: skip


FLATS: MappingProxyType[str, FlatKind] = MappingProxyType(
    {
        "tote": FlatKind(_tote, PAINT, (300, 450), (380, 600), (0.2, 0.5, 0.8, 0.85)),
        "backpack": FlatKind(_backpack, PAINT[1:], (260, 340), (400, 520), (0.25, 0.25, 0.75, 0.5)),
        "pouch": FlatKind(_pouch, PAINT, (120, 220), (180, 320), (0.14, 0.16, 0.86, 0.92)),
        "mirror": FlatKind(_mirror, WOOD, (300, 900), (400, 1600)),
        "curtain": FlatKind(_curtain, PAINT, (900, 1400), (1300, 2450)),
        "wrench": FlatKind(_wrench, PAINT, (30, 60), (150, 300)),
        "hammer": FlatKind(_hammer, WOOD, (100, 140), (260, 340)),
        "spoon": FlatKind(_spoon, (*WOOD, _STEEL), (38, 70), (180, 340)),
        "hanger": FlatKind(_hanger, (*WOOD, *PAINT), (380, 450), (190, 240)),
        "bulb": FlatKind(_bulb, PAINT, (45, 95), (90, 150), (0.2, 0.25, 0.8, 0.5)),
        "charger": FlatKind(_charger, (PAINT[0], _DARK), (38, 60), (60, 100), (0.1, 0.3, 0.9, 0.92)),
        "power_bank": FlatKind(_power_bank, (_DARK, PAINT[3], PAINT[0]), (65, 80), (130, 160), (0.1, 0.2, 0.9, 0.92)),
        "fan": FlatKind(_fan, PAINT[:5], (280, 450), (420, 700)),
        "kettle": FlatKind(_kettle, (_STEEL, PAINT[0], PAINT[4]), (180, 240), (190, 260), (0.24, 0.35, 0.7, 0.75)),
        "drill": FlatKind(_drill, PAINT[4:7], (180, 230), (180, 230), (0.36, 0.06, 0.94, 0.34)),
        "shirt": FlatKind(_shirt, PAINT, (480, 620), (660, 780), (0.3, 0.3, 0.7, 0.6)),
        "bear": FlatKind(_bear, WOOD, (180, 450), (250, 650)),
    }
)


def draw_flat(rng: Random, name: str, room: Rect, width: float, height: float) -> Product:
    """The named product with the given width and height, filling `room`."""
    kind = FLATS[name]
    colour = rng.choice(kind.colours)
    frame = room.fitted(width / height)
    shadow = Shadow(moved((frame.centre[0], frame.bottom), (0, 4)), frame.width * 0.45, 9, 0.3)
    return Product((shadow, *kind.draw(frame, colour)), frame, front_edges(frame), frame.part(*kind.label), colour)
