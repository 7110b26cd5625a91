"""The named facts that the candidates for an entity are scored by."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property

from ocr.token import OcrResult
from rules.constants import ALLOWED_UNITS
from rules.context import contexts_before, contexts_of
from rules.dimension_table import DEPTH
from rules.drawing import Drawing, drawing_features, slope_features, strokes_beside
from rules.groups import QuantityGroup
from rules.layout import layout_features
from rules.lines import Line
from rules.outline import outline_features
from rules.unit_table import LENGTH
from rules.units import KIND_OF

Features = tuple[tuple[str, float], ...]
"""Names and values, names in alphabetical order; a fact whose value is 0 is left out."""

_TINY_UNITS = frozenset({"milligram", "microgram"})
_ALIKE = 1.01


class FeatureTable:
    """The facts about the measures of one kind on a page. Entities of a kind share nearly all of them.

    Contexts of `rules.context_table` (1 in the own line, less in a heading); `role_*`, the extent a word names;
    `unit_*`, the unit printed first; for lengths `rules.layout` and `rules.drawing`, for depths `rules.outline` and the
    slopes of `rules.drawing` too; for what is no length `before_*`, the contexts of the words right before it; and the
    facts of `_Facts`.
    """

    def __init__(self, measures: Sequence[QuantityGroup], lines: Sequence[Line], page: OcrResult) -> None:
        self._measures = measures
        self._lines = lines
        self._page = page

    def of(self, entity: str) -> tuple[Features, ...]:
        """The features of each measure as a candidate for the entity, in the order of the measures."""
        return self._of_depth if entity == DEPTH else self._shared

    @cached_property
    def _of_depth(self) -> tuple[Features, ...]:
        outline = outline_features(self._page)
        return tuple(
            tuple(sorted(shared + _named(outline | slope_features(drawing))))
            for shared, drawing in zip(self._shared, self._drawings, strict=True)
        )

    @cached_property
    def _shared(self) -> tuple[Features, ...]:
        if not self._measures:
            return ()
        facts = _Facts(self._measures, self._page)
        contexts = contexts_of([m.first for m in self._measures], self._lines)
        own = [facts.of(m) | context for m, context in zip(self._measures, contexts, strict=True)]
        if KIND_OF[self._measures[0].first.quantity.unit] != LENGTH:
            before = [{f"before_{c}": 1.0 for c in contexts_before(m.first)} for m in self._measures]
            return tuple(_named(fact | words) for fact, words in zip(own, before, strict=True))
        drawn, places = drawing_features(self._drawings), layout_features(self._measures, self._page)
        return tuple(_named(fact | place | drawing) for fact, place, drawing in zip(own, places, drawn, strict=True))

    @cached_property
    def _drawings(self) -> list[Drawing]:
        return strokes_beside(self._measures, self._page)


def _named(facts: Mapping[str, float]) -> Features:
    return tuple(sorted((name, rounded) for name, value in facts.items() if value and (rounded := round(value, 4))))


class _Facts:
    """Facts that any kind of measure has.

    `letter_height` and `relative_size` compare with the largest on the page, in doublings (0 to -3, the latter / 3);
    `page_letter_height` with the picture's height; `log_size` is the decimal logarithm in the base unit; `homonym` says
    that `oz` stands for a volume; `alone` that the line states nothing else; `mentions` counts measures of this size,
    `candidates` all, `sizes` the different sizes; `larger` and `larger_letters` count those above; `reading` is the
    OCR score.
    """

    def __init__(self, measures: Sequence[QuantityGroup], page: OcrResult) -> None:
        self._page = page
        self._sizes = sorted(m.size for m in measures)
        self._letters = sorted(m.first.place.letter_height for m in measures)
        self._different = len({round(size, 3) for size in self._sizes})
        self._tokens = math.log2(1 + len(page.tokens))

    def of(self, measure: QuantityGroup) -> dict[str, float]:
        """The facts about one of the measures."""
        first, page, sizes = measure.first, self._page, self._sizes
        quantity, place = first.quantity, first.place
        letter, size = max(place.letter_height, 1.0), measure.size
        named = {f"role_{measure.role}": 1.0} if measure.role else {}
        printed_unit = quantity.unit if quantity.unit in ALLOWED_UNITS else "converted"
        larger = bisect_right(sizes, size * _ALIKE)
        return named | {
            "letter_height": _doublings(letter, self._letters[-1]),
            "relative_size": _doublings(size, sizes[-1]) / 3,
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
            "page_tokens": self._tokens,
            "reading": min((token.score for token in quantity.tokens), default=1.0),
            "mentions": float(larger - bisect_left(sizes, size / _ALIKE)),
            "candidates": float(len(sizes)),
            "sizes": float(self._different),
            "larger": float(len(sizes) - larger),
            "larger_letters": float(len(sizes) - bisect_right(self._letters, letter * 1.05)),
            f"unit_{printed_unit}": 1.0,
        }


def _doublings(value: float, largest: float, floor: float = -3.0) -> float:
    return max(math.log2(max(value, 1e-9) / max(largest, 1e-9)), floor)
