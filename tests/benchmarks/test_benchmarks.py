"""What the benchmarks say of figures; what they measure is seen in `make bench`."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace

import pytest

from benchmarks import targets
from benchmarks.arms import FULL_SIZE, KEPT, ONE_WORKER, PREDICT, STOCK
from benchmarks.comparison import ArmResult, Spread, check_same
from benchmarks.measure import CommandFailedError, Cost, cost_of
from benchmarks.scaling import Scale, growth
from benchmarks.workload import workload

ONCE = Spread(1.0, 1.0, 1.0)
PREDICTIONS = {"1": "34.0 gram", "2": ""}


def result(name, times=1.0, accepted=0.9, megabytes=600.0):
    ratio, wall = Spread(times, times, times), replace(ONCE, median=1 / times)
    return ArmResult(name, wall, ONCE, ratio, ratio, 900, megabytes, accepted, 0.8, PREDICTIONS)


def arms(**changed):
    plain = {STOCK: {}, PREDICT: {"times": 5.0}, ONE_WORKER: {"times": 2.5}, KEPT: {"times": 40.0}, FULL_SIZE: {}}
    return [result(name, **{**values, **changed.get(name, {})}) for name, values in plain.items()]


def test_targets_that_are_reached():
    assert [target.met for target in targets.of_arms(arms())] == [True] * 6


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({PREDICT: {"times": 4.9}}, {0, 1}),
        ({ONE_WORKER: {"times": 3.0}}, {2}),
        ({PREDICT: {"times": 5.0, "megabytes": 701.0}}, {3}),
        ({PREDICT: {"times": 5.0, "accepted": 0.895}}, {4}),
    ],
)
def test_targets_that_are_missed_say_what_was_measured(changed, missed):
    found = targets.of_arms(arms(**changed))
    assert {number for number, target in enumerate(found) if not target.met} == missed
    assert all(target.measured in str(target) and target.wanted in str(target) for target in found)


def test_growth_compares_the_end_with_a_tenth_of_the_run():
    samples = tuple((float(second), 500.0 if second < 5 else 550.0) for second in range(101))
    assert growth(Cost(100, 100, 900, 550, samples)) == pytest.approx(1.0)
    late = tuple((float(second), 500.0 if second < 50 else 600.0) for second in range(101))
    assert growth(Cost(100, 100, 900, 600, late)) == pytest.approx(1.2)
    assert [target.met for target in targets.of_scales([Scale(3000, Cost(100, 100, 900, 600, late))])] == [True, False]


def test_ways_that_answer_differently_are_an_error():
    same = arms()
    check_same(same)
    other = [replace(one, predictions={"1": "34.0 gram", "2": "1.0 volt"}) if one.name == KEPT else one for one in same]
    with pytest.raises(SystemExit, match=r"predict, nothing kept and predict, pages kept answer rows 2 differently"):
        check_same(other)


def test_a_cost_is_that_of_all_processes_of_a_command():
    busy = "import time; t = time.process_time()\nwhile time.process_time() - t < 0.3: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    cost = cost_of([sys.executable, "-c", child])
    assert cost.cpu > 0.25
    assert cost.memory >= cost.process_memory > 1


def test_a_command_that_fails_says_what_it_printed():
    with pytest.raises(CommandFailedError, match="no such thing"):
        cost_of([sys.executable, "-c", "raise SystemExit('no such thing')"])


def test_a_workload_is_spread_over_the_pictures(tmp_path):
    names = [f"{number}.jpg" for number in range(10)]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    labels = tmp_path / "labels.csv"
    with labels.open("w", newline="") as file:
        rows = [(i, f"http://x.test/{name}", 1, "width", "3 inch") for i, name in enumerate([*names, "gone.jpg"])]
        csv.writer(file).writerows([("index", "image_link", "group_id", "entity_name", "entity_value"), *rows])
    work = workload(labels, tmp_path, 5, tmp_path)
    assert [row.picture_name for row in work.labelled.rows] == ["0.jpg", "2.jpg", "4.jpg", "6.jpg", "8.jpg"]
    assert work.pictures == len(work.listing.read_text().splitlines()) == 5
    assert work.first == tmp_path / "0.jpg"
