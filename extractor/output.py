"""Writes the answers (`index,prediction`) and the trace beside them, each whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from extractor.errors import ExtractorError
from extractor.files import replacing
from extractor.trace import RowTrace

HEADER = ("index", "prediction")


class OutputError(ExtractorError):
    """The output cannot be written where it was asked for."""


def trace_path(out: Path) -> Path:
    """Where the trace of the output `out` stands: `out.csv` -> `out_trace.jsonl`."""
    return out.parent / f"{out.stem}_trace.jsonl"


def check_writable(out: Path, source: Path) -> None:
    """Raises OutputError unless `out` and its trace can be written; `source` must not be overwritten."""
    for path in (out, trace_path(out)):
        try:
            _check_place(path, source)
            _try_to_write(path.resolve())
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error}; name another file with --out") from error


def write(traces: Sequence[RowTrace], out: Path) -> None:
    """Writes the trace, then the answers: once `out` is there, both are. Raises OutputError."""
    try:
        with replacing(trace_path(out).resolve(), durable=True) as file:
            for trace in traces:
                file.write(trace.to_json().encode() + b"\n")
        with replacing(out.resolve(), durable=True) as file:
            file.write(csv_text(traces).encode())
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error}; run again, what was read is kept") from error


def csv_text(traces: Sequence[RowTrace]) -> str:
    """The output file's text: the header and one line per row, ended by "\\n", quoted only where needed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((trace.row.index, trace.prediction) for trace in traces)
    return text.getvalue()


def _check_place(path: Path, source: Path) -> None:
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file with --out")
    if not path.parent.is_dir():
        raise OutputError(f"the folder {path.parent} does not exist; make it, or name another with --out")
    if path.exists() and not path.is_file():
        raise OutputError(f"{path} is not a plain file, so it cannot be written in one piece")
    if path.exists() and source.exists() and path.samefile(source):
        raise OutputError(f"{path} is the input; name another file with --out")


def _try_to_write(path: Path) -> None:
    probe = path.with_name(f"{path.name}.probe")
    with replacing(probe, durable=False):
        pass
    probe.unlink()
