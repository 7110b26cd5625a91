"""The formats of tables, by the suffix of a file: `.csv`, `.jsonl` and `.parquet`, the first two also with `.gz`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from extractor.stages.errors import ExtractorError
from ocr.extras import extra_needed, missing


class Format(StrEnum):
    """How a table stands in its file; a file of another suffix is CSV."""

    CSV = "CSV"
    JSON_LINES = "JSON lines"
    PARQUET = "Parquet"

    @property
    def counts(self) -> str:
        """What messages count: a Parquet file has no lines."""
        return "row" if self is Format.PARQUET else "line"


SUFFIXES = {".csv": Format.CSV, ".jsonl": Format.JSON_LINES, ".parquet": Format.PARQUET}


class FormatError(ExtractorError):
    """A format that this installation cannot read or write; the message says what to install."""


def format_of(path: Path) -> Format:
    """The format that the name of the file says."""
    return SUFFIXES.get(Path(path.name.lower().removesuffix(".gz")).suffix, Format.CSV)


def stem_of(path: Path) -> str:
    """The name of the file without the suffix of its format and without .gz."""
    name = path.name.removesuffix(".gz")
    return name.removesuffix(next((suffix for suffix in SUFFIXES if name.endswith(suffix)), ""))


def check_packages(path: Path) -> None:
    """Raises FormatError when a package that the format needs is missing."""
    if format_of(path) is Format.PARQUET and (lacking := missing(["pyarrow"])):
        raise FormatError(extra_needed(f"Parquet ({path})", "tables", lacking))


def check_is_csv(path: Path) -> None:
    """Raises FormatError when the name says another format; for files that are written as CSV alone."""
    if (form := format_of(path)) is not Format.CSV:
        raise FormatError(f"{path}: this file is written as CSV, not as {form}: name it .csv")


class TypedColumns(Mapping[str, tuple[str, ...]]):
    """The columns of a file that holds values of several types, as text; each is read when it is first used."""

    def __init__(self, names: Iterable[str], read: Callable[[str], tuple[str, ...]]) -> None:
        """`read` gives the cells of a column, or raises what says why they are not text."""
        self._names = dict.fromkeys(names)
        self._read = cache(read)

    def __getitem__(self, name: str) -> tuple[str, ...]:
        if name not in self._names:
            raise KeyError(name)
        return self._read(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def cell_text(value: object) -> str:
    """A value of a typed file as the cell of a table: "" for null and NaN, whole numbers without a decimal point.

    Raises TypeError for a truth value, a list and everything else that is no text or number; UnicodeError for a text
    that no file can hold.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        value.encode()
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise TypeError(f"{value!r:.60} is neither text nor a number")
