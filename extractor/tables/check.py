"""Checks a submission before it is handed in: the official sanity rules and what they leave out.

The official checker tests neither the rows, nor their order, nor whether a unit belongs to the row's entity. These are
tested here too, unless `official_only`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from extractor.tables.csv_file import InputError, Record, read_records
from extractor.tables.rows import Row
from rules.constants import ENTITY_UNITS
from rules.sanity import prediction_fault

HEADER = ("index", "prediction")


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


@dataclass(frozen=True, slots=True)
class _Answer:
    line: int
    index: str
    prediction: str


def check_submission(rows: Sequence[Row], path: Path, *, official_only: bool = False) -> CheckReport:
    """What is wrong with the submission at `path` for the input `rows`.

    Raises InputError when the file cannot be read as UTF-8 text in CSV form.
    """
    header, records = _read(path)
    faults: list[Finding] = []
    if header != HEADER and not (official_only and set(HEADER) <= set(header)):
        faults.append(_header_fault(header))
    if set(HEADER) <= set(header):
        answers = [_answer(record, header) for record in records if _has_form(record, header, official_only)]
        faults += [_field_count_fault(r, header) for r in records if not _has_form(r, header, official_only)]
        faults += _official_faults(answers) if official_only else _own_faults(answers, rows)
        faults.sort(key=lambda fault: fault.line or 0)
        if not official_only:
            present = {_answer(record, header).index for record in records}
            faults += _missing_rows(present, rows)
    return CheckReport(tuple(faults), len(rows), len(records))


def _official_faults(answers: Sequence[_Answer]) -> Iterator[Finding]:
    for answer in answers:
        problem = prediction_fault(answer.prediction)
        if problem:
            yield Finding(answer.line, answer.index, problem, _how_to_write(None))


def _own_faults(answers: Sequence[_Answer], rows: Sequence[Row]) -> Iterator[Finding]:
    entities = {row.index: row.entity for row in rows}
    first_lines: dict[str, int] = {}
    for answer in answers:
        line, index = answer.line, answer.index
        entity = entities.get(index)
        if index in first_lines:
            yield Finding(line, index, f"this index is already on line {first_lines[index]}", "keep one of them")
        elif entity is None:
            yield Finding(line, index, "this index is not in the input", "remove the row")
        first_lines.setdefault(index, line)
        problem = prediction_fault(answer.prediction, entity)
        if problem:
            yield Finding(line, index, problem, _how_to_write(entity))
    order_fault = _order_fault(answers, rows)
    if order_fault:
        yield order_fault


def _order_fault(answers: Sequence[_Answer], rows: Sequence[Row]) -> Finding | None:
    """The first row that stands where the input has another one, among the rows that both have."""
    first_answers: dict[str, _Answer] = {}
    for answer in answers:
        first_answers.setdefault(answer.index, answer)
    expected = [row.index for row in rows if row.index in first_answers]
    known = set(expected)
    present = [answer for index, answer in first_answers.items() if index in known]
    for answer, index in zip(present, expected, strict=True):
        if answer.index != index:
            problem = f"from here on the rows are not in the input's order, which has {index} here"
            return Finding(answer.line, answer.index, problem, "bring all rows into the order of the input")
    return None


def _missing_rows(present: Set[str], rows: Sequence[Row]) -> Iterator[Finding]:
    for row in rows:
        if row.index not in present:
            advice = f"add a row for {row.entity}; its prediction may be empty"
            yield Finding(None, row.index, "this index of the input has no row", advice)


def _how_to_write(entity: str | None) -> str:
    units = ", ".join(sorted(ENTITY_UNITS[entity])) if entity in ENTITY_UNITS else "the allowed units"
    return f"write a plain number, a blank and one of {units}; or leave it empty"


def _header_fault(header: tuple[str, ...]) -> Finding:
    return Finding(1, "", f"the header is {','.join(header)!r}", f"make it exactly {','.join(HEADER)!r}")


def _has_form(record: Record, header: tuple[str, ...], official_only: bool) -> bool:
    """Whether the fields are those of the header; the official checker takes fields that are not there as empty."""
    return len(record.fields) == len(header) or (official_only and len(record.fields) < len(header))


def _field_count_fault(record: Record, header: tuple[str, ...]) -> Finding:
    count = len(record.fields)
    problem = f"the row has {count} field{'s' * (count != 1)} where the header has {len(header)}"
    index = _answer(record, header).index
    return Finding(record.line, index, problem, "every row is an index, one comma and the prediction")


def _answer(record: Record, header: tuple[str, ...]) -> _Answer:
    cells = record.fields + [""] * (len(header) - len(record.fields))
    return _Answer(record.line, cells[header.index("index")], cells[header.index("prediction")])


def _read(path: Path) -> tuple[tuple[str, ...], list[Record]]:
    records = read_records(path)
    if not records:
        raise InputError(f"{path} is empty; it should begin with the header {','.join(HEADER)!r}")
    return tuple(records[0].fields), records[1:]
