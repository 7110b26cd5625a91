"""Stops real runs in every way, and lets them go on."""

import os
import random
import signal
import time
from collections import Counter

import pytest
from stopped_run import PICTURES, StoppableRun, unbroken_output, wait_until_none_is_alive


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    return unbroken_output(tmp_path_factory.mktemp("unbroken") / "run")


@pytest.fixture
def run(tmp_path):
    return StoppableRun(tmp_path / "run")


def test_killed_at_five_random_moments_it_goes_on_and_reads_nothing_twice(run, unbroken):
    chance = random.Random(20240913)
    for _ in range(5):
        process = run.start(FAKE_OCR_SECONDS="0.1")
        run.wait_for_reads(len(run.reads()) + chance.randint(0, 4), process)
        time.sleep(chance.uniform(0, 0.03))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        wait_until_none_is_alive(process.pid)
        assert not (run.folder / "in_out.csv").exists()
    assert len(run.reads()) < PICTURES
    run.finish()
    assert run.output() == unbroken
    assert Counter(run.reads()) == {str(200 + number): 1 for number in range(PICTURES)}


def test_killed_with_its_workers_it_reads_again_at_most_what_they_had_in_hand(run, unbroken):
    process = run.start(FAKE_OCR_SECONDS="0.1")
    run.wait_for_reads(10, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    run.finish()
    assert run.output() == unbroken
    twice = [number for number, times in Counter(run.reads()).items() if times > 1]
    assert len(twice) <= 2


@pytest.mark.parametrize(
    ("number", "code", "to_all"),
    [(signal.SIGINT, 130, True), (signal.SIGTERM, 143, False)],
    ids=["ctrl_c", "terminate"],
)
def test_stopped_it_says_how_to_go_on_and_leaves_nothing_running(run, unbroken, number, code, to_all):
    process = run.start(FAKE_OCR_SECONDS="0.3")  # slow enough that most pictures are still to come, on any machine
    run.wait_for_reads(3, process)
    (os.killpg if to_all else os.kill)(process.pid, number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == code
    assert errors == "Stopped. What was read is kept; run the same command again to go on.\n"
    wait_until_none_is_alive(process.pid)
    assert not (run.folder / "in_out.csv").exists()
    run.finish()
    assert run.output() == unbroken
    assert set(Counter(run.reads()).values()) == {1}


def test_stopped_it_does_not_wait_for_the_reader(run):
    process = run.start("--vlm", "fake_readers:StuckReader")
    asked = run.folder / "asked.log"
    while not asked.exists() and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors == "Stopped. What was read is kept; run the same command again to go on.\n"


def test_two_runs_can_share_a_store(run, unbroken):
    first, second = run.start(), run.start()
    for process in (first, second):
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    assert run.output() == unbroken
