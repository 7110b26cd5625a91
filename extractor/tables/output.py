"""Writes the answers and the trace beside them, each whole or not at all.

The suffix of the answers' file says its format. CSV has the challenge's two columns, `index,prediction`. Parquet and
JSON lines have these and five more, which `TYPES` lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from extractor.cache.target import Target, write_whole
from extractor.tables.csv_file import csv_lines
from extractor.tables.formats import Format, check_packages, format_of
from extractor.tables.trace import DIGITS, RowAnswer, trace_line

HEADER = ("index", "prediction")
TYPES: Mapping[str, type[str] | type[float]] = {
    "index": str,
    "prediction": str,
    "value": float,
    "unit": str,
    "status": str,
    "confidence": float,
    "reason": str,
}
"""The columns of Parquet and JSON lines, as the trace has them: `index` is text, `value` and `unit` may be null."""
Values = Mapping[str, str | float | None]
"""The values of a row in the columns of `TYPES`."""
OPTION = "--out"


def trace_path(out: Path) -> Path:
    """Where the trace of the output `out` stands: `out.csv` -> `out_trace.jsonl`; both `.gz` or none."""
    ending = out.suffix if Target(out, OPTION).compressed else ""
    return out.parent / f"{Path(out.name.removesuffix(ending)).stem}_trace.jsonl{ending}"


def targets_of(out: Path) -> tuple[Target, Target]:
    """The files for the answers and for the trace. Raises FormatError where a package for the answers is missing."""
    check_packages(out)
    return Target(out, OPTION, plain=format_of(out) is Format.PARQUET), Target(trace_path(out), OPTION)


def write(rows: Sequence[RowAnswer], out: Path) -> None:
    """Writes the trace, then the answers: once `out` is there, both are. Raises OutputError."""
    _, trace_file = targets_of(out)
    write_whole(trace_file, map(trace_line, rows))
    write_values(map(_values, rows), out)


def write_values(rows: Iterable[Values], out: Path) -> None:
    """Writes the answers alone. Raises OutputError."""
    answers, _ = targets_of(out)
    write_whole(answers, [_encoded(rows, format_of(out))])


def _encoded(rows: Iterable[Values], form: Format) -> bytes:
    """What the file of the answers holds."""
    if form is Format.CSV:
        return b"".join(csv_lines([HEADER, *(tuple(str(row[name]) for name in HEADER) for row in rows)]))
    if form is Format.JSON_LINES:
        from pydantic_core import to_json

        return b"".join(to_json(row) + b"\n" for row in rows)
    from extractor.tables.parquet_file import parquet_bytes

    return parquet_bytes(TYPES, rows)


def _values(answered: RowAnswer) -> Values:
    """The values of a row in the columns of `TYPES`."""
    answer = answered.answer
    confidence = round(answer.confidence, DIGITS)
    values = (answered.row.index, answer.text, answer.value, answer.unit, answer.status, confidence, answer.reason)
    return dict(zip(TYPES, values, strict=True))
