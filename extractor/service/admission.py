"""The bounded queue: how many requests may be under way at once. The rest are sent away before they send a body."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from extractor.web.problem import ProblemError

_LONGEST_WAIT = 60
_NO_ROOM = 507
_log = logging.getLogger("extractor.service")


class Slots:
    """Slots for requests; `seconds_to_wait` says about how long one that is sent away should stay away."""

    def __init__(self, count: int, seconds_to_wait: Callable[[], float]) -> None:
        self._free = count
        self._seconds_to_wait = seconds_to_wait

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Takes a slot. Raises ProblemError (429) when there is none."""
        if not self._free:
            raise self.full()
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1

    def full(self) -> ProblemError:
        """What a request is told that cannot wait here."""
        seconds = min(_LONGEST_WAIT, max(1, math.ceil(self._seconds_to_wait())))
        detail = f"too many requests are waiting; try again in {seconds} s"
        return ProblemError(429, detail, "queue_full", {"Retry-After": str(seconds)})


def route_with(slots: Slots) -> type[APIRoute]:
    """The class of routes that take a slot before they read the request's body."""

    class SlotRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def with_slot(request: Request) -> Response:
                with slots.taken(), _room_told():
                    return await handle(request)

            return with_slot

    return SlotRoute


@contextmanager
def _room_told() -> Iterator[None]:
    """The framework says that a form is malformed also where it could not be written down."""
    try:
        yield
    except HTTPException as error:
        if not isinstance(error.__cause__, OSError):
            raise
        _log.error("a request could not be written to disk: %s", error.__cause__)
        no_room = "this service has no room on its disk for the request; try again later"
        raise ProblemError(_NO_ROOM, no_room, "no_room", {"Retry-After": str(_LONGEST_WAIT)}) from error
