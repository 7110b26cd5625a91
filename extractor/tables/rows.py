"""The rows of an input table: each is a question about one picture.

The challenge's columns are `index,image_link,group_id,entity_name`. Without `index` rows are numbered "0", "1", ...,
without `group_id` it is "", and `image` may stand for `image_link`. Two more columns may say which pictures show one
product, and its title (`ProductColumns`). A file that cannot be used as a whole (no such
column, an unknown entity, an index twice) is refused before any work, with all its problems in one message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.tables.csv_file import InputError, read_records
from extractor.tables.formats import Format, check_packages, format_of
from extractor.tables.json_file import read_json_lines
from rules.entities import OFFICIAL, EntityTable

INDEX, IMAGE_LINK, GROUP_ID, ENTITY_NAME = "index", "image_link", "group_id", "entity_name"
IMAGE = "image"
PRODUCT, TITLE = "product", "title"
PROBLEMS_SHOWN = 10
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""Those of files that are no CSV, with their names."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question: what is `entity` of the product that the picture at `image_link` shows?

    All fields are the text of the file. `index` is unique in its file; `image_link` may be empty, and then
    this row alone stays empty. `product` names the product that rows share, "" for none, `title` is its title.
    """

    index: str
    image_link: str
    group_id: str
    entity: str
    product: str = ""
    title: str = ""

    @property
    def picture(self) -> str:
        """The link without blanks around it: rows with the same one ask about the same picture."""
        return self.image_link.strip()

    @property
    def picture_name(self) -> str:
        """The last part of the link."""
        return self.picture.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class ProductColumns:
    """The columns that hold products and their titles.

    None: `product` and `title` where the file has them. Without a column of products titles do not count.
    """

    product: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file as text, by column; `lines` are those on which its rows begin, from 1.

    A Parquet file has no lines: there they are the numbers of the rows. In Parquet and JSON lines a column that holds
    more than text and numbers raises InputError when it is used.
    """

    path: Path
    columns: Mapping[str, tuple[str, ...]]
    lines: Sequence[int]

    def place(self, line: int) -> str:
        """The line, as messages name it."""
        return f"{format_of(self.path).counts} {line}"

    @property
    def header_place(self) -> str:
        """The file, and of CSV the line with the header, as messages name it."""
        return f"{self.path}, line 1" if format_of(self.path) is Format.CSV else str(self.path)

    def header_error(self, problem: str) -> InputError:
        """The error for columns that are not there: the problem, and the columns that are."""
        return InputError(f"{self.header_place}: {problem}; the header has: {', '.join(self.columns)}{self._advice()}")

    def _advice(self) -> str:
        """What may be wrong with a CSV file of one column."""
        names = " ".join(self.columns)
        separator = next((name for sign, name in SEPARATORS.items() if sign in names), "")
        single = len(self.columns) == 1 and format_of(self.path) is Format.CSV
        return f" (separated by {separator}? save it with commas)" if single and separator else ""


def read_rows(path: Path, entities: EntityTable = OFFICIAL, products: ProductColumns | None = None) -> tuple[Row, ...]:
    """The questions of a table in any of the formats. Raises InputError when the file cannot be used."""
    return rows_of(read_table(path), entities, products)


def read_table(path: Path) -> Table:
    """All cells of a file, in the format that its suffix says; with another suffix it is CSV, plain or gzip.

    CSV and JSON lines are UTF-8, with or without a byte order mark; blank lines are skipped. Raises InputError when the
    file is missing, unreadable, empty or not a table, FormatError when a package is missing.
    """
    if format_of(path) is not Format.CSV:
        table = read_typed_table(path)
        if not table.lines:
            raise InputError(f"{path} has no rows")
        return table
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
    return Table(path, dict(zip(header, cells, strict=True)), tuple(record.line for record in records))


def read_typed_table(path: Path) -> Table:
    """The cells of a Parquet or JSON lines file, perhaps without rows. Raises as `read_table` does."""
    if format_of(path) is Format.JSON_LINES:
        return Table(path, *read_json_lines(path))
    check_packages(path)
    from extractor.tables.parquet_file import read_parquet

    return Table(path, *read_parquet(path))


def rows_of(table: Table, entities: EntityTable = OFFICIAL, products: ProductColumns | None = None) -> tuple[Row, ...]:
    """The questions of a table, in its order; without `products` each row stands for itself.

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
    of_products = _product_cells(table, products) if products else (("",) * count,) * 2
    rows = tuple(map(Row, indices, columns[link_column], groups, columns[ENTITY_NAME], *of_products))
    _raise_if_any(list(_problems(rows, table, entities)), table.path)
    return rows


def _product_cells(table: Table, products: ProductColumns) -> Iterator[tuple[str, ...]]:
    """The cells of products and those of titles, without blanks around them, "" where there is no column."""
    absent = [name for name in (products.product, products.title) if name is not None and name not in table.columns]
    if absent:
        raise table.header_error(f"missing column{'s' * (len(absent) > 1)} {', '.join(absent)}")
    for name in (products.product or PRODUCT, products.title or TITLE):
        yield tuple(cell.strip() for cell in table.columns.get(name, ("",) * len(table.lines)))


def _problems(rows: Sequence[Row], table: Table, entities: EntityTable) -> Iterator[str]:
    known: set[str] = set()
    for line, row in zip(table.lines, rows, strict=True):
        if not row.index:
            yield f"{table.place(line)}: column {INDEX}: empty"
        elif "\0" in row.index:
            yield f"{table.place(line)}: column {INDEX}: {row.index!r} holds a NUL character"
        elif row.index in known:
            yield f"{table.place(line)}: column {INDEX}: {row.index!r} occurs twice"
        known.add(row.index)
        if row.entity not in entities:
            names = f"{', '.join(entities.names)}; name the file of your own ones with --entities"
            yield f"{table.place(line)}: column {ENTITY_NAME}: {row.entity!r} is not one of {names}"


def _raise_if_any(problems: Sequence[str], path: Path) -> None:
    if not problems:
        return
    lines = [f"{path} cannot be used ({len(problems)} problem{'s' * (len(problems) > 1)}):"]
    lines += [f"  {problem}" for problem in problems[:PROBLEMS_SHOWN]]
    if len(problems) > PROBLEMS_SHOWN:
        lines.append(f"  ... and {len(problems) - PROBLEMS_SHOWN} more")
    raise InputError("\n".join(lines))
