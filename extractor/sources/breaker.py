"""Knows which hosts cannot be reached, so that a dead one costs seconds and not hours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Protocol

from extractor.sources.limits import BreakerPolicy
from extractor.stages.reason import Failure, PictureUnusableError, Reason


class HostDownError(PictureUnusableError):
    """A host that has not been reachable for longer than is worth waiting."""


class Host(Protocol):
    """What admits requests to one host and is told how they went."""

    async def admit(self) -> int:
        """Waits until a request may go out; the ticket names it. Raises HostDownError."""

    def pause(self, seconds: float) -> None:
        """Holds back all requests to the host, as it asked for."""

    def reached(self) -> None:
        """The host answered, whatever it said."""

    def missed(self, ticket: int, problem: str) -> None:
        """The host could not be reached; `problem` says in words why."""

    def give_back(self, ticket: int) -> None:
        """The request has ended, in whatever way; may be said twice."""


class HostBreaker:
    """The circuit breaker of one host. Used from one event loop."""

    def __init__(
        self,
        host: str,
        policy: BreakerPolicy,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._host = host
        self._policy = policy
        self._clock = clock
        self._sleep = sleep
        self._failures = 0
        self._known = False
        self._down_since: float | None = None
        self._gap = policy.first_gap
        self._next_probe = 0.0
        self._probing: int | None = None
        self._paused_until = 0.0
        self._last_problem = ""
        self._tickets = count()

    async def admit(self) -> int:
        """Waits until a request may go out; the ticket is to be handed to `reached` or `missed`.

        Raises HostDownError when the host is not worth waiting for.
        """
        while True:
            now = self._clock()
            if now < self._paused_until:
                await self._sleep(self._paused_until - now)
                continue
            if self._down_since is None:
                return next(self._tickets)
            if self._probing is None and now >= self._next_probe:
                self._probing = next(self._tickets)
                return self._probing
            patience = self._policy.patience_if_known if self._known else self._policy.patience
            if now - self._down_since >= patience:
                seconds = now - self._down_since
                problem = f"{self._host} has not been reachable for {seconds:.0f} s ({self._last_problem})"
                raise HostDownError(Failure(Reason.HOST_UNREACHABLE, problem))
            await self._sleep(max(self._next_probe - now, 0.1))

    def pause(self, seconds: float) -> None:
        """Holds back all requests to the host, as it asked for."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def reached(self) -> None:
        """The host answered, whatever it said."""
        self._failures = 0
        self._known = True
        self._down_since = None
        self._probing = None
        self._gap = self._policy.first_gap

    def missed(self, ticket: int, problem: str) -> None:
        """The host could not be reached; `problem` says in words why."""
        self._last_problem = problem
        self._failures += 1
        now = self._clock()
        if self._down_since is None:
            if self._failures >= self._policy.failures:
                self._down_since = now
                self._next_probe = now + self._gap
        elif ticket == self._probing:
            self._gap = min(self._gap * 2, self._policy.longest_gap)
            self._next_probe = now + self._gap
        self.give_back(ticket)

    def give_back(self, ticket: int) -> None:
        """Ends a request that says nothing about the host, such as a cancelled one."""
        if ticket == self._probing:
            self._probing = None
