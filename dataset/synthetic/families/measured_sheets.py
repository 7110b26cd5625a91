"""A product with its dimension lines, and in the same picture what else is known of it: loads, weights, volts."""

from __future__ import annotations

from random import Random

from dataset.synthetic.dimension import add_dimension, block_size, low_margin, side_margin
from dataset.synthetic.families.drawn import fit_letters
from dataset.synthetic.families.spec_sheets import add_rows, add_tiles, shuffled, stated_lines
from dataset.synthetic.families.tables import BRIGHT
from dataset.synthetic.geometry import Rect
from dataset.synthetic.goods import GOODS
from dataset.synthetic.layout import add_title
from dataset.synthetic.scene import Cue, Scene
from dataset.synthetic.shapes.furniture import draw_solid
from dataset.synthetic.sheet import new_sheet

_SIZES = {True: ((1200, 900), (1100, 800), (1200, 800)), False: ((1000, 1000), (900, 1000), (900, 1100))}


def measured_sheet(rng: Random, name: str, beside: bool = False) -> Scene:
    """A block-like good of `GOODS` with bare numbers at its lines, the other facts below it or `beside` it."""
    sheet = new_sheet(rng, sizes=_SIZES[beside], backdrops=BRIGHT)
    good = GOODS[name]
    sizes = [fact for fact in good.facts if fact.group == "size"]
    texts = dict(zip((fact.entity for fact in sizes), stated_lines(sheet, sizes, cue=Cue.DRAWING), strict=True))
    words = {entity: value for entity, (_, value) in texts.items()}
    longest = max(words.values(), key=len)
    fit_letters(sheet, longest, 0.16 if beside else 0.22)
    add_title(sheet, good.name, Rect(0, 0, sheet.width, sheet.height * 0.12), banner=rng.random() < 0.5)
    place = sheet.page.part(0, 0.13, 0.58, 1) if beside else sheet.page.part(0, 0.12, 1, 0.64)
    low = low_margin(sheet, longest) + sheet.height * 0.02
    aside = max(side_margin(sheet, longest), block_size(longest, sheet.style.letter)[0] * 0.75 + 30)
    room = place.inset(aside, low, aside, low + sheet.style.letter)
    means = {fact.entity: sum(map(int, fact.amounts)) / len(fact.amounts) for fact in sizes}
    drawn = draw_solid(rng, good.shape, room, (means["width"], means["depth"], means["height"])).product
    sheet.add(*drawn.items)
    for entity in ("width", "depth"):
        add_dimension(sheet, drawn.edge(entity, outward_y=1), words[entity])
    hidden_side = drawn.edge("depth", outward_y=1).outward[0]
    add_dimension(sheet, drawn.edge("height", outward_x=-hidden_side), words["height"])
    lines = stated_lines(sheet, shuffled(rng, [fact for fact in good.facts if fact.group != "size"]))
    if beside:
        add_rows(sheet, lines, sheet.page.part(0.6, 0.2, 0.96, 0.95))
    else:
        add_tiles(sheet, lines, sheet.page.part(0.03, 0.66, 0.97, 0.97), 4)
    return sheet.finish()
