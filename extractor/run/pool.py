"""A pool of worker processes for one event loop: a job that kills its process costs no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from extractor.api.processes import (
    Announce,
    ProcessLimits,
    WorkerDiedError,
    WorkerProcess,
    WorkersAbortedError,
    end_all,
)

JobT = TypeVar("JobT")
ResultT = TypeVar("ResultT")


class WorkerPool(Generic[JobT, ResultT]):
    """Up to `size` processes that do jobs (see `WorkerProcess`); an async context manager."""

    def __init__(
        self, make: Callable[[Any, Announce], Any], settings: object, size: int, limits: ProcessLimits
    ) -> None:
        self._limits = limits
        self._workers = [WorkerProcess[JobT, ResultT](make, settings, limits) for _ in range(size)]
        # Last in, first out: with few jobs few processes are started.
        self._idle: asyncio.LifoQueue[WorkerProcess[JobT, ResultT]] = asyncio.LifoQueue()
        for worker in self._workers:
            self._idle.put_nowait(worker)
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="worker")
        self._deaths = 0

    async def __aenter__(self) -> WorkerPool[JobT, ResultT]:
        return self

    async def __aexit__(self, *error: object) -> None:
        end_all(self._workers)
        self._threads.shutdown()

    async def do(self, job: JobT, *, alone: bool = False) -> ResultT:
        """The result of a job; waits for a free worker.

        Raises WorkerDiedError and WorkerTimeoutError, and WorkersAbortedError when workers die of any job. A death with
        `alone`, when no other job runs, is not counted.
        """
        worker = await self._idle.get()
        try:
            result = await asyncio.get_running_loop().run_in_executor(self._threads, worker.do, job)
        except WorkerDiedError as error:
            if not alone:
                self._count_death(error)
            raise
        finally:
            self._idle.put_nowait(worker)
        self._deaths = 0
        return result

    def _count_death(self, error: WorkerDiedError) -> None:
        self._deaths += 1
        if self._deaths >= self._limits.deaths + len(self._workers):
            raise WorkersAbortedError(
                f"{self._deaths} worker processes in a row died ({error}); if they ran out of memory, use "
                "fewer --workers. What was done is kept: run again to go on"
            ) from error
