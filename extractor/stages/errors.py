"""The errors that end a command, as against those that cost one row."""

from __future__ import annotations


class ExtractorError(Exception):
    """Something the user can put right. The command line prints the message and exits with `exit_code`."""

    exit_code = 2
