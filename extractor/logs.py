"""Log records as lines of text or of JSON, without secrets. Programs write them; the library only logs.

A line of JSON has `time` (ISO 8601, UTC), `level`, `logger`, `message`, the extra fields of the record, and `exception`
(the traceback) where there is one.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from datetime import UTC, datetime
from typing import Any, TextIO

PACKAGES = ("extractor", "ocr", "rules", "vlm")
"""Loggers whose level the user sets; other packages' records are shown from WARNING on."""
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_SECRETS = re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://)(?:[^\s/?#]*@)?([^\s?#'\"<>]*)(?:[?#][^\s'\"<>]*)?", re.IGNORECASE)
"""An address: its scheme, of bounded length lest a long text takes long; user and password; host and path; query and
fragment, where signed links carry their key."""
_LEFT_OUT = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
"""What every record has, and the message once more, which uvicorn adds with colours."""


def without_secrets(text: str) -> str:
    """The text with the user, password, query and fragment of each address left out."""
    return _SECRETS.sub(r"\1\2", text)


class TextFormatter(logging.Formatter):
    """A line of text for people, with the traceback below it."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    def format(self, record: logging.LogRecord) -> str:
        """The text of the record."""
        return without_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    """A line of JSON for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of the record, without its end."""
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields |= {name: value for name, value in vars(record).items() if name not in _LEFT_OUT}
        if record.exc_info or record.exc_text:
            fields["exception"] = record.exc_text or self.formatException(record.exc_info)  # type: ignore[arg-type]
        if record.stack_info:
            fields["stack"] = record.stack_info
        return json.dumps(_clean(fields), default=lambda value: without_secrets(str(value)))


class StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at the time of each record: a progress bar takes its place for a while."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Standard error."""
        return sys.stderr


def start(verbosity: int, handler: logging.Handler) -> None:
    """Shows the records of our packages from WARNING on, with `verbosity` 1 from INFO and with 2 from DEBUG on.

    The handler takes the place of an earlier one of this function's.
    """
    root = logging.getLogger()
    for earlier in [one for one in root.handlers if one.get_name() == __name__]:
        root.removeHandler(earlier)
    handler.set_name(__name__)
    root.addHandler(handler)
    for package in PACKAGES:
        logging.getLogger(package).setLevel(_LEVELS[min(verbosity, len(_LEVELS) - 1)])


def is_started() -> bool:
    """Whether `start` has been called."""
    return any(one.get_name() == __name__ for one in logging.getLogger().handlers)


def show_from_info(*names: str) -> None:
    """Shows the records of these loggers from INFO on, whatever the verbosity."""
    for logger in map(logging.getLogger, names):
        logger.setLevel(min(logging.INFO, logger.getEffectiveLevel()))


def log_uncaught() -> None:
    """Logs exceptions that nothing catches, of this thread and of others, in place of printing them."""

    def log(exception: BaseException) -> None:
        logging.getLogger(PACKAGES[0]).critical("%s", exception or type(exception).__name__, exc_info=exception)

    sys.excepthook = lambda _type, exception, _traceback: log(exception)
    threading.excepthook = lambda args: log(args.exc_value or SystemExit())


def _clean(value: Any) -> Any:
    """The value without secrets and, where it is a list or has keys, those in it."""
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {str(key): _clean(one) for key, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list | tuple) else value
