"""A folder of pictures to a table: a row for each answer, written as the pictures are read.

    python examples/folder_to_table.py pictures/ answers.csv
    python examples/folder_to_table.py pictures/ answers.parquet --entity width --entity height --workers 4

Parquet needs the extra `tables`.
"""

import argparse
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pandas as pd

from extractor import Extraction, Extractor, to_frame
from extractor.tables.formulas import harmless

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
AT_ONCE = 64
"""Pictures whose rows are written together; no more than these are in memory."""


def frames(extractions: Iterable[Extraction]) -> Iterator[pd.DataFrame]:
    """The rows of some pictures after the others; the evidence as one text."""
    remaining = iter(extractions)
    while some := list(islice(remaining, AT_ONCE)):
        yield to_frame(some).assign(evidence=lambda rows: rows["evidence"].str.join(" | "))


def write_csv(table: Path, parts: Iterable[pd.DataFrame]) -> None:
    """Writes the rows as CSV; a text of a picture, or the name of its file, becomes no formula in a spreadsheet."""
    for number, part in enumerate(parts):
        named = part.assign(picture=part["picture"].map(harmless), evidence=part["evidence"].map(harmless))
        named.to_csv(table, mode="a" if number else "w", header=not number, index=False)


def write_parquet(table: Path, parts: Iterable[pd.DataFrame]) -> None:
    """Writes the rows as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    numbers = ("value", "confidence")
    schema = pa.schema((name, pa.float64() if name in numbers else pa.string()) for name in to_frame([]).columns)
    with pq.ParquetWriter(table, schema) as writer:
        for part in parts:
            writer.write_table(pa.Table.from_pandas(part, schema, preserve_index=False))


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="A folder of pictures to a table.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("table", type=Path, help="a name that ends in .csv or .parquet")
    parser.add_argument("--entity", action="append", help="what to look for; may be repeated; default: all")
    parser.add_argument("--workers", type=int, default=0, help="processes that read side by side")
    options = parser.parse_args()
    pictures = sorted(file for file in options.folder.rglob("*") if file.suffix.lower() in SUFFIXES)
    write = write_parquet if options.table.suffix == ".parquet" else write_csv
    write(options.table, frames(Extractor().extract_many(pictures, options.entity, workers=options.workers)))


if __name__ == "__main__":  # other processes import this file
    main()
