import multiprocessing
import os
import time
from contextlib import contextmanager
from itertools import count

import pytest

from extractor.api.processes import ProcessLimits, WorkerProcess, WorkerTimeoutError, end_all

LARGE = bytes(1_000_000)
"""More than a pipe holds."""


@contextmanager
def stuck(settings, announce):
    time.sleep(600)
    yield


@contextmanager
def telling_its_number(settings, announce):
    yield lambda job: os.getpid()


@contextmanager
def slow(settings, announce):
    def do(job):
        time.sleep(1.5)
        return job

    yield do


def test_a_process_that_died_between_jobs_costs_none():
    process = WorkerProcess(telling_its_number, None, ProcessLimits())
    first = process.do("a job")
    (child,) = multiprocessing.active_children()
    child.kill()
    child.join()
    assert process.do("another") != first
    end_all([process])


@pytest.mark.parametrize("job", [b"", LARGE], ids=["small", "large"])
def test_a_process_that_is_never_ready_is_ended(job):
    process = WorkerProcess(stuck, None, ProcessLimits(start_seconds=1.0))
    with pytest.raises(WorkerTimeoutError, match="at its beginning"):
        process.do(job)
    end_all([process])


def test_a_clock_that_leaps_ends_no_process(monkeypatch):
    """As it does when a machine slept or a run was halted: nothing was done in that time."""
    process = WorkerProcess(slow, None, ProcessLimits())
    process.start()
    leaps = count(time.monotonic(), 1000)
    monkeypatch.setattr(time, "monotonic", lambda: next(leaps))
    assert process.do("a job") == "a job"
    end_all([process])
