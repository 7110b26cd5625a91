import asyncio

import pytest

from extractor.sources.breaker import HostBreaker, HostDownError
from extractor.sources.limits import BreakerPolicy

POLICY = BreakerPolicy(failures=3, first_gap=1, longest_gap=4, patience=10, patience_if_known=100)


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def host(clock):
    return HostBreaker("example.org", POLICY, clock, clock.sleep)


def admit(host):
    return asyncio.run(host.admit())


def fail(host, times):
    for _ in range(times):
        host.missed(admit(host), "no route")


def test_few_failures_hold_nobody_up(host, clock):
    fail(host, 2)
    admit(host)
    assert clock.now == 0


def test_an_answer_between_failures_starts_the_count_anew(host, clock):
    fail(host, 2)
    host.reached()
    fail(host, 2)
    assert clock.now == 0


def test_many_failures_make_it_wait_for_a_probe_and_the_gaps_grow(host, clock):
    fail(host, 3)
    moments = []
    for _ in range(3):
        ticket = admit(host)
        moments.append(clock.now)
        host.missed(ticket, "no route")
    assert moments == [1, 3, 7]


def test_a_probe_that_is_answered_ends_the_outage(host, clock):
    fail(host, 3)
    admit(host)
    host.reached()
    before = clock.now
    fail(host, 2)
    assert clock.now == before


def test_only_one_probes_at_a_time_and_the_others_fail_in_the_end(host, clock):
    fail(host, 3)
    admit(host)
    with pytest.raises(HostDownError, match=r"example.org has not been reachable for 10 s \(no route\)"):
        admit(host)


def test_after_patience_is_over_others_fail_at_once_but_probes_go_on(host, clock):
    fail(host, 3)
    clock.now = 50
    probe = admit(host)
    with pytest.raises(HostDownError):
        admit(host)
    assert clock.now == 50
    host.missed(probe, "no route")
    clock.now = 60
    admit(host)


def test_a_host_that_has_answered_is_waited_for_longer(host, clock):
    host.reached()
    fail(host, 3)
    admit(host)
    with pytest.raises(HostDownError, match="for 100 s"):
        admit(host)


def test_a_probe_given_back_lets_another_probe(host, clock):
    fail(host, 3)
    host.give_back(admit(host))
    admit(host)
    assert clock.now == 1


def test_pause_holds_back_everyone(host, clock):
    host.pause(7)
    admit(host)
    assert clock.now == 7
