"""The rows of a file with a JSON object on every line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

from extractor.tables.csv_file import InputError, text_in
from extractor.tables.formats import Format, TypedColumns, cell_text


def read_json_lines(path: Path) -> tuple[TypedColumns, tuple[int, ...]]:
    """The columns of a `.jsonl` or `.jsonl.gz` file and the lines of its rows, from 1; blank lines are left out.

    A key that a line lacks is an empty cell there. Raises InputError when the file cannot be read or a line is not a
    JSON object, and when a column is used that holds more than text and numbers.
    """
    cells: dict[str, list[str]] = {}
    faults: dict[str, str] = {}
    lines: list[int] = []
    for number, line in enumerate(io.StringIO(text_in(path, Format.JSON_LINES), newline="\n"), start=1):
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


def _object(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}, line {number}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise InputError(f'{path}, line {number}: not a JSON object, as {{"index": "7"}} is')
    return row
