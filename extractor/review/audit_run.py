"""The audit of a file: labels, answers and peers together, and what reviewers need of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from extractor.review.audit import audit
from extractor.review.items import ReviewItem
from extractor.review.peers import peers_of
from extractor.review.verdicts import Audit
from extractor.tables.labels import Label
from extractor.tables.trace import RowAnswer
from ocr.token import OcrResult
from rules.entities import OFFICIAL, EntityTable

PageOf = Callable[[str], OcrResult | None]
"""Gives the page of the picture with a SHA-256."""


def audits_of(answered: Sequence[RowAnswer], labels: Sequence[Label], table: EntityTable = OFFICIAL) -> list[Audit]:
    """An audit for each row, in the order of the rows; `labels` are theirs."""
    rows = [one.row for one in answered]
    allowed = [
        label.primary if label.primary is not None and label.primary.unit in table[row.entity].units else None
        for row, label in zip(rows, labels, strict=True)
    ]
    peers = peers_of([row.entity for row in rows], [row.group_id for row in rows], allowed)
    cases = zip(answered, labels, peers, strict=True)
    return [audit(one.row, label, one.answer, of, table) for one, label, of in cases]


def most_suspicious_first(audits: Sequence[Audit]) -> list[int]:
    """The places of the audits, from 0; equally suspicious ones in the order of the file."""
    return sorted(range(len(audits)), key=lambda place: -audits[place].suspicion)


def items_of(
    answered: Sequence[RowAnswer], audits: Sequence[Audit], order: Sequence[int], page_of: PageOf, table: EntityTable
) -> Iterator[ReviewItem]:
    """The rows in this order, as reviewers need them; a page is got when its row comes."""
    for place in order:
        one = answered[place]
        page = None if one.sha256 is None else page_of(one.sha256)
        path = None if one.path is None else one.path.absolute()
        entity = table[one.row.entity]
        yield ReviewItem(one.row.index, audits[place], path, one.sha256, page, entity if entity.own else None)
