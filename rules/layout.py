"""Where the measures of a page stand to each other: what their places say of width, depth and height."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.token import OcrResult
from rules.lines import turn
from rules.measures import Measure

UPRIGHT_WITHIN = 10.0
"""Degrees up to which text counts as horizontal; small tilts are scanning noise, larger ones perspective."""
VERTICAL_WITHIN = 20.0


def layout_features(measure: Measure, measures: Sequence[Measure], page: OcrResult) -> dict[str, float]:
    """Named facts about the place of one length among all lengths of its page.

    `toward_side` runs from -1 (nearest to the top or bottom edge) to 1 (nearest to the left or right edge); `from_left`
    and `from_top` from 0 to 1. All others are 0 or 1: the text's direction, whether the measure is the outermost one
    on a side, its rank by size among the different measures, and its part in a product (`10 x 20 x 30 cm`).
    """
    place = measure.first.place
    x, y = place.centre[0] / max(page.width, 1), place.centre[1] / max(page.height, 1)
    tilt = min(turn(place.angle, 0.0), turn(place.angle, 180.0))
    vertical = tilt >= 90 - VERTICAL_WITHIN
    product = measure.first.quantity
    facts = {
        "vertical_text": vertical,
        "oblique_text": tilt > UPRIGHT_WITHIN and not vertical,
        "toward_side": 2 * (min(y, 1 - y) - min(x, 1 - x)),
        "from_left": x,
        "from_top": y,
        "in_pair": product.siblings == 2,
        "in_triple": product.siblings >= 3,
        "first_of_product": product.siblings > 1 and product.position == 0,
        "second_of_product": product.siblings > 1 and product.position == 1,
        "third_of_product": product.siblings > 2 and product.position == 2,
    }
    facts |= _outermost(measure, measures) | _size_rank(measure, measures)
    return {name: float(value) for name, value in facts.items()}


def _outermost(measure: Measure, measures: Sequence[Measure]) -> dict[str, bool]:
    centres = [m.first.place.centre for m in measures]
    x, y = measure.first.place.centre
    several = len(measures) > 1
    return {
        "leftmost": several and x <= min(c[0] for c in centres),
        "rightmost": several and x >= max(c[0] for c in centres),
        "topmost": several and y <= min(c[1] for c in centres),
        "lowest": several and y >= max(c[1] for c in centres),
    }


def _size_rank(measure: Measure, measures: Sequence[Measure]) -> dict[str, bool]:
    sizes = sorted({round(m.size, 2) for m in measures})
    size = round(measure.size, 2)
    return {
        "only_measure": len(sizes) == 1,
        "one_of_two": len(sizes) == 2,
        "one_of_many": len(sizes) > 3,
        "largest": len(sizes) > 1 and size == sizes[-1],
        "smallest_of_many": len(sizes) > 2 and size == sizes[0],
        "middle_of_many": len(sizes) > 2 and sizes[0] < size < sizes[-1],
    }
