"""Sheets whose measures stand in a table or in one line of sizes."""

from __future__ import annotations

from random import Random

from dataset.synthetic.colour import Colour, lit
from dataset.synthetic.families.drawn import size_between
from dataset.synthetic.geometry import Rect
from dataset.synthetic.layout import add_banner, add_title
from dataset.synthetic.measure import Printed, printed
from dataset.synthetic.scene import FLAT, Cue, Fill, Scene, Stroke, Text
from dataset.synthetic.shapes.furniture import SOLIDS, draw_solid
from dataset.synthetic.sheet import BACKDROPS, Sheet, new_sheet
from dataset.synthetic.words import BRANDS, LETTERS, WORDS

_COMMA = ("de", "fr", "es", "it")
_TABLE_SIZES = ((900, 900), (1000, 700), (800, 1000), (1000, 1000), (679, 679))
BRIGHT = tuple(b for b in BACKDROPS if b.colour[0] > 200 and b.kind in ("plain", "gradient", "vignette"))
_SPOKEN_UNITS = {"V": {"en": "Volts", "zh": "V", "ja": "V"}, "W": {"en": "Watts", "zh": "W", "ja": "W"}}

TableRow = tuple[str, str]


def spec_table(rng: Random, product: str, language: str, entities: tuple[str, ...], drawn: bool = True) -> Scene:
    """A specification table in `language` with `entities` among rows on other things.

    `item_weight` comes as net beside gross weight half of the time. `drawn` adds the product.
    """
    sheet = new_sheet(rng, sizes=_TABLE_SIZES, backdrops=BRIGHT)
    words = WORDS[language]
    kind = SOLIDS[product]
    comma = language in _COMMA and rng.random() < 0.8
    unit = (
        rng.choice(("{cm} cm", "{mm} mm", "{cm}cm", "{in1} inch"))
        if language != "en"
        else rng.choice(("{cm} cm", "{in1} inches", '{in1}"', "{in1} in / {cm} cm"))
    )
    rows: list[TableRow] = [(words["model"], f"{rng.choice('TKXBR')}{rng.choice('LSGC')}-{rng.randint(120, 9900)}")]
    for entity in entities:
        if entity in ("width", "depth", "height"):
            what = printed(unit, size_between(rng, getattr(kind, entity)), comma)
            rows.append((words[entity], what.text))
            sheet.state(entity, what, Cue.PRINTED_WORD)
        elif entity == "item_weight":
            rows += _weight_rows(sheet, language, comma)
        else:
            what = _other(rng, entity, language, comma)
            rows.append((words[entity], what.text))
            sheet.state(entity, what, Cue.TEXT)
    rows += [
        (words["material"], words["steel"]),
        (words["colour"], words["black"]),
        (words["warranty"], words["years"]),
    ]
    head, *rest = rows
    rng.shuffle(rest)
    room = sheet.page.inset(sheet.width * 0.06, sheet.height * 0.16, sheet.width * 0.06, sheet.height * 0.07)
    add_title(sheet, words["title"], Rect(0, 0, sheet.width, sheet.height * 0.13), banner=rng.random() < 0.5)
    if drawn:
        room = room.part(0, 0.42, 1, 1)
        place = sheet.page.part(0.28, 0.16, 0.72, 0.46)
        sheet.add(*draw_solid(rng, product, place, (kind.width[1], kind.depth[1], kind.height[1])).product.items)
    _draw_table(sheet, (head, *rest), room)
    return sheet.finish()


def _weight_rows(sheet: Sheet, language: str, comma: bool) -> list[TableRow]:
    rng, words = sheet.rng, WORDS[language]
    grams = rng.randint(60, 300) * 50
    form = (
        rng.choice(("{kg} kg", "{kg}kg", "{kg} KG"))
        if language != "en"
        else rng.choice(("{lb} lbs", "{kg} kg", "{lb} lb"))
    )
    what = printed(form, grams, comma)
    if rng.random() < 0.5:
        sheet.state("item_weight", what, Cue.PRINTED_WORD)
        return [(words["item_weight"], what.text)]
    gross = printed(form, round(grams * rng.uniform(1.12, 1.4), -1), comma)
    sheet.state("item_weight", what, Cue.PRINTED_WORD, note=f"net; gross {gross.answers[0]}")
    return [(words["net"], what.text), (words["gross"], gross.text)]


def _other(rng: Random, entity: str, language: str, comma: bool) -> Printed:
    match entity:
        case "maximum_weight_recommendation":
            return printed("{kg0} kg", rng.choice((25, 40, 60, 80, 120, 150)) * 1000, comma)
        case "voltage":
            form = "{V} " + _SPOKEN_UNITS["V"].get(language, "Volt") if rng.random() < 0.4 else "{V} V"
            return printed(form, rng.choice((110, 120, 220, 230)), comma)
        case "wattage":
            form = "{W} " + _SPOKEN_UNITS["W"].get(language, "Watt") if rng.random() < 0.4 else "{W} W"
            return printed(form, rng.choice((45, 60, 750, 900, 1200, 1800)), comma)
        case _:
            return printed(rng.choice(("{l} L", "{l} l", "{ml} ml")), rng.randint(3, 50) * 500, comma)


def _draw_table(sheet: Sheet, rows: tuple[TableRow, ...], room: Rect) -> None:
    rng, style = sheet.rng, sheet.style
    step = min(room.height / len(rows), room.width * 0.11)
    letter = min(step * 0.5, room.width * 0.05)
    split = rng.uniform(0.46, 0.54)
    tint: Colour = lit(sheet.accent, 1.85)
    lined = rng.random() < 0.5
    for row, (name, value) in enumerate(rows):
        cell = Rect(room.left, room.top + row * step, room.right, room.top + (row + 1) * step)
        if row % 2 == 0:
            sheet.add(Fill(cell.outline, tint, FLAT))
        if lined:
            sheet.add(Stroke((*cell.outline, cell.outline[0]), (150, 150, 150), 1.2))
        y = cell.centre[1]
        at = (cell.left + letter * 0.7, y)
        sheet.add(
            Text(name, at, letter, (50, 50, 54), style.bold, "lm", max_width=room.width * split - letter),
            Text(value, (cell.left + room.width * split, y), letter, (30, 30, 34), style.font, "lm",
                 max_width=room.width * (1 - split) - letter * 0.6),
        )  # fmt: skip


def size_line(rng: Random, product: str, order: str) -> Scene:
    """A product above one line of three sizes; `order` says how the line names them.

    "wdh" `30W x 20D x 10H cm`, "words" `W 30 cm x D 20 cm x H 10 cm`, "lwh" `30 x 20 x 10 cm (L x W x H)`,
    "zh" the same with 长 宽 高. With a length instead of a depth the length is the depth, or nothing.
    """
    sheet = new_sheet(rng, sizes=((800, 800), (1000, 800), (600, 800), (1000, 1000)), backdrops=BRIGHT)
    kind = SOLIDS[product]
    sizes = {name: size_between(rng, getattr(kind, name)) for name in ("width", "depth", "height")}
    lengthwise = order in ("lwh", "zh")
    if lengthwise:
        sizes["width"], sizes["depth"] = sorted((sizes["width"], sizes["depth"] + 10))
    field, unit = rng.choice((("{cm}", "cm"), ("{in1}", '"'), ("{mm}", "mm"), ("{in1}", "in")))
    what = {name: printed(field, size) for name, size in sizes.items()}
    text = _size_text(order, what, unit)
    for name, shown in what.items():
        loose = lengthwise and name == "depth"
        sheet.state(name, shown, Cue.PRODUCT, ("EMPTY",) if loose else (), "printed as length" if loose else "")
    drawn = draw_solid(
        rng,
        product,
        sheet.page.part(0.16, 0.16, 0.84, 0.74),
        (sizes["width"], sizes["depth"], sizes["height"]),
    )
    sheet.add(*drawn.product.items)
    title = f"{rng.choice(BRANDS)} {rng.randint(2, 9) * 100}"
    add_title(sheet, title, Rect(0, 0, sheet.width, sheet.height * 0.12))
    letter = min(sheet.height * 0.055, sheet.width / len(text) * 1.6)
    if rng.random() < 0.5:
        add_banner(sheet, text, (sheet.width / 2, sheet.height * 0.88), letter, sheet.accent)
    else:
        at = (sheet.width / 2, sheet.height * 0.88)
        sheet.add(Text(text, at, letter, sheet.ink, sheet.style.font, max_width=sheet.width * 0.94))
    return sheet.finish()


def _size_text(order: str, what: dict[str, Printed], unit: str) -> str:
    wide, deep, high = what["width"].text, what["depth"].text, what["height"].text
    gap = "" if unit == '"' else " "
    match order:
        case "wdh":
            return f"{wide}{unit}W x {deep}{unit}D x {high}{unit}H"
        case "words":
            return f"W {wide}{gap}{unit} × D {deep}{gap}{unit} × H {high}{gap}{unit}"
        case "lwh":
            return f"{deep} x {wide} x {high}{gap}{unit} (L x W x H)"
        case "zh":
            letters = LETTERS["zh"]
            return f"{letters['length']}{deep}×{letters['width']}{wide}×{letters['height']}{high}{gap}{unit}"
    raise ValueError(f"no order of sizes is called {order!r}")
