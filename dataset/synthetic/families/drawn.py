"""Sheets whose measures stand beside dimension lines."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Literal

from dataset.synthetic.colour import BLACK, Colour, luminance
from dataset.synthetic.dimension import add_dimension, block_size, low_margin, side_margin
from dataset.synthetic.geometry import Rect, ellipse, rounded
from dataset.synthetic.layout import add_banner, add_title
from dataset.synthetic.measure import LENGTH_FORMS, Printed, printed
from dataset.synthetic.scene import FLAT, Backdrop, Cue, Fill, Scene, Text
from dataset.synthetic.shapes.flat import FLATS, draw_flat
from dataset.synthetic.shapes.furniture import SOLIDS, draw_solid
from dataset.synthetic.shapes.product import Edge
from dataset.synthetic.shapes.turned import TURNED, draw_turned
from dataset.synthetic.sheet import Ends, Sheet, new_sheet
from dataset.synthetic.words import DISTRACTORS, LETTERS, SLOGANS, WORDS

_BIG_FORMS = (
    "{cm} cm",
    "{cm}cm",
    '{in1}"',
    "{in1} in",
    "{in1} in / {cm} cm",
    "{ft} ft",
    "{m} m",
    '{cm}cm({in}")',
)


_ROUND_SIZES = ((500, 1100), (600, 1200), (700, 700), (800, 1000), (900, 900), (1000, 1000), (1500, 1500))
Naming = Literal["bare", "letter", "word"]


def length_form(rng: Random, largest: float) -> str:
    """A form for lengths up to `largest` millimetres."""
    return rng.choice(_BIG_FORMS if largest > 1300 else LENGTH_FORMS)


def size_between(rng: Random, bounds: tuple[int, int]) -> int:
    """A length in millimetres; long ones are whole centimetres or half centimetres."""
    size = rng.randint(*bounds)
    return size if size < 150 else size // 5 * 5


def _named(name: str, what: Printed, naming: Naming, language: str) -> str:
    match naming:
        case "letter":
            return f"{LETTERS[language][name]}: {what.text}"
        case "word":
            return f"{WORDS[language][name]} {what.text}"
    return what.text


def fit_letters(sheet: Sheet, longest: str, share: float) -> None:
    """Makes the letters small enough that the longest number takes at most `share` of the sheet's width."""
    width = block_size(longest, 1)[0]
    sheet.style = replace(sheet.style, letter=max(14, min(sheet.style.letter, sheet.width * share / width)))


def perspective(
    rng: Random,
    product: str,
    *,
    naming: Naming = "bare",
    language: str = "en",
    inner: bool = False,
    form: str = "",
) -> Scene:
    """A block-like product at an angle with width, depth and height along its edges.

    `naming` puts the language's letters or words before the numbers. `inner` adds the height of one of
    the product's compartments, which is none of its outer measures. `form`: "" for a random one.
    """
    sheet = new_sheet(rng)
    kind = SOLIDS[product]
    sizes = {name: size_between(rng, getattr(kind, name)) for name in ("width", "depth", "height")}
    sizes["depth"], sizes["width"] = sorted((sizes["depth"], sizes["width"]))
    form = form or length_form(rng, max(sizes.values()))
    comma = rng.random() < 0.12
    shown = {name: printed(form, size, comma) for name, size in sizes.items()}
    words = {name: _named(name, what, naming, language) for name, what in shown.items()}
    longest = max(words.values(), key=lambda word: block_size(word, 1)[0])
    fit_letters(sheet, longest, 0.27)
    top = _heading(sheet, 0.35)
    margin = max(low_margin(sheet, longest), sheet.height * 0.06)
    aside = max(side_margin(sheet, longest), block_size(longest, sheet.style.letter)[0] * 0.75 + 30)
    room = sheet.page.inset(aside, top + margin, aside, margin + sheet.style.letter)
    furniture = draw_solid(rng, product, room, (sizes["width"], sizes["depth"], sizes["height"]))
    drawn = furniture.product
    sheet.add(*drawn.items)
    low = 1 if rng.random() < 0.75 else -1
    for name in ("width", "depth"):
        add_dimension(sheet, drawn.edge(name, outward_y=low), words[name])
    hidden_side = drawn.edge("depth", outward_y=1).outward[0]
    add_dimension(sheet, drawn.edge("height", outward_x=-hidden_side * low), words["height"])
    if inner and furniture.compartment:
        part = furniture.compartment
        _inner_measure(sheet, part.line, printed(form, round(sizes["height"] * part.fraction), comma), drawn.colour)
    cue = {"bare": Cue.DRAWING, "letter": Cue.LETTER, "word": Cue.PRINTED_WORD}[naming]
    for name, what in shown.items():
        sheet.state(name, what, cue)
    return sheet.finish()


def _heading(sheet: Sheet, chance: float) -> float:
    """Adds a title or a line of other facts at the top; returns the height it takes in pixels."""
    rng = sheet.rng
    if rng.random() > chance:
        return 0.0
    tall = sheet.height * rng.uniform(0.08, 0.12)
    words = rng.choice((*SLOGANS, *DISTRACTORS))
    add_title(sheet, words, Rect(0, 0, sheet.width, tall), banner=rng.random() < 0.5)
    return tall


def _inner_measure(sheet: Sheet, line: Edge, what: Printed, ground: Colour) -> None:
    style = sheet.style
    letter = max(13.0, style.letter * 0.8)
    ends: Ends = "arrow" if style.ends == "none" else style.ends
    ink = (252, 250, 240) if luminance(ground) < 200 else BLACK
    sheet.style = replace(style, ink=ink, side_text="upright", letter=letter, ends=ends, extensions=False)
    add_dimension(sheet, line, what.text.replace("\n", " / "), gap=0)
    sheet.style = style


def front_view(
    rng: Random,
    product: str,
    *,
    ask_width: bool = True,
    naming: Naming = "bare",
    language: str = "en",
    form: str = "",
) -> Scene:
    """A product from the front with height and (unless not `ask_width`) width; its depth is not shown."""
    sheet = new_sheet(rng)
    kind = FLATS[product]
    width, height = size_between(rng, kind.width), size_between(rng, kind.height)
    form = form or length_form(rng, max(width, height))
    comma = rng.random() < 0.12
    wide, high = printed(form, width, comma), printed(form, height, comma)
    wide_word, high_word = (_named(*pair, naming, language) for pair in (("width", wide), ("height", high)))
    fit_letters(sheet, high_word, 0.27 if sheet.style.side_text == "upright" else 0.6)
    cue = {"bare": Cue.DRAWING, "letter": Cue.LETTER, "word": Cue.PRINTED_WORD}[naming]
    top = _heading(sheet, 0.4)
    aside = side_margin(sheet, high_word)
    below = rng.random() < 0.65
    margin = low_margin(sheet, wide_word)
    room = sheet.page.inset(aside, top + (30 if below else margin), aside, margin if below else 30)
    drawn = draw_flat(rng, product, room, width, height)
    sheet.add(*drawn.items)
    add_dimension(sheet, drawn.edge("height", outward_x=rng.choice((-1, 1))), high_word)
    sheet.state("height", high, cue)
    if ask_width:
        add_dimension(sheet, drawn.edge("width", outward_y=1 if below else -1), wide_word)
        sheet.state("width", wide, cue)
    else:
        sheet.lacks("width", "only the height is drawn")
    sheet.lacks("depth", "front view" if ask_width else "only the height is drawn")
    return sheet.finish()


def round_view(rng: Random, product: str, mark: str = "", form: str = "") -> Scene:
    """A round product with diameter and height; the diameter is width and depth at once.

    `mark` stands before the diameter: "Ø", "Diameter: "...
    """
    sheet = new_sheet(rng, sizes=_ROUND_SIZES)
    kind = TURNED[product]
    diameter, height = size_between(rng, kind.diameter), size_between(rng, kind.height)
    form = form or length_form(rng, max(diameter, height))
    wide, high = printed(f"{mark}{form}", diameter), printed(form, height)
    fit_letters(sheet, wide.text, 0.27 if sheet.style.side_text == "upright" else 0.6)
    top = _heading(sheet, 0.3)
    aside, margin = side_margin(sheet, high.text), low_margin(sheet, wide.text)
    below = rng.random() < 0.7
    room = sheet.page.inset(aside, top + (30 if below else margin), aside, margin if below else 30)
    drawn = draw_turned(rng, product, room, diameter, height)
    sheet.add(*drawn.items)
    add_dimension(sheet, drawn.edge("width", outward_y=1 if below else -1), wide.text)
    add_dimension(sheet, drawn.edge("height", outward_x=rng.choice((-1, 1))), high.text)
    sheet.state("width", wide, Cue.DRAWING, note="diameter")
    sheet.state("depth", wide, Cue.DRAWING, ("EMPTY",), "round, diameter")
    sheet.state("height", high, Cue.DRAWING)
    return sheet.finish()


def beside_person(rng: Random, product: str) -> Scene:
    """A product beside the silhouette of a person, with its height alone, broken into the line."""
    sheet = new_sheet(rng, sizes=((1000, 1000), (800, 800)), backdrops=(Backdrop(),))
    kind = FLATS[product]
    height = size_between(rng, kind.height)
    what = printed(rng.choice(("{in0} in\n{cm} cm", "{cm} cm", "{in1} in")), height)
    person_height = sheet.height * 0.8
    tall = max(0.22, min(0.72, height / 1750)) * person_height
    ground = sheet.height * 0.93
    _person(sheet, Rect(sheet.width * 0.72, ground - person_height, sheet.width * 0.9, ground))
    sheet.style = replace(sheet.style, ends="bar", letter=max(16, sheet.style.letter))
    room = Rect(sheet.width * 0.3, ground - tall, sheet.width * 0.66, ground)
    drawn = draw_flat(rng, product, room, kind.width[0], kind.height[0])
    sheet.add(*drawn.items)
    add_dimension(sheet, drawn.edge("height", outward_x=-1), what.text, gap=sheet.width * 0.1, on_line=True)
    sheet.state("height", what, Cue.DRAWING)
    sheet.lacks("width", "only the height is drawn")
    sheet.lacks("depth", "only the height is drawn")
    return sheet.finish()


def _person(sheet: Sheet, room: Rect) -> None:
    grey = (206, 206, 208) if sheet.ink[0] < 128 else (90, 96, 104)
    head = ellipse(room.at(0.5, 0.07), room.height * 0.055, room.height * 0.07)
    torso = rounded(room.part(0.2, 0.15, 0.8, 0.55), room.width * 0.2)
    sheet.add(Fill(head, grey, FLAT), Fill(torso, grey, FLAT))
    for left, right in ((0.24, 0.48), (0.52, 0.76)):
        sheet.add(Fill(rounded(room.part(left, 0.45, right, 1), 14), grey, FLAT))
    for left, right in ((0.06, 0.2), (0.8, 0.94)):
        sheet.add(Fill(rounded(room.part(left, 0.18, right, 0.56), 14), grey, FLAT))


def two_views(rng: Random, product: str) -> Scene:
    """The same product twice: from the front with width and height, from the side with its depth."""
    sheet = new_sheet(rng, sizes=((1200, 800), (1500, 700), (1000, 640)))
    kind = FLATS[product]
    width, height = size_between(rng, kind.width), size_between(rng, kind.height)
    depth = round(width * rng.uniform(0.25, 0.5))
    sheet.style = replace(sheet.style, letter=max(20, sheet.style.letter))
    form = length_form(rng, max(width, height))
    wide, high, deep = (printed(form, size) for size in (width, height, depth))
    aside, margin = side_margin(sheet, high.text), low_margin(sheet, wide.text)
    half = sheet.width * 0.52
    top = sheet.height * 0.14
    front = Rect(aside, top, half - 40, sheet.height - margin)
    drawn = draw_flat(rng, product, front, width, height)
    sheet.add(*drawn.items)
    add_dimension(sheet, drawn.edge("width", outward_y=1), wide.text)
    add_dimension(sheet, drawn.edge("height", outward_x=-1), high.text)
    scale = drawn.frame.height / height
    x = half + (sheet.width - half) / 2
    side = Rect(x - depth * scale / 2, drawn.frame.top, x + depth * scale / 2, drawn.frame.bottom)
    sheet.add(Fill(rounded(side, 14), drawn.colour), Fill(side.part(0.42, 0, 0.58, 1).outline, (60, 60, 64)))
    low = Edge("depth", (side.left, side.bottom), (side.right, side.bottom), (0, 1))
    add_dimension(sheet, low, deep.text)
    for word, at in (("Front", drawn.frame.centre[0]), ("Side", x)):
        sheet.add(Text(word, (at, top * 0.5), max(16, sheet.style.letter), sheet.ink, sheet.style.bold))
    for name, what in (("width", wide), ("height", high), ("depth", deep)):
        sheet.state(name, what, Cue.DRAWING)
    return sheet.finish()


def with_load(rng: Random, product: str) -> Scene:
    """A block-like product at an angle with its dimensions, and a banner with the load that it bears."""
    scene = perspective(rng, product)
    sheet = Sheet(rng, scene.width, scene.height, scene.backdrop, new_sheet(rng).style)
    load = rng.choice((20, 50, 75, 100, 120, 150, 200)) * 1000
    what = printed(rng.choice(("Max load {kg0} kg", "MAX {lb0} LBS", "Up to {lb0}lbs ({kg0}kg)")), load)
    letter = max(17.0, min(scene.width, scene.height) * 0.04)
    tall = round(letter * 2.6)
    sheet.height += tall
    add_banner(sheet, what.text, (scene.width / 2, scene.height + tall / 2 - letter * 0.2), letter, (196, 30, 36))
    sheet.state("maximum_weight_recommendation", what, Cue.TEXT)
    done = sheet.finish()
    return replace(done, items=(*scene.items, *done.items), statements=(*scene.statements, *done.statements))
