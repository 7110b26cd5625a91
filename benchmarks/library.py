"""The library on many pictures: python -m benchmarks.library ROWS.csv FOLDER WORKERS OUT.csv"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from extractor import Extractor
from extractor.tables.output import HEADER
from extractor.tables.rows import read_rows


def main(table: Path, folder: Path, workers: int, out: Path) -> None:
    """Asks every picture of the table for all entities, and writes the answers to its rows."""
    rows = read_rows(table)
    names = list(dict.fromkeys(row.picture_name for row in rows))
    extractions = Extractor().extract_many([folder / name for name in names], workers=workers)
    by_name = dict(zip(names, extractions, strict=True))
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows((row.index, by_name[row.picture_name][row.entity].text) for row in rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
