"""A pool of worker processes that one bad picture cannot take down.

Every worker has a pipe of its own and one job at a time. So when a process dies (a crash in native code,
killed for its memory) it is known which picture it had, and only that one is affected. Processes are
started when there is work for them and replaced after a number of jobs, because OCR run times tend to
keep growing.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Lock

from extractor.run.reader import END, Abort, Job, ReaderSettings, Reading, Stage, serve
from extractor.stages.errors import ExtractorError

_SPAWN = multiprocessing.get_context("spawn")
_END_SECONDS = 5.0


class WorkerDiedError(Exception):
    """The process died while it had the job."""


class WorkerTimeoutError(Exception):
    """The job took longer than allowed; its process was killed at `stage`."""

    def __init__(self, stage: Stage, seconds: float) -> None:
        super().__init__(f"the picture took longer than {seconds:.0f} s, and was stopped at {stage}")
        self.stage = stage


class WorkersAbortedError(ExtractorError):
    """No worker can do any job; the message says why."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """What a worker may take, and when to give up.

    A job may take `job_seconds`; a process is replaced after `jobs_per_process`; the pool gives up when
    `deaths` more processes than it has places have died in a row.
    """

    job_seconds: float = 180.0
    jobs_per_process: int = 200
    deaths: int = 8


class WorkerPool:
    """Up to `size` processes that do jobs; an async context manager, for one event loop."""

    def __init__(self, settings: ReaderSettings, size: int, limits: PoolLimits) -> None:
        self._limits = limits
        self._workers = [_Worker(settings, limits) for _ in range(size)]
        # Last in, first out: with few jobs few processes are started.
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        for worker in self._workers:
            self._idle.put_nowait(worker)
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="worker")
        self._deaths = 0

    async def __aenter__(self) -> WorkerPool:
        return self

    async def __aexit__(self, *error: object) -> None:
        for worker in self._workers:
            worker.hang_up()
        deadline = time.monotonic() + _END_SECONDS
        for worker in self._workers:
            worker.wait(deadline)
        self._threads.shutdown()

    async def do(self, job: Job, *, alone: bool = False) -> Reading:
        """The reading of one picture; waits for a free worker.

        Raises WorkerDiedError and WorkerTimeoutError, and WorkersAbortedError when workers die whatever
        they are given. A death with `alone`, when no other job runs, says nothing about the others.
        """
        worker = await self._idle.get()
        try:
            reading = await asyncio.get_running_loop().run_in_executor(self._threads, worker.do, job)
        except WorkerDiedError as error:
            if not alone:
                self._count_death(error)
            raise
        finally:
            self._idle.put_nowait(worker)
        self._deaths = 0
        return reading

    def _count_death(self, error: WorkerDiedError) -> None:
        self._deaths += 1
        if self._deaths >= self._limits.deaths + len(self._workers):
            raise WorkersAbortedError(
                f"{self._deaths} worker processes in a row died ({error}); if they ran out of memory, use "
                "fewer --workers. What was done is kept: run again to go on"
            ) from error


class _Worker:
    """One place in the pool: a process and its pipe, started anew when needed. Used by one thread a time."""

    def __init__(self, settings: ReaderSettings, limits: PoolLimits) -> None:
        self._settings = settings
        self._limits = limits
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._jobs = 0
        self._closed = False
        self._lock = Lock()

    def do(self, job: Job) -> Reading:
        try:
            pipe = self._handed(job)
            reply = self._reply(pipe)
        except (EOFError, OSError) as error:
            raise WorkerDiedError(self._epitaph()) from error
        if isinstance(reply, Abort):
            self._stop(kill=False)
            raise WorkersAbortedError(reply.message)
        assert isinstance(reply, Reading)
        self._jobs += 1
        if self._jobs >= self._limits.jobs_per_process:
            self._stop(kill=False)
        return reply

    def _reply(self, pipe: Connection) -> object:
        deadline = time.monotonic() + self._limits.job_seconds
        stage = Stage.READ
        while pipe.poll(max(0.0, deadline - time.monotonic())):
            reply = pipe.recv()
            if not isinstance(reply, Stage):
                return reply
            stage = reply
        self._stop(kill=True)
        raise WorkerTimeoutError(stage, self._limits.job_seconds)

    def hang_up(self) -> None:
        """Tells the process to end once it has finished its job; another thread may be waiting in `do`."""
        with self._lock:
            self._closed = True
            if self._pipe is not None:
                _tell_to_end(self._pipe)

    def wait(self, deadline: float) -> None:
        """Waits until a process that was hung up on has ended; kills it at `deadline` (monotonic time)."""
        with self._lock:
            process = self._process
        if process is not None:
            _wait_for_end(process, deadline)

    def _handed(self, job: Job) -> Connection:
        """The pipe on which the answer will come."""
        with self._lock:
            if self._closed:
                raise WorkerDiedError("the pool is closed")
            if self._pipe is None:
                self._start()
            assert self._pipe is not None
            self._pipe.send(job)
            return self._pipe

    def _start(self) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=serve, args=(theirs, self._settings), daemon=True)
        with _interrupts_blocked():
            self._process.start()
        theirs.close()
        self._jobs = 0

    def _epitaph(self) -> str:
        process = self._process
        self._stop(kill=False)
        if process is None or process.exitcode is None:
            return "the process could not be reached"
        if process.exitcode < 0:
            return f"the process was ended by {signal.Signals(-process.exitcode).name}"
        return f"the process ended with code {process.exitcode}"

    def _stop(self, *, kill: bool) -> None:
        with self._lock:
            process, pipe = self._process, self._pipe
            self._process = self._pipe = None
        if process is None or pipe is None:
            return
        if kill:
            process.kill()
        else:
            _tell_to_end(pipe)
        _wait_for_end(process, time.monotonic() + _END_SECONDS)
        pipe.close()


def _tell_to_end(pipe: Connection) -> None:
    with suppress(OSError):
        pipe.send(END)


def _wait_for_end(process: BaseProcess, deadline: float) -> None:
    process.join(max(0.0, deadline - time.monotonic()))
    if process.exitcode is None:
        process.kill()
        process.join()


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Ctrl-C goes to the whole process group. A process started in here never notices: its first moments,
    before it can say that it ignores interrupts, would otherwise print a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
