"""Log records of worker processes: sent to the main process, which logs them as its own."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress

Levels = Mapping[str, int]
"""Levels by the name of the logger, as set in the main process; "" is the root."""


def levels() -> Levels:
    """The levels that are set in this process."""
    loggers = {name: one for name, one in logging.root.manager.loggerDict.items() if isinstance(one, logging.Logger)}
    return {"": logging.root.level} | {name: one.level for name, one in loggers.items() if one.level}


def send_records(send: Callable[[logging.LogRecord], None], at: Levels) -> None:
    """From now on the records of this process are sent, those of the levels `at`."""
    for name, level in at.items():
        logging.getLogger(name).setLevel(level)
    logging.root.addHandler(_SendingHandler(send))


def log_here(record: logging.LogRecord) -> None:
    """Logs a record that another process sent."""
    logger = logging.getLogger(record.name)
    if logger.isEnabledFor(record.levelno):
        logger.handle(record)


class _SendingHandler(logging.Handler):
    def __init__(self, send: Callable[[logging.LogRecord], None]) -> None:
        super().__init__()
        self._send = send

    def emit(self, record: logging.LogRecord) -> None:
        sent = copy.copy(record)
        try:
            # Arguments and tracebacks may be of types that do not travel; their texts do.
            sent.msg, sent.args = record.getMessage(), None
            if record.exc_info:
                sent.exc_text, sent.exc_info = logging.Formatter().formatException(record.exc_info), None
            with suppress(OSError):  # the main process is gone
                self._send(sent)
        except Exception:
            self.handleError(record)
