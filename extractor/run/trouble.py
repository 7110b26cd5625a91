"""What comes of pictures that take too long or kill their process, and when a run is given up: here, on a cluster."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence

from extractor.api.process_main import WorkersAbortedError
from extractor.api.processes import ProcessLimits, WorkerDiedError
from extractor.api.readers import ReaderError
from extractor.run.result import PictureResult
from extractor.stages.answer import Answer
from extractor.stages.ask import Reply
from extractor.stages.reason import LATE_AFTER_READING, Failure, Reason

FAILURES_IN_A_ROW = 8
"""Pictures after which a reader that fails on every one of them is given up."""

logger = logging.getLogger(__name__)


def late_result(entities: Iterable[str], failure: Failure, in_time: Mapping[str, Answer]) -> PictureResult:
    """The answers made in time, and empty ones. Only a picture whose text was never read has failed as a whole."""
    if failure.reason not in LATE_AFTER_READING:
        return PictureResult(failure=failure)
    return PictureResult(answers=tuple(in_time.get(entity) or _late(entity, failure) for entity in entities))


def fatal_result(error: WorkerDiedError) -> PictureResult:
    """That of a picture whose process died twice."""
    return PictureResult(failure=Failure(Reason.OCR_CRASHED, f"reading this picture failed twice: {error}"))


class WorkerDeaths:
    """Counts the worker processes that died one after the other."""

    def __init__(self, limits: ProcessLimits, workers: int) -> None:
        self._fatal = limits.deaths + workers
        self._in_a_row = 0

    def survived(self) -> None:
        """A picture was done."""
        self._in_a_row = 0

    def died(self, error: WorkerDiedError) -> None:
        """A picture was not. Raises WorkersAbortedError when too many were not."""
        self._in_a_row += 1
        logger.info("a worker process died: %s", error)
        if self._in_a_row >= self._fatal:
            raise WorkersAbortedError(
                f"{self._in_a_row} worker processes in a row died ({error}); if they ran out of memory, use "
                "fewer --workers. What was done is kept: run again to go on"
            ) from error


class ReaderFailures:
    """Counts the pictures that a reader failed on one after the other."""

    def __init__(self) -> None:
        self._in_a_row = 0

    def heard(self, replies: Sequence[Reply]) -> None:
        """What it said about a picture. Raises ReaderError when it failed on too many."""
        failure = next((reply.answer for reply in replies if isinstance(reply.answer, Failure)), None)
        self._in_a_row = 0 if failure is None else self._in_a_row + 1
        if failure is not None and self._in_a_row >= FAILURES_IN_A_ROW:
            raise ReaderError(
                f"the reader failed on {self._in_a_row} pictures in a row ({failure.detail}); its earlier answers are "
                "kept: run again to go on, or use --vlm none"
            )


def _late(entity: str, failure: Failure) -> Answer:
    return Answer(entity, None, failure.reason, 0.0, detail=failure.detail)
