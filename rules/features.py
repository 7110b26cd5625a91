"""The named facts that a candidate for an entity is scored by."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ocr.token import OcrResult
from rules.constants import DIMENSIONS
from rules.context import contexts_of
from rules.layout import layout_features
from rules.lines import Line
from rules.measures import Measure

Features = tuple[tuple[str, float], ...]
"""Names and values, names in alphabetical order; a fact that does not hold is left out."""

_TINY_UNITS = frozenset({"milligram", "microgram"})


def features_of(
    measure: Measure, measures: Sequence[Measure], lines: Sequence[Line], page: OcrResult, entity: str
) -> Features:
    """The facts about one measure among all of its kind on a page.

    Beside the contexts of `rules.context_table` (1 in the own line, less in a heading) and, for lengths, the layout:
    `letter_height` and `relative_size` compare with the largest on the page (0 to -inf in doublings, cut at -3),
    `role_*` the extent a word names, `range`, `pack`, `homonym` (`oz` for a volume), `tiny_unit`, `second_unit`
    (printed in two units), `reading` (the OCR score, 0 to 1).
    """
    first = measure.first
    quantity = first.quantity
    facts = {
        "letter_height": _doublings(first.place.letter_height, max(m.first.place.letter_height for m in measures)),
        "relative_size": _doublings(measure.size, max(m.size for m in measures)) / 3,
        "range": float(quantity.upper is not None),
        "pack": float(quantity.count > 1),
        "homonym": float(
            entity == "item_volume" and quantity.unit == "fluid ounce" and "f" not in quantity.printed.lower()
        ),
        "tiny_unit": float(quantity.unit in _TINY_UNITS),
        "second_unit": float(len(measure.sightings) > 1),
        "reading": min((token.score for token in quantity.tokens), default=1.0),
    }
    facts |= contexts_of(first, lines)
    if measure.role:
        facts[f"role_{measure.role}"] = 1.0
    if entity in DIMENSIONS:
        facts |= layout_features(measure, measures, page)
    return tuple(sorted((name, round(value, 4)) for name, value in facts.items() if value))


def _doublings(value: float, largest: float) -> float:
    return max(math.log2(max(value, 1e-9) / max(largest, 1e-9)), -3.0)
