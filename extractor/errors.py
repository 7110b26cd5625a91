"""The errors that end a command, as against those that cost one row."""

from __future__ import annotations

import sys
from collections.abc import Callable


class ExtractorError(Exception):
    """Something the user can put right. The command line prints the message and exits with `exit_code`."""

    exit_code = 2


def run_explained(command: Callable[[], object]) -> None:
    """Runs a command; an error that the user can put right ends the program with its message and exit code."""
    try:
        command()
    except ExtractorError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
