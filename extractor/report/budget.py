"""Fits rows and pictures into the room of a report: what is most worth a look first, until the room is used up.

The rows of the list come first, then what they show when they are selected, then thumbnails; in each of these errors
before unsure answers before the rest. Every part is measured as it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image
from pydantic_core import to_json

from extractor.api.drawing import data_url
from extractor.report.data import PictureData, ThumbnailData, detail_data, page_data, row_data
from extractor.report.explanation import RulesOfRun
from extractor.report.sources import Sources
from extractor.report.value import Report, ReportRow
from ocr.picture import Picture

LIMIT = 20_000_000
"""Bytes of a whole report."""
FREE_AFTER_ROWS, FREE_AFTER_DETAILS = 0.65, 0.35
"""Shares of the room that rows, and rows with their details, leave to what comes after them."""
THUMBNAIL_SIDES = (640, 480, 400)
"""Longest side of a thumbnail in pixels, by the rank of its first row."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The JSON that the page's script reads, and how much of the run is in it.

    `rows` of the run are in the list, `details` of them can be looked into, `pages` were in the store; of the
    `pictures` of these rows `thumbnails` are there to see.
    """

    json: bytes
    rows: int
    details: int
    pages: int
    pictures: int
    thumbnails: int


class _Room:
    """Bytes that are left."""

    def __init__(self, size: int) -> None:
        self._left = size

    def take(self, *parts: bytes, keep: float = 0.0) -> bool:
        """Whether the parts find room so that `keep` bytes stay free; then it is theirs."""
        size = sum(len(part) + 16 for part in parts)  # with what stands between them
        if size > self._left - keep:
            return False
        self._left -= size
        return True


def fitted(report: Report, sources: Sources, rules: RulesOfRun, size: int) -> Fitted:
    """The rows of the report, their details and thumbnails, in `size` bytes at most."""
    room = _Room(size)
    order = sorted(range(len(report.rows)), key=lambda i: report.rows[i].rank)
    rows, pictures = _rows(report.rows, order, sources, room, keep=FREE_AFTER_ROWS * size)
    place_of = {i: place for place, i in enumerate(sorted(rows))}
    kept = {place_of[i]: report.rows[i] for i in order if i in rows}
    details, pages = _details(kept, sources, rules, room, keep=FREE_AFTER_DETAILS * size)
    thumbnails = _thumbnails(kept.values(), sources, room)
    place_of_picture = {link: place for place, link in enumerate(pictures)}
    parts = {
        b"rows": _list(rows[i] for i in sorted(rows)),
        b"pictures": _list(pictures.values()),
        b"details": _map(details),
        b"pages": _list(pages),
        b"thumbnails": _map({place_of_picture[link]: part for link, part in thumbnails.items()}),
    }
    text = b"{" + b",".join(b'"%s":%s' % item for item in parts.items()) + b"}"
    return Fitted(text, len(rows), len(details), len(pages), len(pictures), len(thumbnails))


def _rows(
    rows: Sequence[ReportRow], order: Iterable[int], sources: Sources, room: _Room, keep: float
) -> tuple[dict[int, bytes], dict[str, bytes]]:
    """The rows that find room, by their place in the run, and their pictures by link."""
    kept: dict[int, bytes] = {}
    pictures: dict[str, bytes] = {}
    places: dict[str, int] = {}
    for i in order:
        row = rows[i].answered.row
        new = row.picture not in pictures
        picture = _json(PictureData(row.image_link, sources.href(row.image_link))) if new else b""
        part = _json(row_data(rows[i], places.setdefault(row.picture, len(places))))
        if not room.take(part, picture, keep=keep):
            break
        kept[i] = part
        if new:
            pictures[row.picture] = picture
    return kept, pictures


def _details(
    rows: Mapping[int, ReportRow], sources: Sources, rules: RulesOfRun, room: _Room, keep: float
) -> tuple[dict[int, bytes], list[bytes]]:
    """The details that find room, by the place of their row in the list, and the pages they stand on."""
    details: dict[int, bytes] = {}
    pages: list[bytes] = []
    places: dict[tuple[str | None, bool], int] = {}
    for i, row in rows.items():
        answered = row.answered
        page = sources.page(answered)
        key = answered.sha256, answered.answer.upscaled
        place = None if page is None else places.setdefault(key, len(places))
        new = [_json(page_data(page))] if page is not None and place == len(pages) else []
        detail = _json(detail_data(row, page, place, rules, sources.href))
        if not room.take(detail, *new, keep=keep):
            break
        details[i] = detail
        pages += new
    return details, pages


def _thumbnails(rows: Iterable[ReportRow], sources: Sources, room: _Room) -> dict[str, bytes]:
    """The thumbnails that find room, by link."""
    thumbnails: dict[str, bytes] = {}
    seen: set[str] = set()
    for row in rows:
        link = row.answered.row.picture
        if link in seen:
            continue
        seen.add(link)
        picture = sources.picture(row.answered)
        if picture is None:
            continue
        part = _json(_thumbnail(picture, THUMBNAIL_SIDES[row.rank]))
        if not room.take(part):
            break
        thumbnails[link] = part
    return thumbnails


def _thumbnail(picture: Picture, side: int) -> ThumbnailData:
    height, width = picture.shape[:2]
    return ThumbnailData(data_url(Image.fromarray(picture), side), width, height)


def _json(value: Any) -> bytes:
    """JSON that can stand in a script element: it holds no `<`."""
    return to_json(value).replace(b"<", b"\\u003c")


def _list(parts: Iterable[bytes]) -> bytes:
    return b"[" + b",\n".join(parts) + b"]"


def _map(parts: Mapping[int, bytes]) -> bytes:
    return b"{" + b",\n".join(b'"%d":%s' % item for item in parts.items()) + b"}"
