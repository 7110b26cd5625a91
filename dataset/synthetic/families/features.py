"""Sheets that list features, with weights and loads among them, and rating plates of electrical goods."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from dataset.synthetic.colour import readable_on
from dataset.synthetic.geometry import Rect, rounded
from dataset.synthetic.layout import add_banner, add_bullets, add_label, add_title
from dataset.synthetic.measure import answer, printed
from dataset.synthetic.scene import Cue, Fill, Scene, Stroke
from dataset.synthetic.shapes.flat import FLATS, draw_flat
from dataset.synthetic.sheet import Sheet, new_sheet
from dataset.synthetic.words import DISTRACTORS, SLOGANS


@dataclass(frozen=True, slots=True)
class Feature:
    """A line of a list: its form, the entity it states ("" for none), its size in the base unit.

    In a range the form names the lower end `{lower}`, which is accepted beside the upper one. `also`
    are further right answers, and `note` says why.
    """

    entity: str
    form: str
    base: Decimal | int | float = 0
    lower: int | None = None
    also: tuple[str, ...] = ()
    note: str = ""


def feature_list(
    rng: Random, product: str, features: tuple[Feature, ...], sizes: tuple[tuple[int, int], ...] = ()
) -> Scene:
    """A product beside a bullet list of `features` and of facts that no entity asks for."""
    sheet = new_sheet(rng, sizes=sizes or ((1000, 700), (1100, 800), (1200, 900), (900, 900), (1500, 620)))
    kind = FLATS[product]
    room = sheet.page.part(0.04, 0.22, 0.4, 0.94)
    sheet.add(*draw_flat(rng, product, room, kind.width[0], kind.height[0]).items)
    lines = [stated(sheet, feature) for feature in features]
    lines += rng.sample(DISTRACTORS, k=max(2, 5 - len(lines)))
    rng.shuffle(lines)
    add_title(sheet, rng.choice(SLOGANS), Rect(0, 0, sheet.width, sheet.height * 0.15), banner=rng.random() < 0.6)
    letter = max(16.0, min(sheet.height * 0.05, sheet.width * 0.034))
    add_bullets(sheet, tuple(lines), sheet.page.part(0.46, 0.24, 0.97, 0.94), letter)
    return sheet.finish()


def rating_plate(rng: Random, product: str, features: tuple[Feature, ...], turned: float = 0) -> Scene:
    """A product with a rating plate printed on it; `turned` is the print's angle in degrees."""
    sheet = new_sheet(rng, sizes=((800, 800), (900, 900), (700, 900), (800, 1000)))
    kind = FLATS[product]
    drawn = draw_flat(rng, product, sheet.page.part(0.08, 0.05, 0.92, 0.93), kind.width[1], kind.height[0])
    lines = [stated(sheet, feature) for feature in features]
    first = f"MODEL: {rng.choice('ZQPD')}{rng.choice('ACE')}-{rng.randint(100, 990)}"
    sheet.add(*drawn.items)
    sizes = ((first, 1.0), *((line, 1.15) for line in lines), ("Made in P.R.C.  CE  FCC", 0.8))
    add_label(sheet, sizes, drawn.label, drawn.label_colour, angle=turned)
    return sheet.finish()


def big_claim(rng: Random, product: str, features: tuple[Feature, ...]) -> Scene:
    """A product under banners that state `features` in large letters, on a framed picture."""
    sheet = new_sheet(rng, sizes=((700, 700), (800, 800), (1000, 1000), (679, 679)))
    kind = FLATS[product]
    room = sheet.page.part(0.2, 0.08, 0.8, 0.9 - 0.14 * len(features))
    frame = rounded(sheet.page.inset(10, 10, 10, 10), 18)
    sheet.add(Stroke((*frame, frame[0]), sheet.accent, 4))
    sheet.add(*draw_flat(rng, product, room, kind.width[0], kind.height[0]).items)
    letter = sheet.height * rng.uniform(0.04, 0.055)
    for row, feature in enumerate(features):
        at = (sheet.width / 2, sheet.height * (0.9 - 0.14 * (len(features) - 1 - row)))
        add_banner(sheet, stated(sheet, feature), at, letter, sheet.accent)
    return sheet.finish()


def icon_row(rng: Random, product: str, features: tuple[Feature, ...]) -> Scene:
    """A product above a row of tiles, each stating one of `features`."""
    sheet = new_sheet(rng, sizes=((900, 900), (1000, 1000), (1100, 850)))
    kind = FLATS[product]
    sheet.add(*draw_flat(rng, product, sheet.page.part(0.15, 0.06, 0.85, 0.66), kind.width[0], kind.height[0]).items)
    lines = [*(stated(sheet, feature) for feature in features), rng.choice(DISTRACTORS)]
    rng.shuffle(lines)
    for column, line in enumerate(lines):
        tile = sheet.page.part((column + 0.06) / len(lines), 0.74, (column + 0.94) / len(lines), 0.95)
        sheet.add(Fill(rounded(tile, 16), sheet.accent))
        words = tuple((part, 1.0) for part in line.split("\n"))
        add_label(sheet, words, tile.inset(12, 14, 12, 14), readable_on(sheet.accent))
    return sheet.finish()


def stated(sheet: Sheet, feature: Feature, cue: Cue = Cue.TEXT) -> str:
    """The text of `feature`; the sheet then states its entity, which `cue` decides."""
    lower = "" if feature.lower is None else str(feature.lower)
    what = printed(feature.form.replace("{lower}", lower), feature.base)
    if feature.entity:
        unit = what.answers[0].split(" ", 1)[1]
        ends = (answer(Decimal(lower), unit),) if lower else ()
        note = "range" if ends else feature.note
        sheet.state(feature.entity, what, cue, (*ends, *feature.also), note)
    return what.text
