"""The files that commands write: checked before the work, then written whole.

A file whose name ends in `.gz` is written compressed, as such files are read.
"""

from __future__ import annotations

import gzip
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extractor.cache.files import replacing
from extractor.stages.errors import ExtractorError

_STANDARD_OUTPUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
_STORE_FILES = ("", "-wal", "-shm", "-journal")
_Identity = tuple[int, int]


class OutputError(ExtractorError):
    """A file that cannot be written; the message names the option for another."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file to write: `path` as the user gave it with `option`. With `plain` it may not be a compressed one."""

    path: Path
    option: str
    plain: bool = False

    @property
    def compressed(self) -> bool:
        """Whether the name asks for gzip."""
        return self.path.suffix.lower() == ".gz"

    @property
    def place(self) -> Path:
        """The file that is written: a link stays one. Raises OSError."""
        return Path(os.path.realpath(self.path))


def check_targets(targets: Sequence[Target], inputs: Iterable[Path] = (), store: Path | None = None) -> None:
    """Raises OutputError unless all `targets` can be written, and none is an input, a part of the store, or another.

    Changes no file. `inputs` are only looked at where a target exists already.
    """
    places: set[Path] = set()
    others = cache(lambda: _by_identity(inputs, store))
    for target in targets:
        try:
            _check_existing(target, others)
            _check_place(target, places, store)
        except OSError as error:
            raise _refusal(target, str(error)) from error
        places.add(target.place)


def check_folder(
    folder: Path, option: str, *, files: Sequence[str] = (), inputs: Iterable[Path] = (), store: Path | None = None
) -> None:
    """Raises OutputError unless `folder` can be made, or is there, and written in.

    Nor may one of the `files` that are to be written in it be an input.
    """
    target = Target(folder, option)
    try:
        status = _status(target)
        if status is not None and not stat.S_ISDIR(status.st_mode):
            raise _refusal(target, "it is not a folder")
        _check_not_of_store(target, store)
        _try_to_write(next(one for one in (target.place, *target.place.parents) if one.exists()))
        others = cache(lambda: _by_identity(inputs, None))
        for name in files:
            _check_existing(Target(folder / name, option), others)
    except OSError as error:
        raise _refusal(target, str(error)) from error


def write_whole(target: Target, parts: Iterable[bytes]) -> None:
    """Writes the parts, one after the other, in place of what is there; all or nothing. Raises OutputError."""
    try:
        with replacing(target.place, durable=True) as file:
            if not target.compressed:
                file.writelines(parts)
                return
            with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
                for part in parts:
                    packed.write(part)
    except OSError as error:
        raise OutputError(f"{target.path} cannot be written: {error}; run again, what was read is kept") from error


def _status(target: Target) -> os.stat_result | None:
    if str(target.path) in _STANDARD_OUTPUT:
        raise _refusal(target, "it is standard output, and this command writes files")
    if target.plain and target.compressed:
        raise _refusal(target, "it is not read where it is compressed, so the name may not end in .gz")
    try:
        return target.place.stat()
    except FileNotFoundError:
        return None


def _check_existing(target: Target, others: Callable[[], dict[_Identity, str]]) -> None:
    status = _status(target)
    if status is None:
        return
    if stat.S_ISDIR(status.st_mode):
        raise _refusal(target, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise _refusal(target, "it is not a plain file")
    if name := others().get(_identity(status)):
        raise _refusal(target, f"it is {name}")
    if _identity(status) in _printed_to():
        raise _refusal(target, "what this command prints goes there")
    if not os.access(target.place, os.W_OK):
        raise _refusal(target, "it is there and may not be changed")


def _check_place(target: Target, others: set[Path], store: Path | None) -> None:
    place = target.place
    if place in others:
        raise _refusal(target, "another output of this command goes there")
    if not place.parent.is_dir():
        raise _refusal(target, f"the folder {place.parent} does not exist")
    _check_not_of_store(target, store)
    _try_to_write(place.parent)


def _check_not_of_store(target: Target, store: Path | None) -> None:
    if store is None:
        return
    real = os.path.realpath(store)
    pictures = os.path.realpath(store.with_suffix(".pictures"))
    if str(target.place) in {real + ending for ending in _STORE_FILES} or target.place.is_relative_to(pictures):
        raise _refusal(target, f"it belongs to the store {store}")


def _try_to_write(folder: Path) -> None:
    """Makes a file and removes it, nameless where the system can do that. Raises OSError."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def _by_identity(inputs: Iterable[Path], store: Path | None) -> dict[_Identity, str]:
    """The inputs and the store by what identifies a file under all its names."""
    files = [(path, f"the input {path}") for path in inputs]
    if store is not None:
        files.append((store, f"the store {store}"))
    names = {}
    for path, name in files:
        with suppress(OSError):
            names[_identity(path.stat())] = name
    return names


def _printed_to() -> set[_Identity]:
    files = set()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            files.add(_identity(os.fstat(stream.fileno())))
    return files


def _identity(file: os.stat_result) -> _Identity:
    return file.st_dev, file.st_ino


def _refusal(target: Target, why: str) -> OutputError:
    return OutputError(f"{target.path} cannot be written: {why}; name another with {target.option}")
