"""Files that are either whole or not there, whatever stops the program."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: Path, *, durable: bool) -> Iterator[BinaryIO]:
    """A file to write that takes the place of `path` when the block ends well, and vanishes otherwise.

    With `durable` it also survives a power cut once the block has ended.
    """
    # Cut, as the name of `path` may be as long as names can be.
    temporary = path.with_name(f".{path.name[:40]}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders; there the rename is all that can be done
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
