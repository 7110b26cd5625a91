"""One host's requests by many processes. No test measures time: they look at who is let in."""

import asyncio

import pytest

from extractor.sources.breaker import HostDownError
from extractor.sources.limits import BreakerPolicy, HostLimits
from extractor.sources.shared_host import SharedHost

POLICY = BreakerPolicy(failures=1, first_gap=60.0, patience=0.0)


def with_host(work, **limits):
    async def run():
        return await work(SharedHost("example.org", HostLimits(**limits), POLICY))

    return asyncio.run(run())


async def let_in(host, count):
    """Those of `count` requests that are let in at once, and all of them."""
    requests = [asyncio.create_task(host.admit()) for _ in range(count)]
    for _ in range(5):
        await asyncio.sleep(0)
    return [task for task in requests if task.done()], requests


def test_so_many_requests_run_at_once_and_the_next_one_follows():
    async def work(host):
        first, requests = await let_in(host, 3)
        assert len(first) == 2
        host.give_back(first[0].result())
        host.give_back(first[0].result())  # twice is once
        tickets = {await task for task in requests}
        assert len(tickets) == 3
        assert not (await let_in(host, 1))[0]

    with_host(work, at_once=2)


def test_a_request_whose_process_is_gone_gives_its_place_back():
    async def work(host):
        await host.admit()
        await host.admit()

    with_host(work, at_once=1, longest=0.01)


def test_requests_start_one_after_the_other():
    async def work(host):
        first, requests = await let_in(host, 3)
        assert len(first) == 1
        requests[1].cancel()
        requests[2].cancel()

    with_host(work, gap=60.0)


def test_a_host_that_is_down_is_told_to_all_and_holds_no_place():
    async def work(host):
        ticket = await host.admit()
        host.missed(ticket, "no answer")
        host.give_back(ticket)
        for _ in range(2):
            with pytest.raises(HostDownError, match=r"example\.org has not been reachable"):
                await host.admit()
        host.reached()
        await host.admit()

    with_host(work, at_once=1)
