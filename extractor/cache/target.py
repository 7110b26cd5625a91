"""The files that commands write: checked before the work, then written whole.

A file whose name ends in `.gz` is written compressed, as such files are read.
"""

from __future__ import annotations

import gzip
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from extractor.cache.files import replacing
from extractor.cache.store_files import is_of_store
from extractor.stages.errors import ExtractorError

_STANDARD_OUTPUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


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
    for target in targets:
        with _explained(target):
            _check_file(target)
            if target.place in places:
                raise _refusal(target, "another output of this command goes there")
            if not target.place.parent.is_dir():
                raise _refusal(target, f"the folder {target.place.parent} does not exist")
            _check_not_of_store(target, store)
            _try_to_write(target.place.parent)
            places.add(target.place)
    _check_apart(targets, inputs, store)


def check_folder(
    folder: Path, option: str, *, files: Sequence[str] = (), inputs: Iterable[Path] = (), store: Path | None = None
) -> None:
    """Raises OutputError unless `folder` can be made, or is there, and written in.

    Nor may one of the `files` that are to be written in it be an input.
    """
    target = Target(folder, option)
    with _explained(target):
        status = _status(target)
        if status is not None and not stat.S_ISDIR(status.st_mode):
            raise _refusal(target, "it is not a folder")
        _check_not_of_store(target, store)
        _try_to_write(next(one for one in (target.place, *target.place.parents) if one.exists()))
    written = [Target(folder / name, option) for name in files]
    for one in written:
        with _explained(one):
            _check_file(one)
    _check_apart(written, inputs)


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


@contextmanager
def _explained(target: Target) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _refusal(target, str(error)) from error


def _status(target: Target) -> os.stat_result | None:
    if str(target.path) in _STANDARD_OUTPUT:
        raise _refusal(target, "it is standard output, and this command writes files")
    if target.plain and target.compressed:
        raise _refusal(target, "it is not read where it is compressed, so the name may not end in .gz")
    try:
        return target.place.stat()
    except FileNotFoundError:
        return None


def _check_file(target: Target) -> None:
    status = _status(target)
    if status is None:
        return
    if stat.S_ISDIR(status.st_mode):
        raise _refusal(target, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise _refusal(target, "it is not a plain file")
    if not os.access(target.place, os.W_OK):
        raise _refusal(target, "it is there and may not be changed")


def _check_apart(targets: Iterable[Target], inputs: Iterable[Path], store: Path | None = None) -> None:
    """Raises OutputError where a target is in use already, under whatever name."""
    there = {_identity(target.place): target for target in targets if target.place.exists()}
    if not there:
        return
    in_use: list[tuple[Path | int, str]] = [(output, "what this command prints goes there") for output in (1, 2)]
    if store is not None:
        in_use.append((store, f"it is the store {store}"))
    for file, why in chain(in_use, ((path, f"it is the input {path}") for path in inputs)):
        with suppress(OSError):
            if target := there.get(_identity(file)):
                raise _refusal(target, why)


def _check_not_of_store(target: Target, store: Path | None) -> None:
    if store is not None and is_of_store(target.place, store):
        raise _refusal(target, f"it belongs to the store {store}")


def _try_to_write(folder: Path) -> None:
    """Makes a file and removes it, nameless where the system can do that. Raises OSError."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def _identity(file: Path | int) -> tuple[int, int]:
    """What a file, or an open one by its number, has in common with its other names. Raises OSError."""
    status = os.stat(file)  # noqa: PTH116 - a Path has no number
    return status.st_dev, status.st_ino


def _refusal(target: Target, why: str) -> OutputError:
    return OutputError(f"{target.path} cannot be written: {why}; name another with {target.option}")
