"""How much a client may send, and how slowly.

The framework writes the parts of a form to disk before any route runs, so the limits are kept below it. A response that
comes before the end of a body is sent at once, and what still comes is thrown away for a while: a connection that is
closed while the client writes takes the response with it.
"""

from __future__ import annotations

import asyncio
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from extractor.web.problem import ProblemError, problem_response

LINGER_SECONDS = 5.0
LINGER_BYTES = 200_000_000
_TOO_LATE = 408


class BodyLimit:
    """ASGI middleware: a body of more than `max_bytes` ends in 413, one that takes longer than `seconds` in 408."""

    def __init__(self, app: ASGIApp, *, max_bytes: int, seconds: float) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection of ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        body = _Body(receive, self._max_bytes, self._seconds, waits="expect" in headers)

        async def send_to_the_end(message: Message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body", False) and body.is_coming:
                await send({**message, "more_body": True})
                await body.drain()
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._max_bytes:
            await problem_response(scope, body.too_large())(scope, receive, send_to_the_end)
            return
        body.is_coming = announced not in ("", "0") or "transfer-encoding" in headers
        await self._app(scope, body.receive, send_to_the_end)


class _Body:
    """The body of one request; `waits`: the client sends nothing before it is told to go on."""

    def __init__(self, receive: Receive, max_bytes: int, seconds: float, *, waits: bool) -> None:
        self.is_coming = True
        self._receive = receive
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._taken = 0
        self._waits = waits
        self._late = False

    async def receive(self) -> Message:
        """The next message. Raises ProblemError."""
        if not self.is_coming:
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._deadline - time.monotonic())):
                message = await self._next()
        except TimeoutError:
            self._late = True
            late = f"the request did not come within {self._seconds:g} s"
            raise ProblemError(_TOO_LATE, late, headers={"Connection": "close"}) from None
        if self._taken > self._max_bytes:
            raise self.too_large()
        return message

    async def drain(self) -> None:
        """Throws away what still comes."""
        if self._late or self._waits:
            return
        end = self._taken + LINGER_BYTES
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while self.is_coming and self._taken < end:
                    await self._next()
        except TimeoutError:
            return

    def too_large(self) -> ProblemError:
        """What a body that is too large ends in."""
        return ProblemError(413, f"at most {self._max_bytes:,} bytes are taken in one request", "too_large")

    async def _next(self) -> Message:
        message = await self._receive()
        self._waits = False
        self._taken += len(message.get("body", b""))
        self.is_coming = message["type"] == "http.request" and message.get("more_body", False)
        return message
