"""Annotations of a real or prepared picture, from its OCR page and its labels."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ocr.token import OcrResult, OcrToken
from rules.entities import allowed_unit
from rules.located import LocatedQuantity, located_quantities
from rules.normalise import answer_of
from vlm.nano.layouts import DIMENSIONS
from vlm.nano.tasks import Annotation
from vlm.prompt import answer_text


def annotations_of(page: OcrResult, right: Mapping[str, Collection[str]]) -> tuple[Annotation, ...]:
    """Annotations of the texts that state one dimension only, without a printed word, letter or order that names it.

    `right` holds the right answers of each entity with a label, as prompts teach them.
    """
    return tuple(_annotation(token, page, dimension) for dimension, token in _drawn_tokens(page, right))


def _drawn_tokens(page: OcrResult, right: Mapping[str, Collection[str]]) -> Iterator[tuple[str, OcrToken]]:
    for located in located_quantities(page):
        dimensions = [one for one in DIMENSIONS if _states(located, one, right.get(one, ()))]
        if len(dimensions) == 1:
            yield from ((dimensions[0], token) for token in located.quantity.tokens)


def _states(located: LocatedQuantity, dimension: str, right: Collection[str]) -> bool:
    quantity = located.quantity
    unnamed = quantity.dimension is None and quantity.siblings == 1
    usable = unnamed and allowed_unit(quantity.unit, dimension) is not None
    return usable and answer_text(answer_of(quantity, dimension)) in right


def _annotation(token: OcrToken, page: OcrResult, dimension: str) -> Annotation:
    x, y = token.centre
    return Annotation(x / page.width, y / page.height, dimension)
