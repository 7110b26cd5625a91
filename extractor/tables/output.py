"""Writes the answers (`index,prediction`) and the trace beside them, each whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from extractor.cache.target import Target, check_targets, write_whole
from extractor.tables.trace import RowTrace

HEADER = ("index", "prediction")
OPTION = "--out"


def trace_path(out: Path) -> Path:
    """Where the trace of the output `out` stands: `out.csv` -> `out_trace.jsonl`; both `.gz` or none."""
    ending = out.suffix if Target(out, OPTION).compressed else ""
    return out.parent / f"{Path(out.name.removesuffix(ending)).stem}_trace.jsonl{ending}"


def targets_of(out: Path) -> tuple[Target, Target]:
    """The files for the answers and for the trace."""
    return Target(out, OPTION), Target(trace_path(out), OPTION)


def check_writable(out: Path, inputs: Iterable[Path], store: Path | None = None) -> None:
    """Raises OutputError unless `out` and its trace can be written over no input and no part of the store."""
    check_targets(targets_of(out), inputs, store)


def write(traces: Sequence[RowTrace], out: Path) -> None:
    """Writes the trace, then the answers: once `out` is there, both are. Raises OutputError."""
    answers, trace_file = targets_of(out)
    # A message in a trace may name a file whose name is no text; JSON can still say its bytes.
    write_whole(trace_file, (trace.to_json().encode(errors="backslashreplace") + b"\n" for trace in traces))
    write_whole(answers, [csv_text(traces).encode()])


def csv_text(traces: Sequence[RowTrace]) -> str:
    """The output file's text: the header and one line per row, ended by "\\n", quoted only where needed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((trace.row.index, trace.prediction) for trace in traces)
    return text.getvalue()
