"""Files with JSON on every line: the rows of a table, and lines of other kinds."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from extractor.tables.csv_file import InputError, text_in
from extractor.tables.formats import Format, TypedColumns, cell_text

T = TypeVar("T")


def read_json_lines(path: Path) -> tuple[TypedColumns, tuple[int, ...]]:
    """The columns of a `.jsonl` or `.jsonl.gz` file and the lines of its rows, from 1; blank lines are left out.

    A key that a line lacks is an empty cell there. Raises InputError when the file cannot be read or a line is not a
    JSON object, and when a column is used that holds more than text and numbers.
    """
    cells: dict[str, list[str]] = {}
    faults: dict[str, str] = {}
    lines: list[int] = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        for name, value in _object(line, path, number).items():
            column = cells.setdefault(name, [])
            column += [""] * (len(lines) - len(column))
            try:
                column.append(sys.intern(cell_text(value)))
            except (TypeError, UnicodeError) as error:
                faults.setdefault(name, f"{path}, line {number}: column {name}: {error}")
        lines.append(number)

    def column_of(name: str) -> tuple[str, ...]:
        if name in faults:
            raise InputError(faults[name])
        return (*cells[name], *[""] * (len(lines) - len(cells[name])))

    return TypedColumns(cells, column_of), tuple(lines)


def json_lines(path: Path, kind: str, read: Callable[[Any], T]) -> Iterator[T]:
    """What `read` makes of each line of a file with JSON on every line, plain or gzip.

    Raises InputError when the file cannot be read, and for a line that is not JSON or that `read` fails on with
    ValueError, TypeError or KeyError: it is not a line of a file of this kind.
    """
    for number, line in enumerate(_lines(path), start=1):
        try:
            yield read(json.loads(line))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise InputError(f"{path}, line {number}: not a line of a {kind}: {error!r}") from error


def _lines(path: Path) -> Iterable[str]:
    return io.StringIO(text_in(path, Format.JSON_LINES), newline="\n")


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}, line {number}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise InputError(f'{path}, line {number}: not a JSON object, as {{"index": "7"}} is')
    return row
