"""Parquet files of rows, read a column and a batch at a time; needs the extra `tables`."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.tables.csv_file import InputError
from extractor.tables.formats import TypedColumns, cell_text

BATCH_ROWS = 65_536
"""Rows that are read or written at once, which bounds the memory."""

_TYPES = {str: pa.string(), float: pa.float64()}
_READABLE = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_null,
)


def read_parquet(path: Path) -> tuple[TypedColumns, range]:
    """The columns of the file and the numbers of its rows, from 1.

    Raises InputError when the file cannot be read, and when a column is used that holds more than text and numbers.
    """
    try:
        with pq.ParquetFile(path) as file:
            schema, count = file.schema_arrow, file.metadata.num_rows
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error
    twice = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if twice:
        raise InputError(f"{path}: these columns occur twice: {', '.join(twice)}")
    return TypedColumns(schema.names, lambda name: _column(path, name, schema.field(name).type)), range(1, count + 1)


def parquet_bytes(types: Mapping[str, type[str] | type[float]], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A Parquet file with a column for each name in `types`; None is null."""
    schema = pa.schema([(name, _TYPES[type_]) for name, type_ in types.items()])
    file = io.BytesIO()
    remaining = iter(rows)
    with pq.ParquetWriter(file, schema) as writer:
        while batch := list(islice(remaining, BATCH_ROWS)):
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schema))
    return file.getvalue()


def _column(path: Path, name: str, type_: pa.DataType) -> tuple[str, ...]:
    values = type_.value_type if pa.types.is_dictionary(type_) else type_
    if not any(readable(values) for readable in _READABLE):
        raise InputError(f"{path}: column {name} holds {type_}; save it as text")
    try:
        with pq.ParquetFile(path) as file:
            batches = file.iter_batches(BATCH_ROWS, columns=[name])
            return tuple(sys.intern(cell_text(value)) for batch in batches for value in batch.column(0).to_pylist())
    except (OSError, UnicodeError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(f"{path} cannot be read: {' '.join(str(error).split())}")
