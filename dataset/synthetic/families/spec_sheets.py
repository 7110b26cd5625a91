"""Dense sheets, as makers of appliances print them: all that is known of a product, amounts of many kinds together.

The names of the facts are those of `goods.GOODS`, in full or short. What an amount is, its name says, or its unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random

from dataset.synthetic.colour import Colour, lit, readable_on
from dataset.synthetic.families.features import Feature, stated
from dataset.synthetic.families.tables import BRIGHT
from dataset.synthetic.geometry import Rect, ellipse, rounded
from dataset.synthetic.goods import GOODS, Fact, Good
from dataset.synthetic.layout import add_title
from dataset.synthetic.scene import FLAT, Anchor, Cue, Fill, Finish, FontName, Scene, Stroke, Text
from dataset.synthetic.shapes.flat import FLATS, draw_flat
from dataset.synthetic.shapes.furniture import SOLIDS, draw_solid
from dataset.synthetic.shapes.turned import TURNED, draw_turned
from dataset.synthetic.sheet import Sheet, new_sheet
from dataset.synthetic.words import BRANDS

Line = tuple[str, str]
"""A fact's name and its value, as printed."""
_NAME: Colour = (84, 86, 92)
_VALUE: Colour = (26, 26, 30)
_RULE: Colour = (196, 198, 202)


def spec_sheet(rng: Random, name: str, layout: str, short: bool = False) -> Scene:
    """The sheet of a good, one of `GOODS`, in one of `LAYOUTS`; `short` takes the facts' short names."""
    sheet = new_sheet(rng, sizes=_SIZES[layout], backdrops=BRIGHT)
    good = GOODS[name]
    facts = good.facts if layout == "pack" else shuffled(rng, good.facts)
    LAYOUTS[layout](sheet, good, stated_lines(sheet, facts, short=short))
    return sheet.finish()


def shuffled(rng: Random, facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """In any order, as makers list them, but those of a group next to each other."""
    keys = {fact.group or fact.name: rng.random() for fact in facts}
    return tuple(sorted(facts, key=lambda fact: keys[fact.group or fact.name]))


def stated_lines(
    sheet: Sheet, facts: Sequence[Fact], *, short: bool = False, cue: Cue = Cue.PRINTED_WORD
) -> list[Line]:
    """The facts as lines; the sheet then states their entities."""
    places = {fact.group or fact.name: sheet.rng.random() for fact in facts}
    lines = []
    for fact in facts:
        form, amount, lower = fact.chosen(sheet.rng, places[fact.group or fact.name])
        value = stated(sheet, Feature(fact.entity, form, amount, lower), cue)
        lines.append((fact.short if short else fact.name, value))
    return lines


def _product(sheet: Sheet, good: Good, room: Rect) -> Rect:
    """Draws the good and returns where print on it can go; a good without shape is not drawn."""
    rng, shape = sheet.rng, good.shape
    if shape in FLATS:
        flat = FLATS[shape]
        product = draw_flat(rng, shape, room, flat.width[0], flat.height[0])
    elif shape in SOLIDS:
        solid = SOLIDS[shape]
        product = draw_solid(rng, shape, room, (solid.width[1], solid.depth[1], solid.height[1])).product
    elif shape in TURNED:
        turned = TURNED[shape]
        product = draw_turned(rng, shape, room, sum(turned.diameter), sum(turned.height))
    else:
        return room
    sheet.add(*product.items)
    return product.label


def _columns(sheet: Sheet, good: Good, lines: list[Line]) -> None:
    """A table of two columns of facts under a title and the product."""
    _headed(sheet, good.heading)
    table = sheet.page.part(0.04, 0.2, 0.96, 0.94)
    if good.shape:
        _product(sheet, good, sheet.page.part(0.3, 0.17, 0.7, 0.48))
        table = sheet.page.part(0.04, 0.53, 0.96, 0.95)
    rows = -(-len(lines) // 2)
    step = min(table.height / rows, sheet.width * 0.075)
    letter = min(step * 0.46, sheet.width * 0.021)
    tinted = sheet.rng.random() < 0.6
    for place, (name, value) in enumerate(lines):
        column, row = divmod(place, rows)
        left = table.left + column * table.width * 0.51
        cell = Rect(left, table.top + row * step, left + table.width * 0.49, table.top + (row + 1) * step)
        if tinted and row % 2 == 0:
            sheet.add(Fill(cell.outline, lit(sheet.accent, 1.88), FLAT))
        sheet.add(Stroke((cell.outline[3], cell.outline[2]), _RULE, 1.2))
        y = cell.centre[1]
        _text(sheet, name, (cell.left + letter * 0.5, y), letter, _NAME, "lm", room=cell.width * 0.47)
        _text(sheet, value, (cell.left + cell.width * 0.53, y), letter, _VALUE, "lm", room=cell.width * 0.46, bold=True)


def _leaders(sheet: Sheet, good: Good, lines: list[Line]) -> None:
    """One column, the values at its far end, the product at the left if there is one."""
    _headed(sheet, f"{good.name} · {good.heading}")
    if good.shape:
        _product(sheet, good, sheet.page.part(0.04, 0.3, 0.34, 0.85))
    add_rows(sheet, lines, sheet.page.part(0.38 if good.shape else 0.07, 0.2, 0.95, 0.95))


def add_rows(sheet: Sheet, lines: list[Line], room: Rect) -> None:
    """The lines below each other, names at the left, values at the far end."""
    step = min(room.height / len(lines), sheet.height * 0.085)
    letter = min(step * 0.46, sheet.width * 0.026)
    for row, (name, value) in enumerate(lines):
        y = room.top + step * (row + 0.5)
        sheet.add(Stroke(((room.left, y + step * 0.42), (room.right, y + step * 0.42)), _RULE, 1.2))
        _text(sheet, name, (room.left, y), letter, _NAME, "lm", room=room.width * 0.5)
        _text(sheet, value, (room.right, y), letter, _VALUE, "rm", room=room.width * 0.44, bold=True)


def _tiles(sheet: Sheet, good: Good, lines: list[Line]) -> None:
    """Tiles below the product."""
    _headed(sheet, good.name.upper())
    room = sheet.page.part(0.03, 0.18, 0.97, 0.97)
    if good.shape:
        _product(sheet, good, sheet.page.part(0.3, 0.16, 0.7, 0.45))
        room = sheet.page.part(0.03, 0.5, 0.97, 0.97)
    add_tiles(sheet, lines, room, sheet.rng.choice((3, 4)) if len(lines) > 8 else 3)


def add_tiles(sheet: Sheet, lines: list[Line], room: Rect, across: int) -> None:
    """Tiles beside and below each other, in each a value in large print over its name."""
    down = -(-len(lines) // across)
    filled = sheet.rng.random() < 0.5
    ground = lit(sheet.accent, 1.8) if filled else sheet.backdrop.colour
    for place, (name, value) in enumerate(lines):
        row, column = divmod(place, across)
        tile = room.part(column / across, row / down, (column + 1) / across, (row + 1) / down).inset(6, 6, 6, 6)
        frame = rounded(tile, 12)
        sheet.add(Fill(frame, ground, FLAT) if filled else Stroke((*frame, frame[0]), _RULE, 1.5))
        letter = min(tile.height * 0.24, sheet.width * 0.03)
        _text(sheet, value, tile.at(0.5, 0.36), letter, _VALUE, "mm", room=tile.width * 0.92, bold=True)
        _text(sheet, name, tile.at(0.5, 0.72), letter * 0.72, _NAME, "mm", room=tile.width * 0.92)


def _plate(sheet: Sheet, good: Good, lines: list[Line]) -> None:
    """A rating plate: names in capitals, a colon, the value; two facts in a line where they fit."""
    rng = sheet.rng
    plate = sheet.page.inset(*(sheet.width * 0.06, sheet.height * 0.08) * 2)
    metal = rng.choice(((206, 208, 212), (44, 46, 50), (236, 236, 234)))
    ink = readable_on(metal)
    frame = rounded(plate, 24)
    sheet.add(Fill(frame, metal, Finish(angle=30, strength=0.18)), Stroke((*frame, frame[0]), lit(metal, 0.7), 3))
    for corner in plate.inset(22, 22, 22, 22).outline:
        sheet.add(Fill(ellipse(corner, 7, 7), lit(metal, 0.6)))
    font: FontName = rng.choice(("condensed", "sans", "roboto", "mono"))
    head, foot = plate.part(0.08, 0.05, 0.92, 0.2), plate.part(0.08, 0.86, 0.92, 0.96)
    sheet.add(Text(rng.choice(BRANDS), head.at(0, 0.3), head.height * 0.42, ink, "sans-bold", "lm"))
    model = f"{good.name.upper()}  MODEL {rng.choice('ZQPD')}{rng.choice('ACE')}-{rng.randint(100, 990)}"
    small = min(foot.height * 0.5, sheet.width * 0.024)
    sheet.add(Text(model, head.at(0, 0.85), small * 1.1, ink, font, "lm", max_width=head.width))
    sheet.add(Text("MADE IN P.R.C.   CE   IP20", foot.at(0, 0.5), small, ink, font, "lm"))
    body = plate.part(0.08, 0.24, 0.94, 0.85)
    rows = -(-len(lines) // 2)
    step = body.height / rows
    letter = min(step * 0.5, sheet.width * 0.027)
    for place, (name, value) in enumerate(lines):
        row, column = divmod(place, 2)
        at = body.left + column * body.width * 0.51, body.top + step * (row + 0.5)
        sheet.add(Text(f"{name.upper()}: {value}", at, letter, ink, font, "lm", max_width=body.width * 0.48))


def _transposed(sheet: Sheet, good: Good, lines: list[Line]) -> None:
    """Two bands of columns: names in the head of each, the values below."""
    _headed(sheet, f"{sheet.rng.choice(BRANDS)} {good.name}")
    room = sheet.page.part(0.03, 0.24, 0.97, 0.92)
    if good.shape:
        _product(sheet, good, sheet.page.part(0.3, 0.17, 0.7, 0.5))
        room = sheet.page.part(0.03, 0.54, 0.97, 0.96)
    half = -(-len(lines) // 2)
    dark = sheet.accent
    for band, part in enumerate((lines[:half], lines[half:])):
        strip = room.part(0, band * 0.52, 1, band * 0.52 + 0.46)
        head = strip.part(0, 0, 1, 0.45)
        sheet.add(Fill(head.outline, dark, FLAT), Stroke((*strip.outline, strip.outline[0]), _RULE, 1.5))
        letter = min(strip.height * 0.17, sheet.width * 0.02)
        for column, (name, value) in enumerate(part):
            cell = strip.part(column / len(part), 0, (column + 1) / len(part), 1)
            if column:
                sheet.add(Stroke((cell.outline[0], cell.outline[3]), _RULE, 1.2))
            _text(sheet, name, cell.at(0.5, 0.225), letter, readable_on(dark), "mm", room=cell.width * 0.9)
            _text(sheet, value, cell.at(0.5, 0.72), letter * 1.1, _VALUE, "mm", room=cell.width * 0.9, bold=True)


def _callouts(sheet: Sheet, good: Good, lines: list[Line]) -> None:
    """The product in the middle, facts left and right of it: the name in small print, the value under it."""
    _headed(sheet, good.name)
    _product(sheet, good, sheet.page.part(0.33, 0.24, 0.67, 0.9))
    half = -(-len(lines) // 2)
    sides: tuple[tuple[list[Line], float, Anchor], ...] = ((lines[:half], 0.3, "rm"), (lines[half:], 0.7, "lm"))
    for part, x, anchor in sides:
        step = 0.76 / half
        letter = min(sheet.height * step * 0.26, sheet.width * 0.026)
        for row, (name, value) in enumerate(part):
            top = sheet.page.at(x, 0.19 + step * (row + 0.32))
            low = sheet.page.at(x, 0.19 + step * (row + 0.66))
            _text(sheet, name, top, letter * 0.8, _NAME, anchor, room=sheet.width * 0.27)
            _text(sheet, value, low, letter, _VALUE, anchor, room=sheet.width * 0.27, bold=True)


def _pack(sheet: Sheet, good: Good, lines: list[Line]) -> None:
    """The facts beside packed food, what it contains below them, and the pack with its name."""
    label = _product(sheet, good, sheet.page.part(0.04, 0.1, 0.42, 0.92))
    words, size = good.name.replace(" ", "\n"), min(label.width * 0.2, label.height * 0.12)
    paper = (244, 242, 232)
    sheet.add(Text(words, label.centre, size, (52, 44, 40), "sans-bold", max_width=label.width * 0.9, plate=paper))
    room = sheet.page.part(0.47, 0.07, 0.96, 0.8)
    frame = room.inset(-10, -10, -10, -10).outline
    sheet.add(Stroke((*frame, frame[0]), _VALUE, 2))
    step = min(room.height / (len(lines) + 1.4), sheet.height * 0.075)
    letter = min(step * 0.5, sheet.width * 0.026)
    _text(
        sheet, good.heading, (room.left, room.top + step * 0.6), letter * 1.25, _VALUE, "lm", room=room.width, bold=True
    )
    for row, (name, value) in enumerate(lines):
        y = room.top + step * (row + 1.8)
        sheet.add(Stroke(((room.left, y - step * 0.5), (room.right, y - step * 0.5)), _RULE, 1.2))
        _text(sheet, name, (room.left, y), letter, _VALUE, "lm", room=room.width * 0.55)
        _text(sheet, value, (room.right, y), letter, _VALUE, "rm", room=room.width * 0.43)
    if good.contents:
        ((name, value),) = stated_lines(sheet, (good.contents,), short=sheet.rng.random() < 0.5)
        at = sheet.page.at(0.47, 0.89)
        _text(sheet, f"{name} {value}", at, sheet.height * 0.045, sheet.ink, "lm", room=sheet.width * 0.49, bold=True)


LAYOUTS: dict[str, Callable[[Sheet, Good, list[Line]], None]] = {
    "columns": _columns,
    "leaders": _leaders,
    "tiles": _tiles,
    "plate": _plate,
    "transposed": _transposed,
    "callouts": _callouts,
    "pack": _pack,
}
_SIZES: dict[str, tuple[tuple[int, int], ...]] = {
    "columns": ((1000, 1000), (900, 900), (1000, 800)),
    "leaders": ((1000, 800), (900, 900), (1100, 850)),
    "tiles": ((1000, 1000), (900, 900), (900, 1100)),
    "plate": ((1000, 700), (900, 640), (1100, 800)),
    "transposed": ((1100, 850), (1200, 900), (1200, 750)),
    "callouts": ((1000, 1000), (1000, 800), (900, 900)),
    "pack": ((1000, 800), (900, 900), (1100, 850)),
}


def _headed(sheet: Sheet, title: str) -> None:
    room = Rect(0, 0, sheet.width, sheet.height * 0.13)
    add_title(sheet, title, room, banner=sheet.rng.random() < 0.5)


def _text(
    sheet: Sheet,
    text: str,
    at: tuple[float, float],
    letter: float,
    colour: Colour,
    anchor: Anchor,
    *,
    room: float,
    bold: bool = False,
) -> None:
    font = sheet.style.bold if bold else sheet.style.font
    sheet.add(Text(text, at, letter, colour, font, anchor, max_width=room))
