"""How our command lines look and end: plain flags in the help, and errors as one message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, TextIO

from typer.core import TyperCommand, TyperGroup

from extractor.cli.log_output import print_error
from extractor.stages.errors import ExtractorError


class PlainCommand(TyperCommand):
    """A command whose flags take no value in the help, and whose arguments are named without braces."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Arguments and options."""
        return _with_plain_flags(super().get_params(ctx))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The words after the command in the line that shows its use."""
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]


class PlainGroup(TyperGroup):
    """A group of commands whose flags take no value in the help."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Arguments and options."""
        return _with_plain_flags(super().get_params(ctx))


class LostOutputError(ExtractorError):
    """What is printed cannot be written: the disk is full, or the program that reads it has ended (no message then)."""

    exit_code = 1


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        readerless = error.errno == errno.EPIPE
        raise LostOutputError("" if readerless else f"standard output cannot be written: {error}") from error


class _Printed:
    """Standard output that tells its own errors from those of other files."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._stream, name)
        return _told_apart()(attribute) if name in ("write", "flush") else attribute


def run(app: Callable[[], object]) -> None:
    """Runs a command line. Errors that the user can put right are one message and an exit code."""
    with redirect_stderr(sys.stderr):  # so that it is put back when the command has taken its place
        try:
            _check_working_folder()
            with redirect_stdout(sys.stdout and _Printed(sys.stdout)):
                try:
                    app()
                finally:
                    print(end="", flush=True)
        except ExtractorError as error:
            if isinstance(error, LostOutputError):
                _drop_printed()
            if str(error):
                with suppress(OSError):
                    print_error(str(error))
            sys.exit(error.exit_code)


def _with_plain_flags(params: list[Any]) -> list[Any]:
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
    return params


def _check_working_folder() -> None:
    try:
        Path.cwd()
    except OSError as error:
        raise ExtractorError("the current folder has been deleted; go to another one and run again") from error


def _drop_printed() -> None:
    """Sends what could not be written nowhere: the interpreter would try again at its end, and complain."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
