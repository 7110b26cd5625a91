"""What commands write on standard error: lines as they are, or each as a record of JSON."""

from __future__ import annotations

import io
import logging
import sys

from extractor import logs

_logger = logging.getLogger("extractor.cli")
_OF_SERVERS = ("extractor.service", "extractor.web", "uvicorn")
_FRAME = " │╭╮╰╯─"
"""What typer draws around errors of usage."""


def start_logs(verbosity: int, *, as_json: bool) -> None:
    """Shows log records on standard error; `as_json` makes records of all that is printed there, too."""
    if not as_json:
        if verbosity:
            _start_text_logs(verbosity)
        return
    to_stderr = logging.StreamHandler(sys.stderr)
    to_stderr.setFormatter(logs.JsonFormatter())
    logs.start(verbosity, to_stderr)
    logs.log_uncaught()
    logs.show_from_info(_logger.name)
    sys.stderr = _LineLogger()


def start_server_logs() -> None:
    """Shows what a server does, with a line for each request, also where the user wants no other log."""
    if not logs.is_started():
        _start_text_logs(0)
    logs.show_from_info(*_OF_SERVERS)


def print_error(text: str) -> None:
    """Says why the command ends."""
    if isinstance(sys.stderr, _LineLogger):
        _logger.error(text)
    else:
        print(f"error: {text}", file=sys.stderr)


def _start_text_logs(verbosity: int) -> None:
    handler = logs.StderrHandler()
    handler.setFormatter(logs.TextFormatter())
    logs.start(verbosity, handler)


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
