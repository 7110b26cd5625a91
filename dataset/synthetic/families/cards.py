"""Size cards: measures in a list, each behind an arrow that alone tells which extent it is.

Nothing else says what a number measures: arrows stand in any order, apart from the product, and any extent may be the
largest.
"""

from __future__ import annotations

from random import Random
from typing import Literal

from dataset.synthetic.dimension import block_size
from dataset.synthetic.families.drawn import length_form, size_between
from dataset.synthetic.geometry import Point, Rect, moved, rounded
from dataset.synthetic.layout import add_title
from dataset.synthetic.measure import printed
from dataset.synthetic.scene import Anchor, Cue, DimensionLine, Scene, Stroke, Text
from dataset.synthetic.shapes.furniture import SOLIDS, draw_solid
from dataset.synthetic.sheet import Ends, Sheet, new_sheet
from dataset.synthetic.words import DISTRACTORS, SLOGANS

Setting = Literal["list", "tiles"]
_SIZES = ((700, 700), (800, 800), (900, 900), (1000, 1000), (1000, 750), (1100, 850), (800, 1000))
_ALONG: dict[str, Point] = {"width": (1.0, 0.0), "height": (0.0, 1.0), "depth": (0.78, -0.62)}


def size_card(rng: Random, product: str, setting: Setting = "list", lacking: str = "", form: str = "") -> Scene:
    """A block-like product without dimension lines, and its measures in a list or in tiles, an arrow before each.

    `lacking` names an extent that is left out. `form`: "" for a random one.
    """
    sheet = new_sheet(rng, sizes=_SIZES)
    kind = SOLIDS[product]
    drawn = [size_between(rng, getattr(kind, name)) for name in _ALONG]
    sizes = dict(zip(_ALONG, rng.sample(drawn, len(drawn)), strict=True))
    form = (form or length_form(rng, max(sizes.values()))).replace("\n", " / ")
    shown = {name: printed(form, size) for name, size in sizes.items() if name != lacking}
    names = rng.sample(sorted(shown), len(shown))
    top = sheet.height * 0.13
    add_title(sheet, rng.choice(SLOGANS), Rect(0, 0, sheet.width, top), banner=rng.random() < 0.4)
    rooms = _listed(sheet, len(names), top) if setting == "list" else _tiled(sheet, len(names))
    picture = sheet.page.part(0.05, 0.2, 0.5, 0.95) if setting == "list" else sheet.page.part(0.15, 0.16, 0.85, 0.68)
    sheet.add(*draw_solid(rng, product, picture, (sizes["width"], sizes["depth"], sizes["height"])).product.items)
    for name, room in zip(names, rooms, strict=True):
        _entry(sheet, room, name, shown[name].text, above=setting == "tiles")
        sheet.state(name, shown[name], Cue.ARROW)
    if lacking:
        sheet.lacks(lacking, "no arrow shows it")
    return sheet.finish()


def _listed(sheet: Sheet, count: int, top: float) -> list[Rect]:
    """Rooms below each other on the right, with another fact above or below them."""
    rng = sheet.rng
    left, step = sheet.width * 0.53, sheet.height * rng.uniform(0.14, 0.19)
    begin = top + (sheet.height - top - (count + 1) * step) * rng.uniform(0.2, 0.6)
    rows = [Rect(left, begin + step * row, sheet.width * 0.98, begin + step * (row + 1)) for row in range(count + 1)]
    fact = rows.pop(rng.choice((0, count)))
    letter = max(15.0, sheet.style.letter * 0.8)
    words, at = rng.choice(DISTRACTORS), fact.at(0.05, 0.5)
    sheet.add(Text(words, at, letter, sheet.ink, sheet.style.font, "lm", max_width=fact.width * 0.9))
    return rows


def _tiled(sheet: Sheet, count: int) -> list[Rect]:
    """Rooms beside each other along the lower edge, each on a frame of its own."""
    rooms = [sheet.page.part((i + 0.05) / count, 0.72, (i + 0.95) / count, 0.96) for i in range(count)]
    for room in rooms:
        frame = rounded(room, 14)
        sheet.add(Stroke((*frame, frame[0]), sheet.ink, 1.5))
    return rooms


def _entry(sheet: Sheet, room: Rect, name: str, text: str, *, above: bool) -> None:
    """An arrow and its number: to the right of it, or below when the arrow stands `above`."""
    style = sheet.style
    reach = min(room.height * (0.5 if above else 0.72), room.width * 0.3, style.letter * 2.6)
    centre = room.at(0.5, 0.34) if above else (room.left + reach * 0.6, room.centre[1])
    along = _ALONG[name]
    ends: Ends = "arrow_bar" if style.ends in ("bar", "arrow_bar") else "arrow"
    line = max(2.0, style.line)
    sheet.add(DimensionLine(moved(centre, along, -reach / 2), moved(centre, along, reach / 2), style.ink, line, ends))
    at = room.at(0.5, 0.8) if above else (centre[0] + reach * 0.75, room.centre[1])
    wide = room.width * 0.9 if above else room.right - at[0] - 8
    letter = min(style.letter, 0.95 * wide / max(1.0, block_size(text, 1)[0]))
    anchor: Anchor = "mm" if above else "lm"
    sheet.add(Text(text, at, max(13.0, letter), style.ink, style.font, anchor, max_width=wide))
