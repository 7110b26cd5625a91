"""Pictures of a product whose own label states a weight or a volume."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from dataset.synthetic.geometry import rounded
from dataset.synthetic.layout import add_badge, add_label
from dataset.synthetic.measure import Printed, printed
from dataset.synthetic.scene import Cue, Fill, Scene
from dataset.synthetic.shapes.flat import FLATS, draw_flat
from dataset.synthetic.shapes.furniture import draw_solid
from dataset.synthetic.shapes.turned import TURNED, draw_turned
from dataset.synthetic.sheet import Sheet, new_sheet
from dataset.synthetic.words import BRANDS

_FOODS = (
    "GROUND COFFEE",
    "Organic Oats",
    "GREEN TEA",
    "Almond Butter",
    "CHIA SEEDS",
    "Cocoa Powder",
    "DRY YEAST",
)
_LIQUIDS = ("Olive Oil", "HAND SOAP", "Apple Vinegar", "SHAMPOO", "Face Lotion", "MAPLE SYRUP")
_EXTRAS = (
    "12 servings",
    "Best before 2027",
    "100% natural",
    "No. 4711",
    "SPF 30",
    "3% fat",
    "Since 1986",
    "Lot 20413",
)


def packed_food(rng: Random, form: str, grams: int, comma: bool = False) -> Scene:
    """A pouch whose label states its net weight in the given form."""
    sheet = _sheet(rng)
    kind = FLATS["pouch"]
    drawn = draw_flat(rng, "pouch", sheet.page.part(0.1, 0.06, 0.9, 0.94), *_sizes(rng, kind.width, kind.height))
    sheet.add(*drawn.items)
    what = printed(form, grams, comma)
    lines = (
        (rng.choice(BRANDS), 1.6),
        (rng.choice(_FOODS), 1.4),
        (rng.choice(_EXTRAS), 0.8),
        *_lines(what, 1.0),
    )
    add_label(sheet, lines, drawn.label, drawn.label_colour, angle=rng.choice((0, 0, -4, 5)))
    sheet.state("item_weight", what, Cue.TEXT)
    return sheet.finish()


def printed_box(rng: Random, form: str, grams: int, gross: int) -> Scene:
    """A carton at an angle with net and gross weight printed on its front, following the perspective."""
    sheet = _sheet(rng)
    sizes = (rng.randint(320, 400), rng.randint(160, 240), rng.randint(230, 300))
    drawn = draw_solid(rng, "carton", sheet.page.part(0.06, 0.1, 0.94, 0.9), sizes).product
    sheet.add(*drawn.items)
    what, heavier = printed(form, grams), printed(form, gross)
    weights = ((f"N.W. {what.text}", 1.0), (f"G.W. {heavier.text}", 1.0))
    lines = ((rng.choice(BRANDS), 1.5), (rng.choice(_EXTRAS), 0.8), *weights)
    add_label(sheet, lines, drawn.label, drawn.label_colour, slope=drawn.label_slope)
    sheet.state("item_weight", what, Cue.TEXT, note=f"net; gross {heavier.answers[0]}")
    return sheet.finish()


def bottled(rng: Random, product: str, form: str, millilitres: Decimal | int, comma: bool = False) -> Scene:
    """A round vessel whose label states its volume in the given form."""
    sheet = _sheet(rng)
    kind = TURNED[product]
    room = sheet.page.part(0.06, 0.06, 0.94, 0.93)
    drawn = draw_turned(rng, product, room, kind.diameter[1], kind.height[0])
    paper = drawn.label.inset(-8, -8, -8, -8)
    sheet.add(*drawn.items, Fill(rounded(paper, 10), (244, 242, 232)))
    what = printed(form, millilitres, comma)
    lines = (
        (rng.choice(BRANDS), 1.3),
        (rng.choice(_LIQUIDS), 1.3),
        (rng.choice(_EXTRAS), 0.8),
        *_lines(what, 1.0),
    )
    add_label(sheet, lines, drawn.label, (52, 44, 40))
    sheet.state("item_volume", what, Cue.TEXT)
    return sheet.finish()


def tagged(rng: Random, product: str, form: str, base: int, entity: str) -> Scene:
    """A product from the front with a round badge that states a weight or a volume, and a second badge."""
    sheet = _sheet(rng)
    kind = FLATS[product]
    room = sheet.page.part(0.06, 0.2, 0.64, 0.94)
    sheet.add(*draw_flat(rng, product, room, *_sizes(rng, kind.width, kind.height)).items)
    what = printed(form, base)
    radius = min(sheet.width * 0.16, sheet.height * 0.2)
    add_badge(sheet, what.text, (sheet.width - radius * 1.15, sheet.height * 0.28), radius, sheet.accent)
    other = rng.choice(("2\nPACK", "30%\nlighter", "IP65", "5 years", "Set of 6"))
    add_badge(sheet, other, (sheet.width - radius * 1.15, sheet.height * 0.74), radius * 0.8, (222, 160, 40))
    sheet.state(entity, what, Cue.TEXT)
    return sheet.finish()


def _sheet(rng: Random) -> Sheet:
    return new_sheet(rng, sizes=((600, 800), (700, 700), (800, 1000), (640, 800), (900, 900)))


def _sizes(rng: Random, width: tuple[int, int], height: tuple[int, int]) -> tuple[int, int]:
    return rng.randint(*width), rng.randint(*height)


def _lines(what: Printed, size: float) -> tuple[tuple[str, float], ...]:
    return tuple((line, size) for line in what.text.split("\n"))
