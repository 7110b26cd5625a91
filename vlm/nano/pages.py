"""Label pages: packages and tables whose text states the answers."""

from __future__ import annotations

from random import Random

from rules.amount import Amount
from rules.context_table import CONTEXT_WORDS
from rules.dimension_table import DIMENSION_WORDS
from rules.unit_table import UNIT_ALIASES
from vlm.nano.layouts import add_product, blank_scene
from vlm.nano.measure import LENGTH_UNITS
from vlm.nano.noise import draw_spelling, misread_unit
from vlm.nano.numbers import draw_number
from vlm.nano.scene import Label, Scene

UNIT_WEIGHTS: dict[str, dict[str, float]] = {
    "length": {unit: float(weight) for unit, weight in LENGTH_UNITS.items()},
    "item_weight": {"gram": 9, "kilogram": 5, "ounce": 7, "pound": 5, "milligram": 3, "microgram": 0.6, "ton": 0.3},
    "maximum_weight_recommendation": {"pound": 9, "kilogram": 8, "gram": 0.6, "ton": 0.6, "ounce": 0.5},
    "voltage": {"volt": 20, "kilovolt": 1, "millivolt": 1},
    "wattage": {"watt": 16, "kilowatt": 3},
    "item_volume": {
        "millilitre": 9, "litre": 7, "fluid ounce": 8, "gallon": 3, "cup": 1.5, "pint": 1.2, "quart": 1.5,
        "centilitre": 1, "cubic foot": 1, "cubic inch": 0.7, "decilitre": 0.5, "imperial gallon": 0.4,
        "microlitre": 0.4,
    },
}  # fmt: skip

_LOAD_WORDS = (
    "max load", "max. load", "weight capacity", "load capacity", "max weight", "supports up to", "holds up to",
    "capacity", "weight limit", "maximum load", "traglast", "max. belastung", "承重", "carga maxima",
)  # fmt: skip
_BEFORE: dict[str, tuple[str, ...]] = {
    "item_weight": ("", "", "net wt", "net wt.", "net weight", "weight", "item weight", "peso neto", "gewicht"),
    "maximum_weight_recommendation": _LOAD_WORDS,
    "voltage": ("", "input", "voltage", "rated voltage", "input: AC", "spannung", "AC", "DC"),
    "wattage": ("", "", "power", "wattage", "rated power", "leistung", "max"),
    "item_volume": ("", "", "capacity", "volume", "contents", "net contents", "fassungsvermögen", "contenance"),
}
_CONTEXTS = {
    "item_weight": ("weight", "net"),
    "wattage": ("power",),
    "voltage": ("voltage",),
    "item_volume": ("volume",),
}
_OTHERS: tuple[tuple[str, str], ...] = (
    ("gross weight", "item_weight"), ("brutto", "item_weight"), ("shipping weight", "item_weight"),
    ("serving size", "item_weight"), ("protein", "item_weight"), ("per serving", "item_weight"),
    ("cable length", "length"), ("packing size", "length"), ("screen", "length"), ("output", "voltage"),
    ("equivalent", "wattage"), ("replaces", "wattage"),
)  # fmt: skip
_WORDS = (
    "premium quality", "made in germany", "best choice", "new", "organic", "5000 mAh", "IP65", "2 pack", "pack of 6",
    "USB-C 3.2", "$29.99", "500 pcs", "100%", "24 months", "no. 4471", "6000K daylight", "50/60Hz", "60 capsules",
    "stainless steel", "easy to clean", "keep dry", "model X200", "ISO 9001:2015", "Bluetooth 5.0", "12 colors", "1.5A",
    "size", "dimensions", "specification", "material: wood", "color: black", "product details", "warranty 2 years",
    "vitamin C", "gluten free", "1080p", "70 dB", "30 min", "1200 rpm", "90 kcal", "20 °C", "5 stars", "3 in 1",
)  # fmt: skip
_PLAIN: dict[str, tuple[str, ...]] = {
    "width": ("width",), "depth": ("depth",), "height": ("height",), "item_weight": ("weight", "net wt"),
    "maximum_weight_recommendation": ("max load",), "voltage": ("voltage",), "wattage": ("power",),
    "item_volume": ("volume",),
}  # fmt: skip
_BARE: tuple[tuple[str, str], ...] = (
    ("", ""), ("", ""), ("fits ", " laptops"), ("", " thick"), ("", " cable"), ("up to ", ""), ("for ", " pots"),
    ("", " screen"), ("", " steel"), ("cord ", ""), ("ø ", ""), ("spacing ", ""),
)  # fmt: skip
TEXT_ORDER = ("width", "depth", "height")
"""The dimensions as texts list them. `layouts.DIMENSIONS` has another order, and what a seed draws depends on both."""
_LETTERS = {"width": "W", "depth": "D", "height": "H"}


def label_page(rng: Random) -> Scene:
    """A page of text lines with up to four entities and distractors, over a plain product."""
    lines: list[str] = []
    answers: dict[str, Amount] = {}
    kinds = rng.sample(tuple(_BEFORE), rng.choice((0, 1, 1, 2, 2, 3)))
    for entity in kinds:
        line, answer = _fact(rng, entity)
        lines.append(line)
        answers[entity] = answer
    if not lines or rng.random() < 0.5:
        stated = rng.choice((_worded, _worded, _lettered, _product, _product))(rng)
        lines.extend(stated[0])
        answers.update(stated[1])
    for _ in range(rng.choice((0, 0, 1, 2))):
        words, kind = rng.choice(_OTHERS)
        if kind in answers or (kind == "length" and answers):
            lines.append(f"{_cased(words, rng)}{rng.choice((': ', ' '))}{_quantity(rng, kind)[0]}")
    lines.extend(_cased(word, rng) for word in rng.sample(_WORDS, rng.choice((0, 1, 2, 3, 5))))
    if rng.random() < 0.5:
        rng.shuffle(lines)
    scene = _set_out(lines, rng)
    scene.answers = answers
    return scene


def simple_page(rng: Random) -> Scene:
    """A few lines, each with one entity's plain name, a number and a usual spelling of its unit."""
    scene = blank_scene(rng)
    for entity in rng.sample(tuple(_PLAIN), rng.choice((1, 2, 2, 3, 4))):
        weights = UNIT_WEIGHTS["length" if entity in TEXT_ORDER else entity]
        unit = rng.choices(tuple(weights), tuple(weights.values()))[0]
        number = draw_number(rng, fractions=0)
        spelling = rng.choice(UNIT_ALIASES[unit][:2])
        before = len(scene.labels)
        place_line(scene, f"{rng.choice(_PLAIN[entity])} {number.text}{rng.choice(('', ' '))}{spelling}", rng)
        if len(scene.labels) > before:
            scene.answers[entity] = Amount(number.value, unit)
    return scene


def bare_length(rng: Random) -> str:
    """A length without a line or a word that names its dimension, as in `Fits 15.6" laptops`."""
    before, after = rng.choice(_BARE)
    return f"{before}{_quantity(rng, 'length')[0]}{after}"


def distractor_lines(rng: Random) -> list[str]:
    """Lines without an answer to any question."""
    return [_cased(word, rng) for word in rng.sample(_WORDS, rng.choice((1, 1, 2, 3)))]


def place_line(scene: Scene, text: str, rng: Random) -> None:
    """Adds the line to the scene, if there is room."""
    letter = rng.uniform(0.025, 0.06) * scene.height
    for _ in range(8):
        half = Label(text, (0, 0), letter, (0, 0, 0)).length / 2
        if half * 2 > scene.width:
            return
        centre = rng.uniform(half, scene.width - half), rng.uniform(letter, scene.height - letter)
        label = Label(text, centre, letter, _ink(scene))
        if scene.is_free(label):
            scene.labels.append(label)
            return


def _ink(scene: Scene) -> tuple[int, int, int]:
    return (30, 30, 30) if sum(scene.backdrop) > 300 else (235, 235, 235)


def _set_out(lines: list[str], rng: Random) -> Scene:
    scene = blank_scene(rng)
    if rng.random() < 0.6:
        add_product(scene, rng)
    if rng.random() < 0.35 or len(lines) > 8:
        pitch = scene.height / (len(lines) + 1)
        column = rng.uniform(0.02, 0.4) * scene.width
        for number, line in enumerate(lines):
            letter = min(pitch * 0.7, rng.uniform(0.025, 0.06) * scene.height)
            half = min(Label(line, (0, 0), letter, (0, 0, 0)).length / 2, scene.width / 2)
            centre = min(column + half, scene.width - half), pitch * (number + 1)
            scene.labels.append(Label(line, centre, letter, _ink(scene)))
    else:
        for line in lines:
            for _ in range(4):
                before = len(scene.labels)
                place_line(scene, line, rng)
                if len(scene.labels) > before:
                    break
            else:
                letter = 0.02 * scene.height
                scene.labels.append(Label(line, (scene.width / 2, rng.uniform(0, scene.height)), letter, _ink(scene)))
    return scene


def _quantity(rng: Random, kind: str) -> tuple[str, Amount]:
    weights = UNIT_WEIGHTS[kind]
    unit = rng.choices(tuple(weights), tuple(weights.values()))[0]
    shown = misread_unit(unit, draw_spelling(unit, rng), rng)
    number = draw_number(rng, digits=(2, 6, 6, 2, 0.3))
    gap = "" if shown in ('"', "'") or rng.random() < 0.55 else " "
    return f"{number.text}{gap}{shown}", Amount(number.value, unit)


def _fact(rng: Random, entity: str) -> tuple[str, Amount]:
    text, answer = _quantity(rng, entity)
    if entity == "voltage" and rng.random() < 0.35:
        low, high = rng.randint(5, 200), rng.randint(201, 480)
        text, answer = (
            f"{low}{rng.choice(('-', ' - ', '~', 'V-'))}{high}{rng.choice(('V', 'V', ' V', 'VAC'))}",
            Amount(high, "volt"),
        )
    elif rng.random() < 0.3:
        second = _quantity(rng, entity)[0]
        text += rng.choice((f" ({second})", f"({second})", f"/{second}", f" / {second}"))
    word = rng.choice(_BEFORE[entity])
    if entity in _CONTEXTS and rng.random() < 0.25:
        word = rng.choice(CONTEXT_WORDS[rng.choice(_CONTEXTS[entity])])
    if not word:
        return text, answer
    return f"{_cased(word, rng)}{rng.choice((': ', ' ', ':', ' '))}{text}", answer


def _worded(rng: Random) -> tuple[list[str], dict[str, Amount]]:
    lines, answers = [], {}
    for dimension in rng.sample(TEXT_ORDER, rng.choice((1, 2, 3, 3))):
        text, answer = _quantity(rng, "length")
        words = DIMENSION_WORDS[dimension]
        word = _cased(rng.choice(words[: 3 if rng.random() < 0.5 else len(words)]), rng)
        lines.append(f"{word}{rng.choice((': ', ' ', ':'))}{text}" if rng.random() < 0.75 else f"{text} {word}")
        answers[dimension] = answer
    return lines, answers


def _lettered(rng: Random) -> tuple[list[str], dict[str, Amount]]:
    lines, answers = [], {}
    for dimension in rng.sample(TEXT_ORDER, rng.choice((1, 2, 3, 3))):
        text, answer = _quantity(rng, "length")
        letter = _LETTERS[dimension]
        style = rng.choice(
            (f"{letter}: {text}", f"{letter}:{text}", f"{letter} {text}", f"{text} {letter}", f"{text}({letter})")
        )
        lines.append(style)
        answers[dimension] = answer
    return lines, answers


def _product(rng: Random) -> tuple[list[str], dict[str, Amount]]:
    weights = UNIT_WEIGHTS["length"]
    unit = rng.choices(tuple(weights), tuple(weights.values()))[0]
    spelling = draw_spelling(unit, rng)
    order = rng.sample(TEXT_ORDER, 3 if rng.random() < 0.85 else 2)
    letters = [_LETTERS[dimension] for dimension in order]
    if "D" in letters and len(letters) == 3 and rng.random() < 0.4:
        letters[letters.index("D")] = "L"
    numbers = [draw_number(rng, digits=(2, 6, 3, 0.3)) for _ in order]
    answers = {dimension: Amount(number.value, unit) for dimension, number in zip(order, numbers, strict=True)}
    cross = rng.choice((" x ", "x", " X ", "*", " × ", "×", "X"))
    style = rng.random()
    if style < 0.4:
        text = cross.join(
            f"{n.text}{gap}{letter}" for n, letter, gap in zip(numbers, letters, _gaps(rng, 3), strict=False)
        )
        text += f" {spelling}" if spelling not in ('"', "'") else spelling
    elif style < 0.7:
        text = cross.join(
            f"{n.text}{spelling}{gap}{letter}" for n, letter, gap in zip(numbers, letters, _gaps(rng, 3), strict=False)
        )
    else:
        text = f"{cross.join(n.text for n in numbers)}{rng.choice(('', ' '))}{spelling} ({cross.join(letters)})"
    if rng.random() < 0.3:
        text = _cased(rng.choice(("size", "dimensions", "product size", "maße")), rng) + rng.choice((": ", " ")) + text
    return [text], answers


def _gaps(rng: Random, count: int) -> list[str]:
    return [rng.choice(("", " "))] * count


def _cased(text: str, rng: Random) -> str:
    style = rng.random()
    if style < 0.4:
        return text.capitalize()
    if style < 0.6:
        return text.upper()
    return text.title() if style < 0.75 else text
