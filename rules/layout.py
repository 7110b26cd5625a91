"""Features of the place of each length on its page: they tell width, depth and height apart."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.token import OcrResult, Point
from rules.groups import QuantityGroup
from rules.lines import turn

UPRIGHT_WITHIN = 10.0
"""Degrees up to which text counts as horizontal: small tilts are noise, larger ones perspective."""
VERTICAL_WITHIN = 20.0
"""Degrees from the vertical up to which text counts as vertical."""


def layout_features(groups: Sequence[QuantityGroup], page: OcrResult) -> list[dict[str, float]]:
    """Named features of the place of each length among all lengths of its page.

    `toward_side` runs from -1 (nearest to the top or bottom edge) to 1 (nearest to the left or right edge); `from_left`
    and `from_top` from 0 to 1. All others are 0 or 1: the text's direction, whether the group is the outermost one
    on a side, its rank among the different sizes, and its part in a product (`10 x 20 x 30 cm`).
    """
    outermost = _outermost([group.first.place.centre for group in groups])
    ranks = _size_ranks([round(group.size, 2) for group in groups])
    return [
        {name: float(value) for name, value in (_own_place(group, page) | outer | rank).items()}
        for group, outer, rank in zip(groups, outermost, ranks, strict=True)
    ]


def _own_place(group: QuantityGroup, page: OcrResult) -> dict[str, float]:
    place = group.first.place
    x, y = place.centre[0] / max(page.width, 1), place.centre[1] / max(page.height, 1)
    tilt = min(turn(place.angle, 0.0), turn(place.angle, 180.0))
    vertical = tilt >= 90 - VERTICAL_WITHIN
    product = group.first.quantity
    return {
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


def _outermost(centres: Sequence[Point]) -> list[dict[str, float]]:
    several = len(centres) > 1
    left, right = min((x for x, _ in centres), default=0.0), max((x for x, _ in centres), default=0.0)
    top, bottom = min((y for _, y in centres), default=0.0), max((y for _, y in centres), default=0.0)
    return [
        {
            "leftmost": several and x <= left,
            "rightmost": several and x >= right,
            "topmost": several and y <= top,
            "lowest": several and y >= bottom,
        }
        for x, y in centres
    ]


def _size_ranks(sizes: Sequence[float]) -> list[dict[str, float]]:
    different = sorted(set(sizes))
    return [
        {
            "only_measure": len(different) == 1,
            "one_of_two": len(different) == 2,
            "one_of_many": len(different) > 3,
            "largest": len(different) > 1 and size == different[-1],
            "smallest_of_many": len(different) > 2 and size == different[0],
            "middle_of_many": len(different) > 2 and different[0] < size < different[-1],
        }
        for size in sizes
    ]
