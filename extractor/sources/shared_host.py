"""One host's requests by many processes: a limited number at once, a gap between them, and one circuit breaker."""

from __future__ import annotations

import asyncio

from extractor.sources.breaker import HostBreaker
from extractor.sources.limits import BreakerPolicy, HostLimits


class SharedHost:
    """Admits requests to one host, as `extractor.sources.breaker.Host` says. Used from one event loop."""

    def __init__(self, host: str, limits: HostLimits, policy: BreakerPolicy) -> None:
        self._limits = limits
        self._breaker = HostBreaker(host, policy)
        self._places = asyncio.Semaphore(limits.at_once)
        self._next_start = 0.0
        self._ends: dict[int, asyncio.TimerHandle] = {}
        self._waiting = 0

    @property
    def idle(self) -> bool:
        """Whether nobody asks the host, or waits to."""
        return not self._ends and not self._waiting

    async def admit(self) -> int:
        """Waits for a place, the gap and the breaker. Raises HostDownError."""
        self._waiting += 1
        try:
            ticket = await self._ticket()
        finally:
            self._waiting -= 1
        self._ends[ticket] = asyncio.get_running_loop().call_later(self._limits.longest, self.give_back, ticket)
        return ticket

    def pause(self, seconds: float) -> None:
        """Holds back all requests to the host, as it asked for."""
        self._breaker.pause(seconds)

    def reached(self) -> None:
        """The host answered, whatever it said."""
        self._breaker.reached()

    def missed(self, ticket: int, problem: str) -> None:
        """The host could not be reached; `problem` says in words why."""
        self._breaker.missed(ticket, problem)

    def give_back(self, ticket: int) -> None:
        """The request has ended, or its process has."""
        end = self._ends.pop(ticket, None)
        if end is not None:
            end.cancel()
            self._breaker.give_back(ticket)
            self._places.release()

    async def _ticket(self) -> int:
        await self._places.acquire()
        try:
            await self._gap()
            return await self._breaker.admit()
        except BaseException:
            self._places.release()
            raise

    async def _gap(self) -> None:
        now = asyncio.get_running_loop().time()
        start = max(now, self._next_start)
        self._next_start = start + self._limits.gap
        if start > now:
            await asyncio.sleep(start - now)
