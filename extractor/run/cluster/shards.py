"""The folder that the answers of a run go to: Parquet files, at a path or an fsspec address.

run.json         what input and which settings the answers belong to
shard-R-P.parquet   the rows of a batch: R is the number of the run that made it, P the position of its first row

A file gets its name when it is whole, so one that is there is finished, and a batch that is done twice, because the
machine that did it was lost, gets the same name. Its columns are `SCHEMA`. Needs the extra `ray`.
"""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TypeVar
from uuid import uuid4

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from extractor.run.cluster.answering import FAULTS, UnitAnswers
from extractor.stages.errors import ExtractorError
from extractor.tables.trace import DIGITS, RowAnswer, trace_line

SCHEMA = pa.schema(
    [
        ("position", pa.int64()),
        ("index", pa.string()),
        ("image_link", pa.string()),
        ("entity", pa.string()),
        ("prediction", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("status", pa.string()),
        ("confidence", pa.float64()),
        ("reason", pa.string()),
        ("error", pa.string()),
        ("source", pa.string()),
        ("outcome", pa.string()),
        ("vlm", pa.string()),
        ("evidence", pa.list_(pa.string())),
        ("picture", pa.string()),
        ("product", pa.string()),
        ("finished", pa.bool_()),
        ("rules_seconds", pa.float64()),
        ("vlm_seconds", pa.float64()),
        ("trace", pa.string()),
    ]
)
"""The columns of a shard. `position` is the row's place in the input, from 0; `error` what failed, null where all went
well; `vlm` what the VLM said; `evidence` the text of the tokens; `picture` the SHA-256; `finished` whether later runs
leave the row alone; `trace` its line of the trace."""

_NAME = re.compile(r"shard-(\d{5})-(\d{12})\.parquet")
_MANIFEST = "run.json"
_TRIES = 4
_READ_AT_ONCE = 16

T = TypeVar("T")


class ShardsError(ExtractorError):
    """A folder of shards that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the answers in a folder belong to: `rows` is the number of rows, `input` a digest of them."""

    rows: int
    input: str
    settings: str


class ShardFolder:
    """The folder at a path or an fsspec address."""

    def __init__(self, address: str) -> None:
        """Raises ShardsError where there is no such kind of address."""
        self.address = address
        try:
            self._files, self._root = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError) as error:
            raise ShardsError(f"{address}: {error}") from error

    def claim(self, manifest: Manifest) -> None:
        """Writes the manifest, or checks the one that is there. Raises ShardsError where it is of another run."""
        path = self._path(_MANIFEST)
        if not self._kept(lambda: self._files.exists(path)):
            self._kept(lambda: self._files.makedirs(self._root, exist_ok=True))
            self._put(_MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
            return
        try:
            known = Manifest(**json.loads(self._kept(lambda: self._files.cat_file(path))))
        except (ValueError, TypeError) as error:
            raise ShardsError(f"{path} says nothing of a run: {error}; name another folder with --shards") from error
        for what in ("input", "settings"):
            if getattr(known, what) != getattr(manifest, what):
                raise ShardsError(
                    f"{self.address} holds the answers of a run with other {what}: name another folder with --shards, "
                    "or remove this one"
                )

    def names(self) -> list[str]:
        """The shards that are there, those of later runs last."""
        self._files.invalidate_cache()
        found = self._kept(lambda: self._files.ls(self._root, detail=False))
        return sorted(name for name in (path.rsplit("/", 1)[-1] for path in found) if _NAME.fullmatch(name))

    def read(self, names: Iterable[str], columns: Sequence[str]) -> Iterator[pa.Table]:
        """Columns of shards, in their order, some ahead of what is taken."""

        def read(name: str) -> pa.Table:
            data = self._kept(lambda: self._files.cat_file(self._path(name)))
            return pq.read_table(io.BytesIO(data), columns=list(columns))

        with ThreadPoolExecutor(_READ_AT_ONCE, thread_name_prefix="shard") as threads:
            yield from threads.map(read, names)

    def put(self, run: int, answers: Sequence[UnitAnswers]) -> None:
        """Writes a shard. Raises ShardsError."""
        rows = [values for of_unit in answers for values in _rows_of(of_unit)]
        file = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), file, compression="zstd")
        first = min(of_unit.unit.first for of_unit in answers)
        self._put(f"shard-{run:05d}-{first:012d}.parquet", file.getvalue())

    def _put(self, name: str, data: bytes) -> None:
        """Writes the file under another name first: only a whole one has its own."""
        unfinished = self._path(f"unfinished-{uuid4().hex}")

        def put() -> None:
            self._files.pipe_file(unfinished, data)
            self._files.mv(unfinished, self._path(name))

        self._kept(put)

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def _kept(self, do: Callable[[], T]) -> T:
        """What `do` gives; tried a few times, as storage on a network fails at times. Raises ShardsError."""
        for failed in range(_TRIES):
            try:
                return do()
            except Exception as error:  # fsspec's kinds of storage have errors of their own
                passing = isinstance(error, OSError) and not isinstance(error, PermissionError | NotADirectoryError)
                if failed + 1 == _TRIES or not passing:
                    raise ShardsError(
                        f"the folder {self.address} cannot be used: {error}; every machine has to reach it. Finished "
                        "shards are kept: run again to go on"
                    ) from error
                time.sleep(0.2 * 4**failed)
        raise AssertionError("the last try either returns or raises")


def run_of(name: str) -> int:
    """The number of the run that made the shard."""
    match = _NAME.fullmatch(name)
    assert match is not None
    return int(match[1])


def _rows_of(of_unit: UnitAnswers) -> Iterator[dict[str, object]]:
    for numbered, answered in zip(of_unit.unit.rows, of_unit.answers, strict=True):
        yield {"position": numbered.position, "finished": of_unit.finished, **_values(answered)}


def _values(answered: RowAnswer) -> dict[str, object]:
    row, answer = answered.row, answered.answer
    failed = answer.source is None or answer.reason in FAULTS
    return {
        "index": row.index,
        "image_link": row.image_link,
        "entity": row.entity,
        "prediction": answer.text,
        "value": answer.value,
        "unit": answer.unit,
        "status": str(answer.status),
        "confidence": round(answer.confidence, DIGITS),
        "reason": str(answer.reason),
        "error": answer.detail or str(answer.reason) if failed else None,
        "source": answer.source and str(answer.source),
        "outcome": answer.outcome and str(answer.outcome),
        "vlm": None if answer.vlm is None else answer.vlm.text,
        "evidence": [token.text for token in answer.evidence],
        "picture": answered.sha256,
        "product": row.product,
        "rules_seconds": answered.seconds.rules,
        "vlm_seconds": answered.seconds.vlm,
        "trace": trace_line(answered).decode().rstrip("\n"),
    }
