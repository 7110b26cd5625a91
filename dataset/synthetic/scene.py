"""What a picture shows and what it states: built without fonts, handed to the painter as it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from dataset.synthetic.colour import BLACK, Colour
from dataset.synthetic.geometry import Outline, Point

Anchor = Literal["lt", "mt", "rt", "lm", "mm", "rm", "lb", "mb", "rb"]
FontName = Literal[
    "sans", "sans-bold", "roboto", "roboto-bold", "condensed", "lato", "lato-bold", "open", "open-bold",
    "serif", "serif-bold", "mono",
]  # fmt: skip


class Cue(StrEnum):
    """What decides a row."""

    PRINTED_WORD = "printed_word"
    LETTER = "letter"
    PRODUCT = "product"
    DRAWING = "drawing"
    ARROW = "arrow"
    TEXT = "text"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Finish:
    """How light falls on a filled outline.

    `linear`: brighter on one side, the gradient running at `angle` degrees (0 to the right, clockwise).
    `round`: a standing cylinder with a highlight left of its middle. `strength` 0 is flat, 1 extreme.
    """

    kind: Literal["linear", "round"] = "linear"
    angle: float = 60
    strength: float = 0.15


FLAT = Finish(strength=0)
ROUND = Finish("round", 0, 0.5)
SOFT = Finish("linear", 70, 0.22)


@dataclass(frozen=True, slots=True)
class Fill:
    """A filled outline."""

    outline: Outline
    colour: Colour
    finish: Finish = SOFT
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points, `width` pixels thick."""

    points: Outline
    colour: Colour = BLACK
    width: float = 2


@dataclass(frozen=True, slots=True)
class Shadow:
    """A soft dark ellipse under a product."""

    centre: Point
    rx: float
    ry: float
    opacity: float = 0.35


@dataclass(frozen=True, slots=True)
class DimensionLine:
    """A measure's line with its ends: arrow heads, bars across, dots or nothing."""

    start: Point
    end: Point
    colour: Colour = BLACK
    width: float = 2
    ends: Literal["arrow", "bar", "arrow_bar", "dot", "none"] = "arrow"


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text (separated by newlines), `size` pixels high unless that is wider than `max_width`.

    `anchor` says which point of the upright text block lies at `at`. `angle` turns it about that point
    (degrees, the reading direction: 90 downwards, -90 upwards); `slope` shears it, y rising by so much
    per pixel of x, as print on the side of a box seen at an angle. `plate` is a colour behind the text.
    """

    text: str
    at: Point
    size: float
    colour: Colour = BLACK
    font: FontName = "sans"
    anchor: Anchor = "mm"
    angle: float = 0
    slope: float = 0
    max_width: float | None = None
    plate: Colour | None = None


Item = Fill | Stroke | Shadow | DimensionLine | Text


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What lies behind the product."""

    kind: Literal["plain", "gradient", "vignette", "floor", "bokeh", "marble"] = "plain"
    colour: Colour = (255, 255, 255)
    second: Colour = (225, 228, 232)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the picture states of one entity.

    `primary` is the answer in the challenge's spelling, `accepted` further right answers ("EMPTY": may
    also be left empty).
    """

    entity: str
    primary: str
    accepted: tuple[str, ...]
    cue: Cue
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: its size in pixels, what is drawn from back to front, and all that it states."""

    width: int
    height: int
    backdrop: Backdrop
    items: tuple[Item, ...]
    statements: tuple[Statement, ...]

    def statement(self, entity: str) -> Statement:
        """What the picture states of `entity`, an absent statement when it states nothing."""
        for statement in self.statements:
            if statement.entity == entity:
                return statement
        return Statement(entity, "EMPTY", (), Cue.ABSENT)
