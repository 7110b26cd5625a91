"""Tables at fsspec addresses (`s3://bucket/questions.parquet`): copied here first, then read as any file."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extractor.tables.csv_file import InputError
from extractor.tables.formats import FormatError
from ocr.extras import extra_needed, missing

_ADDRESS = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+):/(.*)")  # two letters at least: one is a drive of Windows


def address_of(path: Path) -> str | None:
    """The fsspec address that was taken for a path, which has one of its two slashes left; None for a path."""
    found = _ADDRESS.fullmatch(path.as_posix())
    if found is None:
        return None
    return f"{found[1]}:///{found[2]}" if found[1] == "file" else f"{found[1]}://{found[2]}"


def folder_of(address: str) -> str:
    """The folder that the file at the address lies in."""
    return address.rpartition("/")[0]


@contextmanager
def local_copy(address: str) -> Iterator[Path]:
    """The file at an address, with its name, while the block runs. Raises InputError, and FormatError without fsspec.

    An InputError that is raised inside names the address in place of the copy.
    """
    if lacking := missing(["fsspec"]):
        raise FormatError(extra_needed(f"the address {address}", "ray", lacking))
    import fsspec

    with tempfile.TemporaryDirectory(prefix="extractor-") as folder:
        copy = Path(folder) / address.rpartition("/")[2]
        try:
            with fsspec.open(address, "rb") as source, copy.open("wb") as target:
                shutil.copyfileobj(source, target)
        except Exception as error:  # fsspec's kinds of storage have errors of their own
            raise InputError(f"{address} cannot be read: {error}") from error
        try:
            yield copy
        except InputError as error:
            raise InputError(str(error).replace(str(copy), address)) from error
