"""The simulation of a cluster, in cases whose result is known."""

from dataclasses import replace

import pytest

from benchmarks.cluster import SCENARIOS, Assumptions, simulated

CERTAIN = Assumptions(pictures=640, machines=2, actors=5, batch=8, cpu_seconds=1.0, spread=0.0, fetch=0.0)


def test_with_nothing_in_the_way_all_actors_are_busy():
    outcome = simulated(CERTAIN, 0)
    assert (outcome.seconds, outcome.ideal) == pytest.approx((64.0, 64.0))
    assert (outcome.read_twice, outcome.waited_for_pictures) == (0.0, 0.0)


def test_one_slow_host_sets_the_pace():
    slow = replace(CERTAIN, hosts=1, per_host=2, fetch=1.0)
    assert simulated(slow, 0).seconds == pytest.approx(640 / 2, rel=0.05)


def test_batches_of_lost_machines_are_done_again():
    outcome = simulated(replace(CERTAIN, losses=100.0, replaced=10.0), 0)
    assert outcome.read_twice > 0
    assert outcome.seconds > 64.0


def test_every_scenario_ends():
    for scenario in SCENARIOS.values():
        assert simulated(replace(scenario, pictures=3000), 1).seconds > 0
