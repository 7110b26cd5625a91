"""What goes from one actor to the next: Arrow tables with a pickled value in each row, and the counts of a batch.

The values are made and read by the same code on every machine, in one run; nothing of this is kept.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

_SCHEMA = pa.schema([("value", pa.large_binary())])


def block_of(values: Iterable[object]) -> pa.Table:
    """A table with these values."""
    return pa.table([pa.array([pickle.dumps(value) for value in values], pa.large_binary())], schema=_SCHEMA)


def values_of(block: pa.Table) -> list[Any]:
    """The values of a table."""
    return [pickle.loads(value.as_py()) for value in block["value"]]
