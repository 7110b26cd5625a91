"""The main function of a worker process, and what it tells the process that started it."""

from __future__ import annotations

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from extractor.api.process_logs import Levels, send_records
from extractor.stages.errors import ExtractorError
from extractor.stages.reason import Announce, PictureUnusableError

_M_MMAP_THRESHOLD, _LARGE_BLOCK = -3, 6_000_000
"""glibc's name of the setting, and its value in bytes; with smaller blocks reading takes longer."""
_ORPHAN_SECONDS = 30.0

logger = logging.getLogger(__name__)


class Message(Enum):
    """What a process tells: the stage of its job, what came of it, the error that did, or a log record."""

    STAGE = auto()
    DONE = auto()
    RAISED = auto()
    LOGGED = auto()


class WorkersAbortedError(ExtractorError):
    """No worker can do any job; the message says why."""

    exit_code = 1


def serve(connection: Connection, make: Callable[[Any, Announce], Any], settings: object, at: Levels) -> None:
    """Main function of a worker process: answers each job with its result.

    Ends when it is told to, and after its job when the main process has been killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _return_large_blocks()
    threading.Thread(target=_end_soon_after_parent, daemon=True).start()
    one_at_a_time = threading.Lock()  # engines may log from threads of their own

    def tell(kind: Message, content: object) -> None:
        with one_at_a_time:
            connection.send((kind, content))

    send_records(partial(tell, Message.LOGGED), at)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            with make(settings, partial(tell, Message.STAGE)) as do:
                tell(Message.DONE, None)
                while (job := connection.recv()) is not None:
                    try:
                        tell(Message.DONE, do(job))
                    except PictureUnusableError as error:
                        tell(Message.RAISED, error)
        except ExtractorError as error:
            tell(Message.RAISED, WorkersAbortedError(str(error)))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except Exception:
            logger.exception("a worker process ends by an error")
            sys.exit(1)


def _return_large_blocks() -> None:
    """Has glibc give the memory of large pictures back: by default it keeps what a process has ever used."""
    with suppress(OSError, AttributeError, TypeError):  # other systems have another libc
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)


def _end_soon_after_parent() -> None:
    """Ends this process if it hangs in a job that nobody waits for any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        time.sleep(_ORPHAN_SECONDS)
        os._exit(1)
