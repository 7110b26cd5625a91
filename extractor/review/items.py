"""What a reviewer needs of a row: its audit, its page and where its picture is; a line of JSON each.

The file lies beside the audit: `audit.csv` -> `audit_review.jsonl`. It is read line by line, so that a large one costs
no memory.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.cache.target import Target
from extractor.review.verdicts import Audit
from extractor.tables.csv_file import InputError
from extractor.tables.formats import stem_of
from extractor.tables.rows import INDEX, read_table
from ocr.token import OcrResult
from rules.entities import OFFICIAL, Entity, EntityTable

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_BEGINNING = re.compile(rb'\{"index":("(?:[^"\\]|\\.)*"),')


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A row to review. `picture` and `sha256` are its file and that file's digest, `page` its first page; None without.
    `own` is the row's entity where it is one of the user's own.

    `index` is the row's, and comes first, so that a line is known by its beginning.
    """

    index: str
    audit: Audit
    picture: Path | None
    sha256: str | None
    page: OcrResult | None
    own: Entity | None = None

    @property
    def table(self) -> EntityTable:
        """The entities that the row's is one of."""
        return OFFICIAL if self.own is None else EntityTable((self.own,))


class ReviewItems:
    """The rows of an audit, in its order, by position from 0."""

    def __init__(self, audit_csv: Path) -> None:
        """Raises InputError when the audit or the file beside it cannot be used."""
        self._path = items_path(audit_csv)
        columns = read_table(audit_csv).columns
        if INDEX not in columns:
            raise InputError(f"{audit_csv}, line 1: no column {INDEX}; give a file that `extractor audit` wrote")
        offsets = self._offsets()
        unknown = next((index for index in columns[INDEX] if index not in offsets), None)
        if unknown is not None:
            raise InputError(f"{self._path} has no row {unknown!r} of {audit_csv}; run `extractor audit` again")
        self._places = [offsets[index] for index in columns[INDEX]]
        self.indices = columns[INDEX]

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, position: int) -> ReviewItem:
        """Raises IndexError, and InputError where the file has changed or its line is none of `extractor audit`."""
        place = self._places[position]
        try:
            with self._path.open("rb") as file:
                file.seek(place)
                item = _adapter().validate_json(file.readline())
        except (OSError, ValueError) as error:
            raise InputError(
                f"{self._path} has changed, or is damaged; run `extractor audit` again: {error}"
            ) from error
        if item.index != self.indices[position]:
            raise InputError(f"{self._path} has changed since it was opened: start again")
        return item

    def _offsets(self) -> dict[str, int]:
        """Where the line of each index begins, in bytes; of the lines nothing else is looked at."""
        offsets = {}
        try:
            with self._path.open("rb") as file:
                place = 0
                for line in file:
                    offsets[_index_of(line)] = place
                    place += len(line)
        except OSError as error:
            raise InputError(f"{self._path} cannot be read ({error}); it is written beside the audit") from error
        except ValueError as error:
            raise InputError(f"{self._path}: a line is not what `extractor audit` writes: {error}") from error
        return offsets


def items_path(audit_csv: Path) -> Path:
    """The file beside an audit that holds its items."""
    return audit_csv.with_name(f"{stem_of(audit_csv)}_review.jsonl")


def items_target(audit_csv: Path) -> Target:
    """The same as a file to write."""
    return Target(items_path(audit_csv), "--out", plain=True)


def item_line(item: ReviewItem) -> bytes:
    """The line of an item, with its end."""
    return _adapter().dump_json(item) + b"\n"


def _index_of(line: bytes) -> str:
    """The index that a line begins with. Raises ValueError."""
    beginning = _BEGINNING.match(line)
    if beginning is None:
        raise ValueError(f"it begins with {line[:40]!r}")
    return str(json.loads(beginning[1]))


@cache
def _adapter() -> TypeAdapter[ReviewItem]:
    from pydantic import TypeAdapter

    return TypeAdapter(ReviewItem)
