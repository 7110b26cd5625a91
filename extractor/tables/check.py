"""Checks a submission before it is handed in: the official sanity rules and what they leave out.

The official checker tests neither the rows, nor their order, nor whether a unit belongs to the row's entity. These are
tested here too, unless `official_only`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.tables.csv_file import Record, read_records
from extractor.tables.formats import Format, format_of
from extractor.tables.output import HEADER
from extractor.tables.rows import Row, read_typed_table
from rules.entities import OFFICIAL, EntityTable
from rules.sanity import prediction_fault


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a submission, and what to do.

    `line` counts from 1, as `extractor.tables.rows.Table` does; None for a missing row.
    """

    line: int | None
    index: str
    problem: str
    advice: str


def check_submission(
    rows: Sequence[Row], path: Path, entities: EntityTable = OFFICIAL, *, official_only: bool = False
) -> tuple[list[Finding], int]:
    """What is wrong with the submission at `path` for the input `rows`, and how many rows it has.

    Faults are in the order of its lines, then come its missing rows. Parquet and JSON lines may have more columns.

    Raises InputError when the file is empty, lacks these columns or cannot be read in the format that its suffix says,
    FormatError when a package is missing.
    """
    header, records = _records(path)
    has_columns = set(HEADER) <= set(header)
    faults: list[Finding] = []
    if tuple(header) != HEADER and not (official_only and has_columns):
        advice = f"make it exactly {','.join(HEADER)!r}"
        faults.append(Finding(1, "", f"the header is {','.join(header)!r}", advice))
    if has_columns:
        faults += _row_faults(records, header, rows, entities, official_only, format_of(path).counts)
    faults.sort(key=lambda fault: fault.line or math.inf)
    return faults, len(records)


def _records(path: Path) -> tuple[list[str], list[Record]]:
    """The header and the rows; of a typed file the two columns alone."""
    if format_of(path) is Format.CSV:
        return read_records(path)
    table = read_typed_table(path)
    if not set(HEADER) <= table.columns.keys():
        raise table.header_error(f"the columns {' and '.join(HEADER)} are needed")
    cells = zip(*(table.columns[name] for name in HEADER), strict=True)
    return list(HEADER), [Record(line, list(row)) for line, row in zip(table.lines, cells, strict=True)]


def _row_faults(
    records: Sequence[Record],
    header: Sequence[str],
    rows: Sequence[Row],
    entities: EntityTable,
    official_only: bool,
    counts: str,
) -> Iterator[Finding]:
    """What is wrong with the rows.

    The official checker looks at no index, and takes fields that are not there as empty.
    """
    expected = {} if official_only else {row.index: row.entity for row in rows}
    first_lines: dict[str, int] = {}
    present = set()
    for record in records:
        line, count = record.line, len(record.fields)
        cells = record.fields + [""] * (len(header) - count)
        index, prediction = (cells[header.index(name)] for name in HEADER)
        present.add(index)
        if count > len(header) or (count < len(header) and not official_only):
            fields = f"{count} field{'s' * (count != 1)} where the header has {len(header)}"
            yield Finding(line, index, f"the row has {fields}", "every row is an index, one comma and the prediction")
            continue
        entity = expected.get(index)
        if not official_only and index in first_lines:
            twice = f"this index is already on {counts} {first_lines[index]}"
            yield Finding(line, index, twice, "keep one of them")
        elif not official_only and entity is None:
            yield Finding(line, index, "this index is not in the input", "remove the row")
        first_lines.setdefault(index, line)
        if problem := prediction_fault(prediction, entity, entities):
            units = ", ".join(sorted(entities[entity].units)) if entity else "the allowed units"
            yield Finding(line, index, problem, f"write a plain number, a blank and one of {units}; or leave it empty")
    yield from _order_fault(first_lines, expected)
    for index, entity in expected.items():
        if index not in present:
            advice = f"add a row for {entity}; its prediction may be empty"
            yield Finding(None, index, "this index of the input has no row", advice)


def _order_fault(first_lines: Mapping[str, int], expected: Iterable[str]) -> Iterator[Finding]:
    """The first row that stands where the input has another one, among the rows that both have."""
    in_order = [index for index in expected if index in first_lines]
    for index, other in zip(sorted(in_order, key=first_lines.__getitem__), in_order, strict=True):
        if index != other:
            problem = f"from here on the rows are not in the input's order, which has {other} here"
            yield Finding(first_lines[index], index, problem, "bring all rows into the order of the input")
            return
