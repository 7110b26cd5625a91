"""Reads what an evaluation starts from: labelled rows, predictions, and the candidates of a trace."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from extractor.tables.csv_file import InputError, bytes_of
from extractor.tables.labels import Label, label_columns, labels_of
from extractor.tables.rows import Row, read_table, rows_of

INDEX, PREDICTION, CUE = "index", "prediction", "cue"


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """The rows of an evaluation file with their labels, and the columns the labels stand in.

    `cues` tell for each row what decides it (see dataset/README.md), where the file has such a column.
    """

    rows: tuple[Row, ...]
    labels: tuple[Label, ...]
    columns: tuple[str, ...]
    cues: tuple[str, ...] = ()

    def first(self, limit: int) -> LabelledRows:
        """The first `limit` rows."""
        return LabelledRows(self.rows[:limit], self.labels[:limit], self.columns, self.cues[:limit])


def read_labelled_rows(path: Path, label_column: str | None = None) -> LabelledRows:
    """The rows of an evaluation file; see `labels` for its forms. Raises InputError when it cannot be used."""
    table = read_table(path)
    columns = label_columns(table, path, label_column)
    cues = tuple(map(str, table[CUE])) if CUE in table.columns else ()
    return LabelledRows(rows_of(table, path), labels_of(table, columns), columns, cues)


def picture_names_in(files: Iterable[Path]) -> frozenset[str]:
    """The last parts of all links in tables of questions. Raises InputError when one cannot be used."""
    return frozenset(row.picture_name for file in files for row in rows_of(read_table(file), file))


def read_predictions(path: Path) -> dict[str, str]:
    """The predictions of a submission by index; raises InputError when the file is not one."""
    table = read_table(path)
    absent = [name for name in (INDEX, PREDICTION) if name not in table.columns]
    if absent:
        raise InputError(f"{path}, line 1: missing column {' and '.join(absent)}; expected {INDEX},{PREDICTION}")
    indices = [str(cell) for cell in table[INDEX]]
    (most_frequent, occurrences), *_ = Counter(indices).most_common(1)
    if occurrences > 1:
        raise InputError(
            f"{path}: index {most_frequent!r} occurs {occurrences} times; keep one prediction for each index"
        )
    return dict(zip(indices, map(str, table[PREDICTION]), strict=True))


def read_candidates(path: Path) -> dict[str, tuple[str, ...]]:
    """The answers that were considered for each index, from a trace; InputError when it is not one."""
    try:
        lines = bytes_of(path).decode().removesuffix("\n").split("\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    found = {}
    for number, line in enumerate(lines, 1):
        try:
            trace = json.loads(line)
            found[str(trace["index"])] = tuple(str(one["answer"]) for one in trace["candidates"])
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(f"{path}, line {number}: not a line of a trace; give a *_trace.jsonl") from error
    return found
