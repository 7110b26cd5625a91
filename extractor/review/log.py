"""The log of a review: a line of JSON for each decision, on the disk before the reviewer sees the next row.

Nothing in it is ever changed: an undo is a line too. A line that a crash tore was never confirmed and is dropped. One
process at a time writes a log.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from extractor.cache.lock import locked
from extractor.cache.target import OutputError
from extractor.review.decisions import Action, Decision
from extractor.tables.csv_file import InputError

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class DecisionLog(AbstractContextManager["DecisionLog"]):
    """An open log. Its methods may be called by several threads."""

    def __init__(self, path: Path) -> None:
        """Opens the log at `path`, made if it does not exist.

        Raises OutputError, also where another process has it open, and InputError where it is no log.
        """
        self.path = path
        self._lock = threading.Lock()
        try:
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error}; name another file with --log") from error
        try:
            _take_alone(self._file, "name another file with --log")
            self._standing, whole = _read(path)
            self._file.truncate(whole)
        except BaseException:
            self._file.close()
            raise

    def __exit__(self, *error: object) -> None:
        self._file.close()

    @property
    def standing(self) -> list[Decision]:
        """The decisions that have not been taken back, the oldest first; the last one on a row counts."""
        with self._lock:
            return list(self._standing)

    def append(self, decision: Decision) -> None:
        """Adds a decision; it is on the disk when this returns. Raises OutputError where it cannot be written."""
        with self._lock:
            whole = self._file.seek(0, os.SEEK_END)
            try:
                self._write(_adapter().dump_json(decision) + b"\n")
            except OSError as error:
                self._file.truncate(whole)
                raise OutputError(f"{self.path} cannot be written: {error}") from error
            _apply(decision, self._standing)

    def _write(self, line: bytes) -> None:
        written = 0
        while written < len(line):
            written += self._file.write(line[written:]) or 0
        os.fsync(self._file.fileno())


def check_closed(path: Path) -> None:
    """Raises OutputError where a review has the log at `path` open: its decisions would go to a file without a name."""
    with suppress(OSError), path.open("rb") as file:
        _take_alone(file, "name another file with --out")


def read_decisions(path: Path) -> dict[str, Decision]:
    """The decision that stands for each index, in the order of the log. Raises InputError."""
    return {one.index: one for one in _read(path)[0]}


def log_lines(decisions: Iterable[Decision]) -> Iterable[bytes]:
    """The lines of a log."""
    return (_adapter().dump_json(one) + b"\n" for one in decisions)


def _take_alone(file: IO[bytes], advice: str) -> None:
    if not locked(file):
        raise OutputError(f"{file.name} is open in another review; end that one, or {advice}")


def _read(path: Path) -> tuple[list[Decision], int]:
    """The decisions that stand, and the bytes of all whole lines."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    whole = data.rfind(b"\n") + 1
    standing: list[Decision] = []
    for number, line in enumerate(data[:whole].splitlines(), start=1):
        try:
            _apply(_adapter().validate_json(line), standing)
        except ValueError as error:
            raise InputError(f"{path}, line {number}: not a line of a review's log: {error}") from error
    return standing, whole


def _apply(decision: Decision, standing: list[Decision]) -> None:
    if decision.action is not Action.UNDO:
        standing.append(decision)
        return
    for place in reversed(range(len(standing))):
        if standing[place].index == decision.index:
            del standing[place]
            return


@cache
def _adapter() -> TypeAdapter[Decision]:
    from pydantic import TypeAdapter

    return TypeAdapter(Decision)
