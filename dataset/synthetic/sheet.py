"""A sheet being laid out: its size, its style, and what has been put on it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Literal

from dataset.synthetic.colour import AMBER, BLACK, INK, WHITE, Colour, lit, luminance, readable_on
from dataset.synthetic.geometry import Rect
from dataset.synthetic.measure import Printed
from dataset.synthetic.scene import Backdrop, Cue, DimensionLine, FontName, Item, Scene, Statement

SIZES: tuple[tuple[int, int], ...] = (
    (500, 500), (600, 600), (640, 800), (679, 679), (700, 700), (800, 800), (800, 1000), (900, 900), (1000, 1000),
    (1000, 750), (1100, 1100), (1200, 900), (1500, 1100),
)  # fmt: skip
BACKDROPS: tuple[Backdrop, ...] = (
    *(Backdrop(),) * 7,
    Backdrop("gradient", (250, 250, 250), (214, 220, 228)),
    Backdrop("gradient", (252, 246, 238), (232, 214, 196)),
    Backdrop("vignette", (255, 255, 255), (196, 202, 208)),
    Backdrop("floor", (238, 236, 230), (190, 160, 124)),
    Backdrop("floor", (226, 232, 236), (178, 182, 186)),
    Backdrop("bokeh", (214, 230, 210), (246, 250, 244)),
    Backdrop("marble", (248, 248, 248), (226, 226, 230)),
    Backdrop("gradient", (36, 44, 50), (20, 24, 30)),
    Backdrop("vignette", (44, 64, 92), (22, 32, 52)),
)
_FONTS: tuple[tuple[FontName, FontName], ...] = (
    ("sans", "sans-bold"),
    ("sans", "sans-bold"),
    ("roboto", "roboto-bold"),
    ("lato", "lato-bold"),
    ("open", "open-bold"),
    ("condensed", "roboto-bold"),
    ("lato-bold", "lato-bold"),
    ("serif", "serif-bold"),
)
Ends = Literal["arrow", "bar", "arrow_bar", "dot", "none"]
_ENDS: tuple[Ends, ...] = ("arrow", "arrow", "arrow_bar", "bar", "dot", "none")
Turn = Literal["upright", "up", "down"]


@dataclass(frozen=True, slots=True)
class Style:
    """How one sheet's words and dimension lines look; sizes in pixels."""

    font: FontName
    bold: FontName
    ink: Colour
    letter: float
    line: float
    ends: Ends
    gap: float
    side_text: Turn
    along: bool
    extensions: bool
    plate: Colour | None


def random_style(rng: Random, shorter: float, ground: Colour) -> Style:
    """A style for a sheet whose shorter side is `shorter` pixels."""
    font, bold = rng.choice(_FONTS)
    ink = rng.choice(INK) if luminance(ground) > 140 else rng.choice((WHITE, (236, 226, 200)))
    letter = max(18.0, shorter * rng.uniform(0.026, 0.05))
    return Style(
        font=rng.choice((font, font, bold)),
        bold=bold,
        ink=ink,
        letter=letter,
        line=rng.choice((1.2, 1.5, 2, 3)),
        ends=rng.choice(_ENDS),
        gap=letter * rng.uniform(0.5, 1.1),
        side_text=rng.choice(("upright", "upright", "up", "up", "down")),
        along=rng.random() < 0.4,
        extensions=rng.random() < 0.4,
        plate=None,
    )


@dataclass(slots=True)
class Sheet:
    """Collects items and statements; `finish` makes the scene."""

    rng: Random
    width: int
    height: int
    backdrop: Backdrop
    style: Style
    items: list[Item] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)

    @property
    def page(self) -> Rect:
        """The whole picture."""
        return Rect(0, 0, self.width, self.height)

    @property
    def ink(self) -> Colour:
        """The colour of plain words on the backdrop."""
        return readable_on(self.backdrop.colour)

    @property
    def accent(self) -> Colour:
        """A strong colour for banners and icons."""
        if luminance(self.backdrop.colour) < 140:
            return AMBER
        return BLACK if self.style.ink == BLACK else lit(self.style.ink, 0.9)

    def add(self, *items: Item) -> None:
        """Puts items on top of what is there."""
        self.items.extend(items)

    def state(self, entity: str, what: Printed, cue: Cue, also: tuple[str, ...] = (), note: str = "") -> None:
        """Records that the picture states `what` of `entity`; `also` are further right answers."""
        accepted = tuple(a for a in dict.fromkeys((*what.answers[1:], *also)) if a != what.answers[0])
        self.statements.append(Statement(entity, what.answers[0], accepted, cue, note or what.note))

    def lacks(self, entity: str, note: str) -> None:
        """Records why the picture does not state `entity`."""
        self.statements.append(Statement(entity, "EMPTY", (), Cue.ABSENT, note))

    def finish(self) -> Scene:
        """The scene as laid out so far."""
        return Scene(self.width, self.height, self.backdrop, tuple(self.items), tuple(self.statements))

    def dimension_line(self, start: tuple[float, float], end: tuple[float, float]) -> DimensionLine:
        """A dimension line in the sheet's style."""
        return DimensionLine(start, end, self.style.ink, self.style.line, self.style.ends)


def new_sheet(
    rng: Random, sizes: tuple[tuple[int, int], ...] = SIZES, backdrops: tuple[Backdrop, ...] = BACKDROPS
) -> Sheet:
    """An empty sheet of random size, backdrop and style."""
    width, height = rng.choice(sizes)
    backdrop = rng.choice(backdrops)
    return Sheet(rng, width, height, backdrop, random_style(rng, min(width, height), backdrop.colour))
