"""Politeness over the whole cluster: one actor admits the requests of all others to each host."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import ray

from extractor.sources.breaker import HostDownError
from extractor.sources.limits import BreakerPolicy, HostLimits
from extractor.sources.shared_host import SharedHost
from extractor.stages.reason import Failure

if TYPE_CHECKING:
    import httpx

WAITING_AT_MOST = 100_000
"""Requests that may wait in the actor at once: by default Ray lets no more than 1,000 in."""
MOST_HOSTS = 10_000
"""Hosts that are known, beside those that are being asked."""


class Hosts:
    """The hosts of a run by their addresses; the methods of an actor, much as those of `SharedHost`."""

    def __init__(self, limits: HostLimits, policy: BreakerPolicy) -> None:
        self._new = partial(SharedHost, limits=limits, policy=policy)
        self._hosts: dict[str, SharedHost] = {}

    async def admit(self, netloc: str) -> int | Failure:
        """A ticket, or why the host is not worth waiting for."""
        try:
            return await self._host(netloc).admit()
        except HostDownError as error:
            return error.failure

    async def pause(self, netloc: str, seconds: float) -> None:
        """Holds back all requests to the host."""
        self._host(netloc).pause(seconds)

    async def missed(self, netloc: str, ticket: int, problem: str) -> None:
        """The host could not be reached."""
        self._host(netloc).missed(ticket, problem)

    async def give_back(self, netloc: str, ticket: int, *, reached: bool) -> None:
        """The request has ended; `reached` says whether the host answered."""
        if reached:
            self._host(netloc).reached()
        self._host(netloc).give_back(ticket)

    def _host(self, netloc: str) -> SharedHost:
        host = self._hosts.pop(netloc, None) or self._new(netloc)
        if len(self._hosts) >= MOST_HOSTS and (idle := next((n for n, one in self._hosts.items() if one.idle), None)):
            del self._hosts[idle]
        self._hosts[netloc] = host  # the last is the one asked last
        return host


class ClusterHost:
    """One host as a process of the cluster sees it: asks the actor for leave, and tells it how requests went.

    That the host answered is told with the end of a request: the actor has the fewer messages to read.
    """

    def __init__(self, hosts: Any, netloc: str) -> None:
        self._hosts = hosts
        self._netloc = netloc
        self._reached = False

    async def admit(self) -> int:
        """Waits for leave. Raises HostDownError."""
        ticket: int | Failure = await self._hosts.admit.remote(self._netloc)
        if isinstance(ticket, Failure):
            raise HostDownError(ticket)
        return ticket

    def pause(self, seconds: float) -> None:
        """Holds back all requests to the host, as it asked for."""
        self._hosts.pause.remote(self._netloc, seconds)

    def reached(self) -> None:
        """The host answered, whatever it said."""
        self._reached = True

    def missed(self, ticket: int, problem: str) -> None:
        """The host could not be reached; `problem` says in words why."""
        self._hosts.missed.remote(self._netloc, ticket, problem)

    def give_back(self, ticket: int) -> None:
        """The request has ended, in whatever way."""
        self._hosts.give_back.remote(self._netloc, ticket, reached=self._reached)
        self._reached = False


def start_hosts(limits: HostLimits, policy: BreakerPolicy) -> Any:
    """The actor; it ends with the job, and is started anew, with no memory, when it dies."""
    actor = ray.remote(Hosts).options(
        name=f"extractor hosts {uuid4().hex}",
        num_cpus=0,
        max_restarts=-1,
        max_task_retries=-1,
        max_concurrency=WAITING_AT_MOST,
    )
    return actor.remote(limits, policy)


def host_of(hosts: Any) -> Callable[[httpx.URL], ClusterHost]:
    """What gives the host of an address, for a Fetcher."""

    def host(url: httpx.URL) -> ClusterHost:
        from extractor.sources.fetch import netloc_of

        return ClusterHost(hosts, netloc_of(url))

    return host
