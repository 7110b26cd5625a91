"""The named facts that the candidates for an entity are scored by."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ocr.token import OcrResult
from rules.constants import DIMENSIONS, ENTITY_UNITS
from rules.context import contexts_before, contexts_of
from rules.drawing import drawing_features, slope_features
from rules.layout import layout_features
from rules.lines import Line
from rules.measures import Measure
from rules.outline import outline_features
from rules.role_table import DEPTH

Features = tuple[tuple[str, float], ...]
"""Names and values, names in alphabetical order; a fact whose value is 0 is left out."""

_TINY_UNITS = frozenset({"milligram", "microgram"})
_ALIKE = 1.01


def features_of(
    measures: Sequence[Measure], lines: Sequence[Line], page: OcrResult, entity: str
) -> tuple[Features, ...]:
    """The facts about each of the measures that an entity could be answered with, in their order.

    Contexts of `rules.context_table` (1 in the own line, less in a heading); `role_*`, the extent a word names;
    `unit_*`, the unit printed first; for lengths `rules.layout` and `rules.drawing`, for depths `rules.outline` and the
    slopes of `rules.drawing` too; for what is no length `before_*`, the contexts of the words right before it; and the
    facts of `_facts`.
    """
    facts = [_facts(measure, measures, page, entity) | contexts_of(measure.first, lines) for measure in measures]
    if entity in DIMENSIONS:
        drawn = drawing_features(measures, page)
        facts = [
            fact | layout_features(measure, measures, page) | drawing
            for fact, measure, drawing in zip(facts, measures, drawn, strict=True)
        ]
    else:
        facts = [
            fact | {f"before_{context}": 1.0 for context in contexts_before(measure.first)}
            for fact, measure in zip(facts, measures, strict=True)
        ]
    if entity == DEPTH:
        thing = outline_features(page)
        facts = [fact | thing | slope_features(measure, page) for fact, measure in zip(facts, measures, strict=True)]
    return tuple(
        tuple(sorted((name, round(value, 4)) for name, value in fact.items() if round(value, 4))) for fact in facts
    )


def _facts(measure: Measure, measures: Sequence[Measure], page: OcrResult, entity: str) -> dict[str, float]:
    """Facts that any kind of measure has.

    `letter_height` and `relative_size` compare with the largest on the page, in doublings (0 to -3, the latter / 3);
    `page_letter_height` with the picture's height; `log_size` is the decimal logarithm in the base unit; `homonym` says
    that `oz` stands for a volume; `alone` that the line states nothing else; `mentions` counts measures of this size,
    `candidates` all, `sizes` the different sizes; `larger` and `larger_letters` count those above; `reading` is the
    OCR score.
    """
    first = measure.first
    quantity, place = first.quantity, first.place
    letter, size = max(place.letter_height, 1.0), measure.size
    named = {f"role_{measure.role}": 1.0} if measure.role else {}
    printed_unit = quantity.unit if quantity.unit in ENTITY_UNITS[entity] else "converted"
    return named | {
        "letter_height": _doublings(letter, max(m.first.place.letter_height for m in measures)),
        "relative_size": _doublings(size, max(m.size for m in measures)) / 3,
        "page_letter_height": _doublings(letter, max(page.height, 1), floor=-9.0),
        "log_size": math.log10(max(size, 1e-9)),
        "from_left": place.centre[0] / max(page.width, 1),
        "from_top": place.centre[1] / max(page.height, 1),
        "range": float(quantity.upper is not None),
        "pack": float(quantity.count > 1),
        "homonym": float(quantity.unit == "fluid ounce" and "f" not in quantity.printed.lower()),
        "tiny_unit": float(quantity.unit in _TINY_UNITS),
        "second_unit": float(len(measure.sightings) > 1),
        "whole_number": float(quantity.value.is_integer()),
        "alone": float(len(quantity.text) - (quantity.end - quantity.start) <= 2),
        "line_letters": math.log2(1 + len(quantity.text)),
        "page_tokens": math.log2(1 + len(page.tokens)),
        "reading": min((token.score for token in quantity.tokens), default=1.0),
        "mentions": float(sum(size / _ALIKE <= m.size <= size * _ALIKE for m in measures)),
        "candidates": float(len(measures)),
        "sizes": float(len({round(m.size, 3) for m in measures})),
        "larger": float(sum(m.size > size * _ALIKE for m in measures)),
        "larger_letters": float(sum(m.first.place.letter_height > letter * 1.05 for m in measures)),
        f"unit_{printed_unit}": 1.0,
    }


def _doublings(value: float, largest: float, floor: float = -3.0) -> float:
    return max(math.log2(max(value, 1e-9) / max(largest, 1e-9)), floor)
