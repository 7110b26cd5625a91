"""The pictures and labelled rows that all arms of a benchmark work on."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from extractor.evaluation.inputs import LabelledRows, read_labelled_rows
from extractor.tables.rows import ENTITY_NAME, GROUP_ID, IMAGE_LINK, INDEX, Row


@dataclass(frozen=True, slots=True)
class Workload:
    """Labelled rows, and the folder of their pictures. `table` is the CSV of the questions, `listing` of the paths."""

    labelled: LabelledRows
    folder: Path
    table: Path
    listing: Path

    @property
    def pictures(self) -> int:
        """The number of different pictures."""
        return len(set(self.labelled.pictures))

    @property
    def first(self) -> Path:
        """The picture of the first row."""
        return self.folder / self.labelled.rows[0].picture_name


def workload(labels: Path, folder: Path, limit: int | None, scratch: Path) -> Workload:
    """The rows of `limit` pictures, spread evenly over the file; writes their questions and paths into `scratch`."""
    labelled = read_labelled_rows(labels)
    names = sorted({row.picture_name for row in labelled.rows if (folder / row.picture_name).is_file()})
    if not names:
        raise SystemExit(f"{folder} has no picture of {labels}: name their folder with --images")
    count = min(limit or len(names), len(names))
    chosen = {names[i * len(names) // count] for i in range(count)}
    kept = [i for i, row in enumerate(labelled.rows) if row.picture_name in chosen]
    rows = tuple(labelled.rows[i] for i in kept)
    table, listing = write_questions(scratch / "rows.csv", rows), scratch / "pictures.txt"
    listing.write_text("".join(f"{(folder / name).resolve()}\n" for name in sorted(chosen)), encoding="utf-8")
    return Workload(
        LabelledRows(rows, tuple(labelled.labels[i] for i in kept), labelled.columns), folder, table, listing
    )


def write_questions(table: Path, rows: Iterable[Row]) -> Path:
    """Writes rows as the challenge has them; gives the table."""
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow((INDEX, IMAGE_LINK, GROUP_ID, ENTITY_NAME))
        writer.writerows((row.index, row.image_link, row.group_id, row.entity) for row in rows)
    return table
