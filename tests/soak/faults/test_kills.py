"""Runs killed at random: the main process, a worker, all at once. Each goes on to the same bytes."""

import os
import random
import signal
import time
from collections import Counter
from itertools import cycle
from pathlib import Path

import pytest
from broken_runs import check_whole_or_absent
from picture_server import PictureServer
from soak_size import size
from stopped_run import PICTURES, StoppableRun, wait_until_none_is_alive, workers_of

KILLS = size(short=4, long=70)
KILLS_OF_A_JOB = 6
MAIN, WORKER, ALL = "main process", "worker", "all at once"


def wait_for_a_random_moment(run, process, chance):
    """While it starts, while it reads, or at its end."""
    place = chance.random()
    if place < 0.15:
        time.sleep(chance.uniform(0, 1.0))
        return
    reads = PICTURES if place > 0.9 else len(run.reads()) + chance.randint(0, 4)
    run.wait_for_reads(reads, process)
    time.sleep(chance.uniform(0, 0.3 if place > 0.9 else 0.05))


def kill(process, whom, chance):
    """Whether something was killed."""
    try:
        if whom == WORKER:
            os.kill(chance.choice(workers_of(process)), signal.SIGKILL)
        elif whom == MAIN:
            os.kill(process.pid, signal.SIGKILL)
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return False
    return True


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for workers in /proc")
@pytest.mark.parametrize("of_pictures", ["in files", "on the web"])
def test_killed_at_random_it_goes_on_to_the_same_bytes(tmp_path, unbroken, of_pictures):
    with PictureServer() as server:
        kill_runs(tmp_path, unbroken, server if of_pictures == "on the web" else None)


def kill_runs(folder, unbroken, server):
    chance = random.Random(5)
    whose = cycle(([WORKER, MAIN], [ALL], [MAIN], [WORKER, WORKER, ALL]))
    kills, jobs, twice = Counter(), 0, 0
    while kills.total() < KILLS:
        run = StoppableRun(folder / str(jobs), server)
        jobs += 1
        done = False
        while not done and sum(kills.values()) < KILLS and kills.total() < jobs * KILLS_OF_A_JOB:
            process = run.start(FAKE_OCR_SECONDS="0.1")
            wait_for_a_random_moment(run, process, chance)
            for whom in next(whose):
                kills[whom] += process.poll() is None and kill(process, whom, chance)
                time.sleep(chance.uniform(0, 0.3))
            done = process.wait(60) == 0
            process.communicate()
            wait_until_none_is_alive(process.pid)
            check_whole_or_absent(run, unbroken)
        run.finish()
        assert run.output() == unbroken
        assert set(run.reads()) == {str(200 + number) for number in range(PICTURES)}
        twice += len(run.reads()) - PICTURES
    print(f"{kills.total()} kills ({dict(kills)}) in {jobs} runs, all ended with the same bytes; {twice} readings lost")
