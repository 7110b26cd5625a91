"""What the numbers of a real or prepared picture measure, as far as its labels and its text tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ocr.token import OcrResult, OcrToken
from rules.located import LocatedQuantity, located_quantities
from rules.normalise import answer_of
from rules.units import allowed_unit
from vlm.nano.layouts import EXTENTS
from vlm.nano.tasks import Mark
from vlm.prompt import answer_text


def known_marks(page: OcrResult, right: Mapping[str, Collection[str]]) -> tuple[Mark, ...]:
    """Marks of the texts that state one extent only, and of which no printed word, letter or order tells which.

    `right` holds the right answers of each entity known, as prompts teach them.
    """
    return tuple(_mark(token, page, extent) for extent, token in _told(page, right))


def _told(page: OcrResult, right: Mapping[str, Collection[str]]) -> Iterator[tuple[str, OcrToken]]:
    for sighting in located_quantities(page):
        extents = [extent for extent in EXTENTS if _states(sighting, extent, right.get(extent, ()))]
        if len(extents) == 1:
            yield from ((extents[0], token) for token in sighting.quantity.tokens)


def _states(sighting: LocatedQuantity, extent: str, right: Collection[str]) -> bool:
    quantity = sighting.quantity
    unnamed = quantity.role is None and quantity.siblings == 1
    usable = unnamed and allowed_unit(quantity.unit, extent) is not None
    return usable and answer_text(answer_of(quantity, extent)) in right


def _mark(token: OcrToken, page: OcrResult, extent: str) -> Mark:
    x, y = token.centre
    return Mark(x / page.width, y / page.height, extent)
