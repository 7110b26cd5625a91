"""What commands write on standard error: lines as they are, or each as a record of JSON."""

from __future__ import annotations

import io
import logging
import sys

from extractor import logs

_logger = logging.getLogger("extractor.cli")
_FRAME = " │╭╮╰╯─"
"""What typer draws around errors of usage."""


def start_logs(verbosity: int, *, as_json: bool) -> None:
    """Shows log records on standard error; `as_json` makes records of all that is printed there, too."""
    if not as_json:
        if verbosity:
            handler = logs.StderrHandler()
            handler.setFormatter(logs.TextFormatter())
            logs.start(verbosity, handler)
        return
    to_stderr = logging.StreamHandler(sys.stderr)
    to_stderr.setFormatter(logs.JsonFormatter())
    logs.start(verbosity, to_stderr)
    logs.log_uncaught()
    _logger.setLevel(min(logging.INFO, _logger.getEffectiveLevel()))
    sys.stderr = _LineLogger()


def print_error(text: str) -> None:
    """Says why the command ends."""
    if isinstance(sys.stderr, _LineLogger):
        _logger.error(text)
    else:
        print(f"error: {text}", file=sys.stderr)


class _LineLogger(io.TextIOBase):
    """Logs each line that is written to it."""

    def __init__(self) -> None:
        self._begun = ""

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: str) -> int:
        """Takes some text; blank lines and frames are left out."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            if words := line.strip(_FRAME):
                _logger.info("%s", words)
        return len(text)
