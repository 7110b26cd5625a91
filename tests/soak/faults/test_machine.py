"""A machine whose memory runs out, whose clocks jump, and that sleeps: gone on from to the same bytes."""

import json
import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest
from broken_runs import check_whole_or_absent
from fake_engines import HUNGRY, HUNGRY_BYTES, picture_bytes
from soak_size import size
from stopped_run import StoppableRun, workers_of

JUMPS = size(short=1, long=5)
HALTS = size(short=1, long=5)
CLOCK = Path(__file__).parents[1] / "support" / "jumping_clock"
PAGE = os.sysconf("SC_PAGESIZE")


def kill_the_hungry(process, killed):
    """What the kernel does where memory is short: ends what takes most of it."""
    while process.poll() is None:
        for worker in workers_of(process):
            try:
                taken = int(Path(f"/proc/{worker}/statm").read_text().split()[1]) * PAGE
                if taken > HUNGRY_BYTES:
                    os.kill(worker, signal.SIGKILL)
                    killed.append(worker)
            except (FileNotFoundError, ProcessLookupError):
                continue
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for workers in /proc")
def test_a_worker_killed_for_its_memory_costs_its_picture_until_there_is_room(tmp_path, unbroken):
    run = StoppableRun(tmp_path / "run")
    (run.folder / "7.png").write_bytes(picture_bytes(207, HUNGRY))
    process, killed = run.start(), []
    kernel = threading.Thread(target=kill_the_hungry, args=(process, killed))
    kernel.start()
    _, errors = process.communicate(timeout=120)
    kernel.join()
    assert (process.returncode, errors) == (0, "")
    assert len(set(killed)) == 2
    trace = [json.loads(line) for line in (run.folder / "in_out_trace.jsonl").read_bytes().splitlines()]
    assert [row["index"] for row in trace if row["reason"] == "ocr_crashed"] == ["14", "15"]
    check_whole_or_absent(run, unbroken)
    _, errors = run.start(FAKE_OCR_ROOM="1").communicate(timeout=120)
    assert errors == ""
    assert run.output() == unbroken


def test_clocks_that_jump_change_nothing(tmp_path, unbroken):
    for turn in range(JUMPS):
        run = StoppableRun(tmp_path / str(turn))
        path = run.environment()["PYTHONPATH"]
        process = run.start(PYTHONPATH=f"{CLOCK}{os.pathsep}{path}")
        _, errors = process.communicate(timeout=300)
        assert (process.returncode, errors) == (0, "")
        assert run.output() == unbroken
    print(f"{JUMPS} runs under clocks that jump, all with the same bytes")


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be halted here")
def test_a_machine_that_sleeps_changes_nothing(tmp_path, unbroken):
    run, chance = StoppableRun(tmp_path / "run"), random.Random(3)
    process = run.start(FAKE_OCR_SECONDS="0.1")
    for _ in range(HALTS):
        run.wait_for_reads(len(run.reads()) + 2, process)
        os.killpg(process.pid, signal.SIGSTOP)
        time.sleep(chance.uniform(0.5, 2))
        os.killpg(process.pid, signal.SIGCONT)
    _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (0, "")
    assert run.output() == unbroken
    print(f"a run halted {HALTS} times, with the same bytes")
