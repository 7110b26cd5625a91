"""Training examples, each drawn from a seed: a picture, a prompt and the right answer."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from ocr.token import OcrResult
from rules.constants import ENTITIES
from vlm.nano import layouts, pages, size_cards
from vlm.nano.noise import NoiseLevel, noisy_tokens
from vlm.nano.pages import TEXT_ORDER
from vlm.nano.scene import Scene
from vlm.prompt import UNANSWERABLE, answer_text, clean, make_prompt, place, reading_order

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_OTHERS = tuple(entity for entity in ENTITIES if entity not in TEXT_ORDER)
_SHOWN_LINES = 6
_COPIED_LETTERS = 16
_BARE_LENGTHS = 0.3
_UNLINED = 0.15
_PIECES = 8  # of a line as long as the page: one for each patch


@dataclass(frozen=True, slots=True)
class Annotation:
    """The centre of a text or a piece of a line, 0 to 1 of width and height, and its dimension ("" for none)."""

    x: float
    y: float
    dimension: str


@dataclass(frozen=True, slots=True)
class Example:
    """One question. `kind` names the task; with `drawing` only the picture decides the answer.

    `annotations` name the dimensions of texts and lines on the picture; without `fully_annotated` of some of them.
    """

    pixels: NDArray[np.uint8]
    prompt: str
    answer: str
    kind: str
    drawing: bool
    annotations: tuple[Annotation, ...]
    fully_annotated: bool = True


@dataclass(frozen=True, slots=True)
class Mixture:
    """Shares of the tasks among the examples, and the thickness of the drawn lines (1 as on real pictures).

    `simple` is the share of plain short pages among the label pages, `cards` that of size cards among the drawn ones,
    `scattered` that of lines anywhere among the other drawn ones; `prepared` is that of examples from folders.
    """

    simple: float = 0.0
    whole: float = 0.0
    copy: float = 0.0
    direction: float = 0.0
    directions: float = 0.0
    triple: float = 0.0
    drawn: float = 0.5
    blind: float = 0.03
    boldness: float = 1.0
    scattered: float = 0.35
    cards: float = 0.3
    prepared: float = 0.0


def draw_example(seed: int, mixture: Mixture, size: int) -> Example:
    """The example that `seed` stands for; its picture is RGB, (size, size, 3)."""
    rng = Random(seed)
    if rng.random() < mixture.copy:
        return _copy(rng, mixture, size)
    if rng.random() < mixture.whole:
        return _whole(rng, mixture, size)
    kind = rng.random()
    if kind < mixture.direction:
        return _direction(rng, mixture, size)
    if kind < mixture.direction + mixture.directions:
        return _directions(rng, mixture, size)
    if kind < mixture.direction + mixture.directions + mixture.triple:
        return _triple(rng, mixture, size)
    return _question(rng, mixture, size)


def draw_picture(rng: Random, mixture: Mixture, size: int) -> tuple[NDArray[np.uint8], tuple[Annotation, ...]]:
    """A drawn page and the annotations of its texts and lines, without a question."""
    scene = drawn_scene(rng, mixture)
    if rng.random() < 0.3:
        for line in pages.distractor_lines(rng):
            pages.place_line(scene, line, rng)
    return _pixels(scene, size), _annotations(scene)


def read_page(scene: Scene, rng: Random) -> OcrResult:
    """The scene as a noisy OCR engine reads it."""
    perfect = [label.token() for label in scene.labels]
    tokens = noisy_tokens(perfect, rng, NoiseLevel(), (scene.width, scene.height))
    return OcrResult(tokens, scene.width, scene.height)


def drawn_scene(rng: Random, mixture: Mixture) -> Scene:
    """A page with at least one dimension line."""
    while True:
        boldness = 1 + (mixture.boldness - 1) * rng.random()
        if rng.random() < mixture.cards:
            scene = size_cards.size_card(rng, boldness)
        elif rng.random() < mixture.scattered:
            scene = layouts.scattered(rng, boldness)
        else:
            scene = rng.choice((layouts.solid, layouts.solid, layouts.flat))(rng, boldness)
        if scene.answers:
            return scene


def _copy(rng: Random, mixture: Mixture, size: int) -> Example:
    scene = _scene(rng, mixture)
    page = read_page(scene, rng)
    short = [token for token in page.tokens if len(token.text) <= _COPIED_LETTERS]
    if not short:
        return _question(rng, mixture, size)
    token = rng.choice(short)
    prompt = f"{_lines_of(page)}answer en text of {place(token, page)}"
    return Example(_pixels(scene, size), prompt, clean(token.text), "copy", False, _annotations(scene))


def _direction(rng: Random, mixture: Mixture, size: int) -> Example:
    scene = drawn_scene(rng, mixture)
    label = rng.choice([label for label in scene.labels if label.dimension in TEXT_ORDER])
    page = OcrResult((), scene.width, scene.height)
    prompt = f"answer en direction of {place(label.token(), page)}"
    return Example(_pixels(scene, size), prompt, label.dimension, "direction", True, _annotations(scene))


def _directions(rng: Random, mixture: Mixture, size: int) -> Example:
    scene = drawn_scene(rng, mixture)
    dimensions = {label.token(): label.dimension for label in scene.labels}
    page = OcrResult(tuple(dimensions), scene.width, scene.height)
    ordered = reading_order(page.tokens)[:_SHOWN_LINES]
    lines = [place(token, page) + token.text for token in ordered]
    prompt = "\n".join([*lines, "answer en directions"])
    words = [dimensions[token] if dimensions[token] in TEXT_ORDER else "other" for token in ordered]
    return Example(_pixels(scene, size), prompt, " ".join(words), "directions", True, _annotations(scene))


def _whole(rng: Random, mixture: Mixture, size: int) -> Example:
    scene = _scene(rng, mixture)
    page = read_page(scene, rng)
    stated = [f"{entity.replace('_', ' ')} {answer_text(scene.answers[entity])}" for entity in sorted(scene.answers)]
    answer = ", ".join(stated) or UNANSWERABLE
    return Example(_pixels(scene, size), f"{_lines_of(page)}answer en all", answer, "whole", False, _annotations(scene))


def _triple(rng: Random, mixture: Mixture, size: int) -> Example:
    scene = _scene(rng, mixture)
    page = read_page(scene, rng)
    lengths = rng.random() < 0.7 or scene.drawing_decides
    entities = rng.sample(TEXT_ORDER, 3) if lengths else rng.sample(_OTHERS, 2)
    prompt = f"{_lines_of(page)}answer en {', '.join(entities).replace('_', ' ')}"
    answers = ", ".join(answer_text(scene.answers.get(entity)) for entity in entities)
    return Example(_pixels(scene, size), prompt, answers, "triple", scene.drawing_decides, _annotations(scene))


def _question(rng: Random, mixture: Mixture, size: int) -> Example:
    scene = _scene(rng, mixture)
    entity = _entity(scene, rng)
    answer = scene.answers.get(entity)
    if rng.random() < mixture.blind:
        return Example(
            _pixels(scene, size), make_prompt(entity, None), UNANSWERABLE, "blind", False, _annotations(scene)
        )
    page = read_page(scene, rng)
    drawing = scene.drawing_decides and entity in TEXT_ORDER
    kind = "drawn" if drawing else "label"
    return Example(
        _pixels(scene, size), make_prompt(entity, page), answer_text(answer), kind, drawing, _annotations(scene)
    )


def _lines_of(page: OcrResult) -> str:
    """The OCR lines of a prompt without its question, each with its newline."""
    lines, newline, _ = make_prompt("width", page).rpartition("\n")
    return lines + newline


def _entity(scene: Scene, rng: Random) -> str:
    if scene.drawing_decides:
        return rng.choice(TEXT_ORDER) if rng.random() < 0.95 else rng.choice(_OTHERS)
    if scene.answers and rng.random() < 0.72:
        return rng.choice(tuple(scene.answers))
    return rng.choice(ENTITIES)


def _scene(rng: Random, mixture: Mixture) -> Scene:
    if rng.random() >= mixture.drawn:
        return pages.simple_page(rng) if rng.random() < mixture.simple else pages.label_page(rng)
    scene = drawn_scene(rng, mixture)
    if rng.random() < _UNLINED:
        scene = layouts.without_lines(scene)
    if rng.random() < 0.45:
        for line in pages.distractor_lines(rng):
            pages.place_line(scene, line, rng)
    if rng.random() < _BARE_LENGTHS:
        pages.place_line(scene, pages.bare_length(rng), rng)
    return scene


def _annotations(scene: Scene) -> tuple[Annotation, ...]:
    texts = ((label.centre, label.dimension) for label in scene.labels)
    pieces = (
        (point, stroke.dimension)
        for stroke in scene.strokes
        for point in stroke.points(max(scene.width, scene.height) / _PIECES)
    )
    return tuple(Annotation(x / scene.width, y / scene.height, dimension) for (x, y), dimension in (*texts, *pieces))


def _pixels(scene: Scene, size: int) -> NDArray[np.uint8]:
    from vlm.nano.drawing import draw_scene

    return draw_scene(scene, size)
