"""Rows that share a product are answered from all of its pictures together, and from its title.

The answers on single pictures are the run's own, and they alone are in the store: to fuse them is quick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from extractor.stages.fuse import fuse, seen_on
from extractor.stages.product import ProductAnswer
from extractor.stages.title import joined_titles, title_answers
from extractor.tables.rows import Row
from extractor.tables.trace import ProductPicture, RowAnswer
from rules.entities import OFFICIAL, EntityTable


def entities_by_picture(rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    """What to answer of each picture, by its link: what its rows ask, and what any row asks of its product."""
    of_products: dict[str, dict[str, None]] = {}
    for row in rows:
        of_products.setdefault(row.product, {})[row.entity] = None
    of_pictures: dict[str, dict[str, None]] = {}
    for row in rows:
        wanted = of_products[row.product] if row.product else {row.entity: None}
        of_pictures.setdefault(row.picture, {}).update(wanted)
    return {link: tuple(entities) for link, entities in of_pictures.items()}


def group_by_picture(rows: Sequence[Row]) -> dict[str, str]:
    """The product group of each picture, by its link; "" where its rows name several."""
    groups: dict[str, set[str]] = {}
    for row in rows:
        groups.setdefault(row.picture, set()).add(row.group_id)
    return {link: next(iter(named)) if len(named) == 1 else "" for link, named in groups.items()}


def answers_of_products(
    rows: Sequence[Row], answer_alone: Callable[[Row], RowAnswer], table: EntityTable = OFFICIAL
) -> Iterator[RowAnswer]:
    """The answer to each row: of its product where it names one, else `answer_alone`, that of its picture."""
    of_products: dict[str, list[Row]] = {}
    for row in rows:
        if row.product:
            of_products.setdefault(row.product, []).append(row)
    products = {name: _Product(of_product, answer_alone, table) for name, of_product in of_products.items()}
    for row in rows:
        yield products[row.product].answer_to(row) if row.product else answer_alone(row)


class _Product:
    """The pictures of the rows of one product, each content once, and all titles that the rows give."""

    def __init__(self, rows: Sequence[Row], answer_alone: Callable[[Row], RowAnswer], table: EntityTable) -> None:
        self._answer_alone = answer_alone
        self._dimensions = table.dimensions
        self._title = joined_titles(row.title for row in rows)
        entities = tuple(dict.fromkeys(row.entity for row in rows))
        of_title = title_answers(self._title, entities, table) if self._title else ()
        self._of_title = {answer.entity: answer for answer in of_title}
        self._pictures: list[ProductPicture] = []
        self._position: dict[str, int] = {}
        positions: dict[str, int] = {}
        for row in rows:
            sha256 = answer_alone(row).sha256
            content = sha256 or row.picture
            if content not in positions:
                positions[content] = len(self._pictures)
                self._pictures.append(ProductPicture(row.picture, sha256))
            self._position[row.picture] = positions[content]
        self._fused = cache(self._fuse)

    def answer_to(self, row: Row) -> RowAnswer:
        """The product's answer, with the tokens that stand on the row's own picture."""
        own = self._answer_alone(row)
        answer = seen_on(self._position[row.picture], own.answer, self._fused(row.entity))
        return replace(own, row=replace(row, title=self._title), answer=answer, pictures=tuple(self._pictures))

    def _fuse(self, entity: str) -> ProductAnswer:
        asked = (Row("", picture.link, "", entity) for picture in self._pictures)
        alone = [self._answer_alone(row).answer for row in asked]
        return fuse(alone, self._of_title.get(entity), self._dimensions)
