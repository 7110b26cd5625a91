"""The rows of an input CSV: each is a question about one picture.

The challenge's columns are `index,image_link,group_id,entity_name`. Without `index` rows are numbered "0", "1", ...,
without `group_id` it is "", and `image` may stand for `image_link`. A file that cannot be used as a whole (no such
column, an unknown entity, an index twice) is refused before any work, with all its problems in one message.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.tables.csv_file import InputError, Record, read_records
from rules.constants import ENTITIES

if TYPE_CHECKING:
    import pandas as pd

INDEX, IMAGE_LINK, GROUP_ID, ENTITY_NAME = "index", "image_link", "group_id", "entity_name"
IMAGE = "image"
PROBLEMS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One question: what is `entity` of the product that the picture at `image_link` shows?

    All fields are the text of the file. `index` is unique in its file; `image_link` may be empty, and then
    this row alone stays empty.
    """

    index: str
    image_link: str
    group_id: str
    entity: str

    @property
    def picture(self) -> str:
        """The link without blanks around it: rows with the same one ask about the same picture."""
        return self.image_link.strip()

    @property
    def picture_name(self) -> str:
        """The last part of the link."""
        return self.picture.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class _Problem:
    line: int
    message: str


def read_rows(path: Path) -> tuple[Row, ...]:
    """The questions of a `.csv` or `.csv.gz` file; the same as `rows_of(read_table(path), path)`, only sooner.

    Raises InputError when the file cannot be used.
    """
    header, records = _records(path)
    cells = list(zip(*(record.fields for record in records), strict=True))
    return _rows(dict(zip(header, cells, strict=True)), range(len(records)), path)


def read_table(path: Path) -> pd.DataFrame:
    """All cells of a `.csv` or `.csv.gz` file as text; an empty cell is "", never NaN.

    The file is UTF-8, with or without a byte order mark; blank lines are skipped. Rows are numbered from
    0. Raises InputError when the file is missing, unreadable, empty or not a table.
    """
    import pandas as pd

    header, records = _records(path)
    return pd.DataFrame([record.fields for record in records], columns=header, dtype=str)


def rows_of(table: pd.DataFrame, path: Path) -> tuple[Row, ...]:
    """The questions of a table that `read_table` read from `path`, in its order.

    Raises InputError that lists what is wrong: a missing column, an empty index or one that occurs twice, an
    unknown entity.
    """
    columns = {str(name): [str(cell) for cell in table[name]] for name in table.columns}
    positions = [int(position) for position in table.index]
    return _rows(columns, positions, path)


def _rows(columns: Mapping[str, Sequence[str]], positions: Sequence[int], path: Path) -> tuple[Row, ...]:
    link_column = IMAGE if IMAGE_LINK not in columns and IMAGE in columns else IMAGE_LINK
    _check_columns(columns, [link_column, ENTITY_NAME], path)
    indices = columns.get(INDEX, [str(position) for position in positions])
    groups = columns.get(GROUP_ID, [""] * len(positions))
    cells = zip(indices, columns[link_column], groups, columns[ENTITY_NAME], strict=True)
    rows = tuple(Row(*row) for row in cells)
    _check_rows(rows, positions, path)
    return rows


def _records(path: Path) -> tuple[list[str], list[Record]]:
    records = read_records(path)
    if not records:
        raise InputError(f"{path} is empty: expected a header line and rows")
    header = records.pop(0).fields
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise InputError(f"{path}, line 1: these columns occur twice: {', '.join(twice)}")
    if not records:
        raise InputError(f"{path} has a header but no rows")
    ragged = [
        _Problem(record.line, f"{len(record.fields)} fields, but the header has {len(header)}")
        for record in records
        if len(record.fields) != len(header)
    ]
    _raise_if_any(ragged, path)
    return header, records


def _check_columns(present: Collection[str], required: Sequence[str], path: Path) -> None:
    missing = [name for name in required if name not in present]
    if missing:
        plural = "s" if len(missing) > 1 else ""
        raise InputError(
            f"{path}, line 1: missing column{plural} {', '.join(missing)}; the header has: {', '.join(present)}"
        )


def _check_rows(rows: Sequence[Row], positions: Sequence[int], path: Path) -> None:
    first_with: dict[str, int] = {}
    faults: list[tuple[int, str]] = []
    for position, row in zip(positions, rows, strict=True):
        if not row.index:
            faults.append((position, f"column {INDEX}: empty"))
        elif first_with.setdefault(row.index, position) != position:
            faults.append((position, f"column {INDEX}: {row.index!r} occurs twice"))
        if row.entity not in ENTITIES:
            known = ", ".join(ENTITIES)
            faults.append((position, f"column {ENTITY_NAME}: {row.entity!r} is not one of {known}"))
    if faults:
        lines = [record.line for record in _records(path)[1]]
        _raise_if_any([_Problem(lines[position], message) for position, message in faults], path)


def _raise_if_any(problems: Sequence[_Problem], path: Path) -> None:
    if not problems:
        return
    plural = "s" if len(problems) > 1 else ""
    lines = [f"{path} cannot be used ({len(problems)} problem{plural}):"]
    lines += [f"  line {problem.line}: {problem.message}" for problem in islice(problems, PROBLEMS_SHOWN)]
    if len(problems) > PROBLEMS_SHOWN:
        lines.append(f"  ... and {len(problems) - PROBLEMS_SHOWN} more")
    raise InputError("\n".join(lines))
