"""Units of work: rows that are answered together, because they share a product or a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extractor.run.pictures import PictureJob
from extractor.run.products import entities_by_picture, group_by_picture
from extractor.tables.rows import Row

SHARED_BY_MOST = 8
"""Products up to which a picture that they share makes one unit of them: thousands may show one placeholder. A picture
of more is read in each of their units."""


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """A row and its position in the input, from 0."""

    position: int
    row: Row


@dataclass(frozen=True, slots=True)
class Unit:
    """Rows that are answered together, and the pictures to read for them."""

    rows: tuple[NumberedRow, ...]
    pictures: tuple[PictureJob, ...]

    @property
    def first(self) -> int:
        """The position of the first row."""
        return self.rows[0].position


def units_of(rows: Sequence[Row]) -> Iterator[Unit]:
    """The units of a table, in the order of their first rows; no row is in two."""
    groups = group_by_picture(rows)
    together = _Together()
    for name, products in _products_by_picture(rows).items():
        if len(products) <= SHARED_BY_MOST:
            for product in products:
                together.join(("picture", name), ("product", product))
    members: dict[tuple[str, str], list[NumberedRow]] = {}
    for position, row in enumerate(rows):
        key = ("product", row.product) if row.product else ("picture", row.picture)
        members.setdefault(together.head(key), []).append(NumberedRow(position, row))
    for of_unit in members.values():
        entities = entities_by_picture([one.row for one in of_unit])
        yield Unit(tuple(of_unit), tuple(PictureJob(link, asked, groups[link]) for link, asked in entities.items()))


def batches_of(units: Iterable[Unit], pictures: int) -> Iterator[tuple[Unit, ...]]:
    """Units in groups of about `pictures` pictures; a larger unit stands alone."""
    batch: list[Unit] = []
    count = 0
    for unit in units:
        if batch and count + len(unit.pictures) > pictures:
            yield tuple(batch)
            batch, count = [], 0
        batch.append(unit)
        count += len(unit.pictures)
    if batch:
        yield tuple(batch)


def _products_by_picture(rows: Sequence[Row]) -> dict[str, dict[str, None]]:
    """The products of each picture that has any."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.product and row.picture:
            found.setdefault(row.picture, {})[row.product] = None
    return found


class _Together:
    """Sets of keys that belong together (union-find); each has a head."""

    def __init__(self) -> None:
        self._above: dict[tuple[str, str], tuple[str, str]] = {}

    def head(self, key: tuple[str, str]) -> tuple[str, str]:
        while (above := self._above.get(key, key)) != key:
            self._above[key] = self._above.get(above, above)
            key = above
        return key

    def join(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        self._above[self.head(other)] = self.head(one)
