"""The rows of an input CSV: each is a question about one picture.

The challenge's columns are `index,image_link,group_id,entity_name`. Without `index` rows are numbered "0", "1", ...,
without `group_id` it is "", and `image` may stand for `image_link`. A file that cannot be used as a whole (no such
column, an unknown entity, an index twice) is refused before any work, with all its problems in one message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.tables.csv_file import InputError, read_records
from rules.entities import OFFICIAL, EntityTable

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
class CsvTable:
    """The cells of a CSV file as text, by column; `lines` are those on which its rows begin, from 1."""

    path: Path
    columns: Mapping[str, tuple[str, ...]]
    lines: tuple[int, ...]

    def header_error(self, problem: str) -> InputError:
        """The error for columns that are not there: the problem, and the columns that are."""
        return InputError(f"{self.path}, line 1: {problem}; the header has: {', '.join(self.columns)}")


def read_rows(path: Path, entities: EntityTable = OFFICIAL) -> tuple[Row, ...]:
    """The questions of a `.csv` or `.csv.gz` file. Raises InputError when the file cannot be used."""
    return rows_of(read_table(path), entities)


def read_table(path: Path) -> CsvTable:
    """All cells of a `.csv` or `.csv.gz` file.

    The file is UTF-8, with or without a byte order mark; blank lines are skipped. Raises InputError when the file is
    missing, unreadable, empty or not a table.
    """
    header, records = read_records(path)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise InputError(f"{path}, line 1: these columns occur twice: {', '.join(twice)}")
    if not records:
        raise InputError(f"{path} has a header but no rows")
    ragged = [
        f"line {record.line}: {len(record.fields)} fields, but the header has {len(header)}"
        for record in records
        if len(record.fields) != len(header)
    ]
    _raise_if_any(ragged, path)
    cells = zip(*(record.fields for record in records), strict=True)
    return CsvTable(path, dict(zip(header, cells, strict=True)), tuple(record.line for record in records))


def rows_of(table: CsvTable, entities: EntityTable = OFFICIAL) -> tuple[Row, ...]:
    """The questions of a table, in its order.

    Raises InputError that lists what is wrong: a missing column, an empty index or one that occurs twice, an
    unknown entity.
    """
    columns, count = table.columns, len(table.lines)
    link_column = IMAGE if IMAGE_LINK not in columns and IMAGE in columns else IMAGE_LINK
    missing = [name for name in (link_column, ENTITY_NAME) if name not in columns]
    if missing:
        raise table.header_error(f"missing column{'s' * (len(missing) > 1)} {', '.join(missing)}")
    indices = columns.get(INDEX, tuple(map(str, range(count))))
    groups = columns.get(GROUP_ID, ("",) * count)
    rows = tuple(map(Row, indices, columns[link_column], groups, columns[ENTITY_NAME]))
    _raise_if_any(list(_problems(rows, table.lines, entities)), table.path)
    return rows


def _problems(rows: Sequence[Row], lines: Sequence[int], entities: EntityTable) -> Iterator[str]:
    known: set[str] = set()
    for line, row in zip(lines, rows, strict=True):
        if not row.index:
            yield f"line {line}: column {INDEX}: empty"
        elif row.index in known:
            yield f"line {line}: column {INDEX}: {row.index!r} occurs twice"
        known.add(row.index)
        if row.entity not in entities:
            names = f"{', '.join(entities.names)}; name the file of your own ones with --entities"
            yield f"line {line}: column {ENTITY_NAME}: {row.entity!r} is not one of {names}"


def _raise_if_any(problems: Sequence[str], path: Path) -> None:
    if not problems:
        return
    lines = [f"{path} cannot be used ({len(problems)} problem{'s' * (len(problems) > 1)}):"]
    lines += [f"  {problem}" for problem in problems[:PROBLEMS_SHOWN]]
    if len(problems) > PROBLEMS_SHOWN:
        lines.append(f"  ... and {len(problems) - PROBLEMS_SHOWN} more")
    raise InputError("\n".join(lines))
