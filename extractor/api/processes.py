"""Worker processes, and a pool of them, that one bad picture cannot take down with their caller.

Every process has a pipe of its own and one job at a time. So when it dies (a crash in native code, killed for its
memory) it is known which job it had. Processes are started when there is work for them and replaced after a number of
jobs, because engines of others may keep growing; the memory of ours stays as it is.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from extractor.api.process_logs import levels, log_here
from extractor.api.process_main import Message, serve
from extractor.stages.reason import Announce, Failure, PictureUnusableError, Reason, Stage

_SPAWN = multiprocessing.get_context("spawn")
_LATE = {Stage.SELECT: Reason.RULES_TIMED_OUT, Stage.UPSCALED_PASS: Reason.UPSCALED_PASS_TIMED_OUT}
"""Why there are no answers, by the stage that took too long; OCR otherwise."""
_END_SECONDS = 5.0
_STEP_SECONDS = 1.0
"""The most that a time without news takes off a limit at once: while a machine sleeps, or a run is halted, the process
gets nothing done."""

JobT = TypeVar("JobT")
ResultT = TypeVar("ResultT")


class WorkerDiedError(Exception):
    """The process died while it had the job."""


class WorkerTimeoutError(PictureUnusableError):
    """The job took longer than allowed and its process was killed; `stage` is the last that it announced."""

    def __init__(self, stage: Stage, seconds: float) -> None:
        detail = f"the picture took longer than {seconds:.0f} s, and was stopped at {stage}"
        super().__init__(Failure(_LATE.get(stage, Reason.OCR_TIMED_OUT), detail))


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """What a worker process may take.

    A process may take `start_seconds` until it is ready, and `job_seconds` for a job; it is replaced after
    `jobs_per_process`; a run gives up when `deaths` more processes than it has workers have died in a row.
    """

    start_seconds: float = 180.0
    job_seconds: float = 180.0
    jobs_per_process: int = 5000
    deaths: int = 8


class WorkerProcess(Generic[JobT, ResultT]):
    """A process that does jobs of one kind, started anew when needed. Used by one thread at a time.

    In the process `make(settings, announce)` gives a context manager around the function that does a job. All must be
    picklable: functions of modules, and values.
    """

    def __init__(self, make: Callable[[Any, Announce], Any], settings: object, limits: ProcessLimits) -> None:
        self._make = make
        self._settings = settings
        self._limits = limits
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._jobs = 0
        self._closed = False
        self._lock = threading.Lock()

    def do(self, job: JobT) -> ResultT:
        """The result of a job.

        Raises WorkerDiedError, PictureUnusableError (WorkerTimeoutError is one) and WorkersAbortedError.
        """
        self.start()  # only a process that is ready takes a job larger than its pipe
        try:
            result: ResultT = self._reply(self._send(job), self._limits.job_seconds)
        except (EOFError, OSError) as error:
            raise WorkerDiedError(self._epitaph()) from error
        self._jobs += 1
        if self._jobs >= self._limits.jobs_per_process:
            self._stop(kill=False)
        return result

    def start(self) -> None:
        """Has a process ready, unless there is one. Raises as `do` does.

        One that died while it had nothing to do is replaced, and costs no job.
        """
        try:
            if self._process is not None and self._process.exitcode is not None:
                self._stop(kill=False)
            if self._pipe is None:
                self._reply(self._start(), self._limits.start_seconds)
        except (EOFError, OSError) as error:
            raise WorkerDiedError(self._epitaph()) from error

    def hang_up(self) -> None:
        """Tells the process to end once it has finished its job; another thread may be waiting in `do`."""
        with self._lock:
            self._closed = True
            if self._pipe is not None:
                with suppress(OSError):
                    self._pipe.send(None)

    def wait(self, deadline: float) -> None:
        """Waits until a process that was hung up on has ended; kills it at `deadline` (monotonic time)."""
        process = self._process
        if process is not None:
            _wait_for_end(process, deadline)

    def _start(self) -> Connection:
        """The pipe of a new process, on which it says when it is ready."""
        with self._lock:
            self._check_open()
            self._pipe, theirs = _SPAWN.Pipe()
            self._process = _SPAWN.Process(
                target=serve, args=(theirs, self._make, self._settings, levels()), daemon=True
            )
            with _interrupts_blocked():
                self._process.start()
            theirs.close()
            self._jobs = 0
            return self._pipe

    def _send(self, job: JobT) -> Connection:
        """The pipe on which the result will come."""
        with self._lock:
            self._check_open()
            assert self._pipe is not None
            self._pipe.send(job)
            return self._pipe

    def _check_open(self) -> None:
        if self._closed:
            raise WorkerDiedError("the pool is closed")

    def _reply(self, pipe: Connection, seconds: float) -> Any:
        stage, left = Stage.START, seconds
        while left > 0:
            step = min(left, _STEP_SECONDS)
            begun = time.monotonic()
            if not pipe.poll(step):
                left -= step
                continue
            left -= min(step, time.monotonic() - begun)
            kind, content = pipe.recv()
            if kind is Message.DONE:
                return content
            if kind is Message.RAISED:
                raise content
            if kind is Message.LOGGED:
                log_here(content)
                continue
            stage = content
        self._stop(kill=True)
        raise WorkerTimeoutError(stage, seconds)

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
        pipe.close()  # it ends by itself when there is nobody to tell
        _wait_for_end(process, time.monotonic() + _END_SECONDS)


class WorkerPool(Generic[JobT, ResultT]):
    """`size` processes that do jobs for as many threads (see `WorkerProcess`); a context manager."""

    def __init__(
        self, make: Callable[[Any, Announce], Any], settings: object, size: int, limits: ProcessLimits
    ) -> None:
        self.size = size
        self._workers = [WorkerProcess[JobT, ResultT](make, settings, limits) for _ in range(size)]
        # Last in, first out: with few jobs few processes are started.
        self._idle: queue.LifoQueue[WorkerProcess[JobT, ResultT]] = queue.LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def __enter__(self) -> WorkerPool[JobT, ResultT]:
        return self

    def __exit__(self, *error: object) -> None:
        end_all(self._workers)

    def do(self, job: JobT) -> ResultT:
        """The result of a job; waits for a free process. Raises as `WorkerProcess.do` does."""
        with self._free_worker() as worker:
            return worker.do(job)

    def start(self) -> None:
        """Has a free process ready: called in as many threads as there are processes, all. Raises as `do` does."""
        with self._free_worker() as worker:
            worker.start()

    @contextmanager
    def _free_worker(self) -> Iterator[WorkerProcess[JobT, ResultT]]:
        worker = self._idle.get()
        try:
            yield worker
        finally:
            self._idle.put(worker)


def cpu_count() -> int:
    """The CPUs that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # there is none on macOS and Windows
        return os.cpu_count() or 1


def end_all(workers: list[WorkerProcess[JobT, ResultT]]) -> None:
    """Lets every process finish its job and end; kills those that take too long."""
    for worker in workers:
        worker.hang_up()
    deadline = time.monotonic() + _END_SECONDS
    for worker in workers:
        worker.wait(deadline)


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
