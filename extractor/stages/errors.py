"""The errors that end a command, as against those that cost one row."""

from __future__ import annotations


class ExtractorError(Exception):
    """Something the user can put right. The command line prints the message and exits with `exit_code`."""

    exit_code = 2


LONGEST_LINE = 1_000
"""Characters of a line in a message."""


def shortened(text: str) -> str:
    """The text without the middle of lines longer than `LONGEST_LINE`, as a cell or a link may have any length."""
    half = LONGEST_LINE // 2
    lines = text.split("\n")
    return "\n".join(line if len(line) <= LONGEST_LINE else f"{line[:half]} ... {line[-half:]}" for line in lines)
