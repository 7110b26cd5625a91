"""The engine processes of the service, and the queue in front of them."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from extractor.api.process_main import WorkersAbortedError
from extractor.api.processes import ProcessLimits, WorkerDiedError, WorkerPool
from extractor.service.metrics import Metrics
from extractor.service.worker import EngineJob, EngineOptions, Reading, engine_process
from extractor.stages.reason import Failure, PictureUnusableError, Reason

_log = logging.getLogger("extractor.service")
_WEIGHT_OF_LAST = 0.1
"""Of the last picture in the running mean of seconds."""


class EnginesBusyError(Exception):
    """No process could read a picture now; another try may succeed. `failure` says why."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.failure = Failure(reason, detail)


class QueueTooLongError(EnginesBusyError):
    """A picture waited too long for a process."""


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """Processes, and the seconds that a picture may wait for one and then take there."""

    workers: int
    seconds: float


class Engines:
    """Reads pictures in processes with an Extractor each. Started by `start`, ended by `close`; for one event loop."""

    def __init__(self, options: EngineOptions, limits: EngineLimits) -> None:
        self.metrics = Metrics(lambda: float(self.waiting))
        self.problem = "the engines are being loaded"
        """Why no picture can be read yet; "" when the engines are warm."""
        self._limits = limits
        self._threads = ThreadPoolExecutor(limits.workers, thread_name_prefix="engine")
        job = ProcessLimits(job_seconds=limits.seconds)
        self._pool = WorkerPool[EngineJob, Reading](engine_process, options, limits.workers, job)
        self._lock = threading.Lock()
        self._waiting = 0
        self._mean_seconds = 1.0

    @property
    def waiting(self) -> int:
        """Pictures that wait for a process."""
        return self._waiting

    @property
    def seconds_to_wait(self) -> float:
        """About how long a picture would wait now."""
        return self._mean_seconds * (1 + self._waiting) / self._limits.workers

    async def start(self) -> None:
        """Has every process load its models, so that the first picture waits for none."""
        loop = asyncio.get_running_loop()
        try:
            await asyncio.gather(
                *(loop.run_in_executor(self._threads, self._pool.start) for _ in range(self._pool.size))
            )
        except (PictureUnusableError, WorkerDiedError, WorkersAbortedError) as error:
            self.problem = f"the engines cannot be loaded: {error}"
            _log.error(self.problem)
        else:
            self.problem = ""
            _log.info("engines are ready", extra={"workers": self._limits.workers})

    async def close(self) -> None:
        """Lets the processes finish their pictures and end."""
        await asyncio.to_thread(self._close)

    async def read(self, data: Callable[[], bytes], entities: tuple[str, ...] | None, group: str = "") -> Reading:
        """The answers on a picture of a product group, "" for none; `data` gives its bytes when it is its turn.

        Raises PictureUnusableError, and EnginesBusyError where another try may succeed.
        """
        try:
            reading = await self._run(data, entities, group)
        except PictureUnusableError as error:
            self.metrics.failed(error.failure.reason)
            raise
        except WorkerDiedError as error:
            self.metrics.failed(Reason.OCR_CRASHED)
            _log.error("an engine process died: %s", error)
            gone = "the process that read this picture died; try again"
            raise EnginesBusyError(Reason.OCR_CRASHED, gone) from error
        except WorkersAbortedError as error:
            raise EnginesBusyError(Reason.OCR_FAILED, str(error)) from error
        self.problem = ""
        self.metrics.read(reading)
        return reading

    async def _run(self, data: Callable[[], bytes], entities: tuple[str, ...] | None, group: str) -> Reading:
        put = time.monotonic()
        self._wait(1)

        def do() -> Reading:
            self._wait(-1)
            waited = time.monotonic() - put
            self.metrics.waited(waited)
            if waited > self._limits.seconds:
                late = f"no process was free within {self._limits.seconds:g} s; try again"
                raise QueueTooLongError(Reason.OCR_TIMED_OUT, late)
            reading = self._pool.do(EngineJob(data(), entities, group))
            self._mean_seconds += _WEIGHT_OF_LAST * (time.monotonic() - put - waited - self._mean_seconds)
            return reading

        future = self._threads.submit(do)
        try:
            return await asyncio.wrap_future(future)
        finally:
            if future.cancelled():
                self._wait(-1)

    def _wait(self, more: int) -> None:
        with self._lock:
            self._waiting += more

    def _close(self) -> None:
        self._pool.__exit__()
        self._threads.shutdown(cancel_futures=True)
