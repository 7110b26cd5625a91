"""Writes the answers (`index,prediction`) and the trace beside them, each whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from extractor.cache.target import Target, write_whole
from extractor.tables.trace import RowAnswer, trace_line

HEADER = ("index", "prediction")
OPTION = "--out"


def trace_path(out: Path) -> Path:
    """Where the trace of the output `out` stands: `out.csv` -> `out_trace.jsonl`; both `.gz` or none."""
    ending = out.suffix if Target(out, OPTION).compressed else ""
    return out.parent / f"{Path(out.name.removesuffix(ending)).stem}_trace.jsonl{ending}"


def targets_of(out: Path) -> tuple[Target, Target]:
    """The files for the answers and for the trace."""
    return Target(out, OPTION), Target(trace_path(out), OPTION)


def write(rows: Sequence[RowAnswer], out: Path) -> None:
    """Writes the trace, then the answers: once `out` is there, both are. Raises OutputError."""
    answers, trace_file = targets_of(out)
    write_whole(trace_file, map(trace_line, rows))
    write_whole(answers, [csv_text(rows).encode()])


def csv_text(rows: Sequence[RowAnswer]) -> str:
    """The output file's text: the header and one line per row, ended by "\\n", quoted only where needed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((answered.row.index, answered.prediction) for answered in rows)
    return text.getvalue()
