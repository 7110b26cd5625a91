"""The files of a store: the database, what SQLite writes beside it, the folder of fetched pictures."""

from __future__ import annotations

import os
from pathlib import Path

_OF_SQLITE = ("", "-wal", "-shm", "-journal")


def pictures_folder(store: Path) -> Path:
    """The folder of the pictures that were fetched."""
    return store.with_suffix(".pictures")


def is_of_store(place: Path, store: Path) -> bool:
    """Whether a file, which is no link, belongs to a store."""
    real = os.path.realpath(store)
    files = {real + ending for ending in _OF_SQLITE}
    return str(place) in files or place.is_relative_to(os.path.realpath(pictures_folder(store)))
