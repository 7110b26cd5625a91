"""Splits a job over several machines or sessions: shard i of n takes the rows of every n-th picture or product.

All rows of a picture, and of a product, fall into the same shard, whatever the machine. To join shards that were run
on one store, run the same command without `--shard`: everything comes from the store, in the input's order. To join
outputs of separate stores, sort the lines of all of them by the order of the input's index.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.tables.rows import Row

_FORM = re.compile(r"(\d{1,6})/(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `number` (from 1) of `count`."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @classmethod
    def parse(cls, text: str) -> Shard:
        """The shard written as `i/n`. Raises ValueError."""
        match = _FORM.fullmatch(text.strip())
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise ValueError(f"{text!r} is not a shard: write i/n with i from 1 to n, such as 1/4")
        return cls(int(match[1]), int(match[2]))

    def rows_of(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """The rows of this shard, in their order."""
        return tuple(row for row in rows if self._takes(row.product or row.picture))

    def _takes(self, name: str) -> bool:
        digest = hashlib.sha256(name.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.number - 1
