"""Checks a submission before it is handed in: the official sanity rules and what they leave out.

The official checker tests neither the rows, nor their order, nor whether a unit belongs to the row's entity. These are
tested here too, unless `official_only`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.tables.csv_file import InputError, Record, read_records
from extractor.tables.output import HEADER
from extractor.tables.rows import Row
from rules.constants import ENTITY_UNITS
from rules.sanity import prediction_fault


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a submission, and what to do; `line` counts from 1, None for a missing row."""

    line: int | None
    index: str
    problem: str
    advice: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All faults of a submission in the order of its lines, then its missing rows; and the row counts."""

    faults: tuple[Finding, ...]
    rows_expected: int
    rows_found: int


def check_submission(rows: Sequence[Row], path: Path, *, official_only: bool = False) -> CheckReport:
    """What is wrong with the submission at `path` for the input `rows`.

    Raises InputError when the file cannot be read as UTF-8 text in CSV form.
    """
    records = read_records(path)
    if not records:
        raise InputError(f"{path} is empty; it should begin with the header {','.join(HEADER)!r}")
    header = records.pop(0).fields
    has_columns = set(HEADER) <= set(header)
    faults: list[Finding] = []
    if tuple(header) != HEADER and not (official_only and has_columns):
        advice = f"make it exactly {','.join(HEADER)!r}"
        faults.append(Finding(1, "", f"the header is {','.join(header)!r}", advice))
    if has_columns and official_only:
        faults += _official_faults(records, header)
    elif has_columns:
        faults += _own_faults(records, header, rows)
    faults.sort(key=lambda fault: fault.line or math.inf)
    return CheckReport(tuple(faults), len(rows), len(records))


def _official_faults(records: Sequence[Record], header: Sequence[str]) -> Iterator[Finding]:
    """What the official checker tests; it takes fields that are not there as empty."""
    for record in records:
        index, prediction = _cells(record, header)
        if len(record.fields) > len(header):
            yield _field_count_fault(record, header)
        elif problem := prediction_fault(prediction):
            yield Finding(record.line, index, problem, _how_to_write(None))


def _own_faults(records: Sequence[Record], header: Sequence[str], rows: Sequence[Row]) -> Iterator[Finding]:
    entities = {row.index: row.entity for row in rows}
    first_lines: dict[str, int] = {}
    present = set()
    for record in records:
        line = record.line
        index, prediction = _cells(record, header)
        present.add(index)
        if len(record.fields) != len(header):
            yield _field_count_fault(record, header)
            continue
        entity = entities.get(index)
        if index in first_lines:
            yield Finding(line, index, f"this index is already on line {first_lines[index]}", "keep one of them")
        elif entity is None:
            yield Finding(line, index, "this index is not in the input", "remove the row")
        first_lines.setdefault(index, line)
        if problem := prediction_fault(prediction, entity):
            yield Finding(line, index, problem, _how_to_write(entity))
    yield from _order_fault(first_lines, rows)
    for row in rows:
        if row.index not in present:
            advice = f"add a row for {row.entity}; its prediction may be empty"
            yield Finding(None, row.index, "this index of the input has no row", advice)


def _order_fault(first_lines: Mapping[str, int], rows: Sequence[Row]) -> Iterator[Finding]:
    """The first row that stands where the input has another one, among the rows that both have."""
    expected = [row.index for row in rows if row.index in first_lines]
    known = set(expected)
    present = [index for index in first_lines if index in known]
    for index, other in zip(present, expected, strict=True):
        if index != other:
            problem = f"from here on the rows are not in the input's order, which has {other} here"
            yield Finding(first_lines[index], index, problem, "bring all rows into the order of the input")
            return


def _how_to_write(entity: str | None) -> str:
    units = ", ".join(sorted(ENTITY_UNITS[entity])) if entity in ENTITY_UNITS else "the allowed units"
    return f"write a plain number, a blank and one of {units}; or leave it empty"


def _field_count_fault(record: Record, header: Sequence[str]) -> Finding:
    count = len(record.fields)
    problem = f"the row has {count} field{'s' * (count != 1)} where the header has {len(header)}"
    index, _ = _cells(record, header)
    return Finding(record.line, index, problem, "every row is an index, one comma and the prediction")


def _cells(record: Record, header: Sequence[str]) -> tuple[str, str]:
    """The index and the prediction."""
    cells = record.fields + [""] * (len(header) - len(record.fields))
    return cells[header.index("index")], cells[header.index("prediction")]
