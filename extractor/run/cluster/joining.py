"""What the shards of a run hold, in the order of the input: which rows are finished, one table, the summary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from extractor.run.cluster.shards import ShardFolder, ShardsError
from extractor.run.result import PictureResult
from extractor.run.summary import Summary, counted, counts_of_pictures
from extractor.tables.output import TYPES, write_values
from extractor.tables.rows import Row

_OTHERS = ("outcome", "vlm", "rules_seconds", "vlm_seconds", "finished")


@dataclass(frozen=True, slots=True)
class JoinedRows:
    """A table with one row for each of the input, in its order: the columns of answers, and those of the summary."""

    table: pa.Table

    def write(self, out: Path) -> None:
        """Writes the answers in the format that the suffix says. Raises OutputError."""
        answers = self.table.select(list(TYPES))
        write_values((row for batch in answers.to_batches() for row in batch.to_pylist()), out)


def finished_rows(folder: ShardFolder, names: Iterable[str]) -> set[int]:
    """The positions of the rows that are left alone."""
    finished: set[int] = set()
    for table in folder.read(names, ["position", "finished"]):
        finished.update(table.filter(table["finished"])["position"].to_pylist())
    return finished


def joined(folder: ShardFolder, names: Sequence[str], rows: int) -> JoinedRows:
    """The rows of the shards; of those with one position a finished one, else that of the latest run.

    Raises ShardsError where a row is missing.
    """
    columns = ["position", *TYPES, *_OTHERS]
    parts = [
        table.append_column("shard", pa.array([number] * table.num_rows, pa.int64()))
        for number, table in enumerate(folder.read(names, columns))
    ]
    table = pa.concat_tables(parts).sort_by(
        [("position", "ascending"), ("finished", "ascending"), ("shard", "ascending")]
    )
    positions = table["position"].combine_chunks()
    if len(positions):
        last = pa.concat_arrays([pc.not_equal(positions[1:], positions[:-1]), pa.array([True])])
        table = table.filter(last)
    if table.num_rows != rows:
        lacking = f"{rows - table.num_rows:,} of {rows:,}"
        raise ShardsError(
            f"{folder.address} lacks {lacking} rows: it has to be one folder for all machines; run again to go on"
        )
    return JoinedRows(table)


def summary_of_run(
    rows: Sequence[Row], answers: JoinedRows, results: Sequence[PictureResult], before: int, seconds: float
) -> Summary:
    """The summary of a run that did the `results` in `seconds`, `before` pictures having been done earlier."""
    table = answers.table
    empty = table.filter(pc.equal(table["prediction"], ""))
    return Summary(
        rows=len(rows),
        answered=len(rows) - empty.num_rows,
        empty=counted(empty["reason"].to_pylist()),
        **counts_of_pictures(results, before),
        rules_seconds=pc.sum(table["rules_seconds"]).as_py() or 0.0,
        seconds=seconds,
        outcomes=counted(table["outcome"].drop_null().to_pylist()),
        vlm_rows=table.num_rows - table["vlm"].null_count,
        vlm_seconds=pc.sum(table["vlm_seconds"]).as_py() or 0.0,
        products=len({row.product for row in rows if row.product}),
    )
