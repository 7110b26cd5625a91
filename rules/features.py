"""The named features by which the candidates for an entity are scored."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from ocr.token import OcrResult
from rules.constants import ALLOWED_UNITS
from rules.context import contexts_before, contexts_of
from rules.drawing import drawing_features, strokes_beside
from rules.extents import extent_features
from rules.groups import QuantityGroup
from rules.layout import layout_features
from rules.lines import Line
from rules.unit_table import LENGTH
from rules.units import kind_of

Features = tuple[tuple[str, float], ...]
"""Names and values, names in alphabetical order; a feature whose value is 0 is left out."""

_TINY_UNITS = frozenset({"milligram", "microgram"})
_SAME_SIZE = 1.01


def features_of(
    groups: Sequence[QuantityGroup], lines: Sequence[Line], page: OcrResult, *, drawn: bool = True
) -> tuple[Features, ...]:
    """The features of each group of one kind on a page, in the order of the groups.

    Groups of any kind have the features of `_General` and the contexts of `rules.context_table` (1 in the own line,
    less in a heading). Lengths also have those of `rules.layout`, `rules.drawing` and `rules.extents`. Other kinds, and
    lengths that no drawing shows (not `drawn`), have `before_*` instead: the contexts of the words right before the
    quantity.
    """
    if not groups:
        return ()
    general = _General(groups, page)
    contexts = contexts_of([group.first for group in groups], lines)
    own = [general.of(group) | context for group, context in zip(groups, contexts, strict=True)]
    if not (drawn and kind_of(groups[0].first.quantity.unit) == LENGTH):
        before = [{f"before_{c}": 1.0 for c in contexts_before(group.first)} for group in groups]
        return tuple(_features(values | words) for values, words in zip(own, before, strict=True))
    beside = strokes_beside(groups, page)
    layouts, drawings = layout_features(groups, page), drawing_features(beside)
    extents = extent_features(groups, beside)
    return tuple(_features(a | b | c | d) for a, b, c, d in zip(own, layouts, drawings, extents, strict=True))


def _features(values: Mapping[str, float]) -> Features:
    return tuple(sorted((name, rounded) for name, value in values.items() if value and (rounded := round(value, 4))))


class _General:
    """The features that groups of any kind have.

    `role_*`: the dimension that a word names; `unit_*`: the unit printed first; `letter_height` and `relative_size`:
    ratio to the largest on the page, in doublings (0 to -3, the latter divided by 3); `page_letter_height`: ratio to
    the picture's height, in doublings; `log_size`: the decimal logarithm of the size in the base unit; `homonym`: `oz`
    stands for a volume; `alone`: the line states nothing else; `mentions`: the groups of this size; `candidates`: all
    groups; `sizes`: the different sizes; `larger` and `larger_letters`: the groups above this one; `reading`: the OCR
    score.
    """

    def __init__(self, groups: Sequence[QuantityGroup], page: OcrResult) -> None:
        self._page = page
        self._sizes = sorted(group.size for group in groups)
        self._letters = sorted(group.first.place.letter_height for group in groups)
        self._different = len({round(size, 3) for size in self._sizes})
        self._tokens = math.log2(1 + len(page.tokens))

    def of(self, group: QuantityGroup) -> dict[str, float]:
        """The features of one of the groups."""
        first, page, sizes = group.first, self._page, self._sizes
        quantity, place = first.quantity, first.place
        letter, size = max(place.letter_height, 1.0), group.size
        # All names of features are the ranker's: rules/ranker.json knows this one as role_*.
        dimension = {f"role_{group.dimension}": 1.0} if group.dimension else {}
        printed_unit = quantity.unit if quantity.unit in ALLOWED_UNITS else "converted"
        larger = bisect_right(sizes, size * _SAME_SIZE)
        return dimension | {
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
            "second_unit": float(len(group.quantities) > 1),
            "whole_number": float(quantity.value.is_integer()),
            "alone": float(quantity.alone),
            "line_letters": math.log2(1 + len(quantity.text)),
            "page_tokens": self._tokens,
            "reading": min((token.score for token in quantity.tokens), default=1.0),
            "mentions": float(larger - bisect_left(sizes, size / _SAME_SIZE)),
            "candidates": float(len(sizes)),
            "sizes": float(self._different),
            "larger": float(len(sizes) - larger),
            "larger_letters": float(len(sizes) - bisect_right(self._letters, letter * 1.05)),
            f"unit_{printed_unit}": 1.0,
        }


def _doublings(value: float, largest: float, floor: float = -3.0) -> float:
    return max(math.log2(max(value, 1e-9) / max(largest, 1e-9)), floor)
