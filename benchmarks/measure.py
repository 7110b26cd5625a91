"""The cost of a command: wall and CPU seconds of it and of all its processes, and their memory."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.5


class CommandFailedError(Exception):
    """A command ended with an error; the message holds the end of what it printed."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took.

    `memory`: megabytes of all its processes together, at most; `process_memory`: of the largest one; `samples`: of the
    largest one over time, as (seconds since the start, megabytes), every `SAMPLE_SECONDS`.
    """

    wall: float
    cpu: float
    memory: float
    process_memory: float
    samples: tuple[tuple[float, float], ...]


def cost_of(command: Sequence[str], environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Cost:
    """Runs a command to its end. Raises CommandFailedError."""
    before = _cpu_of_children()
    started = time.perf_counter()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            command, stdout=printed, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}, cwd=folder
        )
        samples = []
        cpu_of: dict[int, float] = {}
        while True:
            family = _family(process.pid)
            cpu_of |= dict(_cpu_seconds(family))
            samples.append((time.perf_counter() - started, *_megabytes(family)))
            try:
                process.wait(SAMPLE_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
        wall = time.perf_counter() - started
        if process.returncode:
            printed.seek(0)
            end = printed.read().decode(errors="replace")[-2000:]
            raise CommandFailedError(f"{' '.join(command)} ended with code {process.returncode}:\n{end}")
    largest = tuple((round(seconds, 1), round(one)) for seconds, _, one in samples)
    return Cost(
        wall,
        max(_cpu_of_children() - before, sum(cpu_of.values())),
        max(total for _, total, _ in samples),
        max(one for _, _, one in samples),
        largest,
    )


def _cpu_of_children() -> float:
    """CPU seconds of all processes that have ended below this one; not of those whose parent ended before them."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _family(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _cpu_seconds(family: Sequence[psutil.Process]) -> Iterator[tuple[int, float]]:
    """The CPU seconds of each process so far, by its number."""
    for member in family:
        with suppress(psutil.NoSuchProcess):
            times = member.cpu_times()
            yield member.pid, times.user + times.system


def _megabytes(family: Sequence[psutil.Process]) -> tuple[float, float]:
    """Resident megabytes of processes: together, and of the largest one."""
    sizes = []
    for member in family:
        with suppress(psutil.NoSuchProcess):
            sizes.append(member.memory_info().rss / 2**20)
    return sum(sizes), max(sizes, default=0.0)
