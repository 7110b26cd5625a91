"""What goes around every request: its id, the headers that keep a browser safe, a line in the log, and the last error.

Written for ASGI itself, as are the modules beside it: they see a request before its body has been read.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from extractor.web.problem import problem_response

REQUEST_ID = "X-Request-ID"
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Given to every response that does not set them by itself."""
NO_ROUTE = "none"
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger("extractor.web")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its end: `route` is the path as the app declares it, `seconds` what passed from first to last."""

    request_id: str
    method: str
    route: str
    status: int
    seconds: float


class Envelope:
    """ASGI middleware; `observe` is told every exchange. An error that nothing else caught becomes a 500.

    Exchanges have a line in the log at INFO; those of the paths `probes`, asked every few seconds, at DEBUG.
    """

    def __init__(
        self, app: ASGIApp, observe: Callable[[Exchange], None] | None = None, probes: tuple[str, ...] = ()
    ) -> None:
        self._app = app
        self._observe = observe
        self._probes = probes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection of ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status, started = 0, time.perf_counter()

        async def send_enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_enveloped)
        except Exception:
            _log.exception("request %s failed", request_id, extra={"request_id": request_id})
            if not status:
                error = HTTPException(500, "something went wrong here; the log has more under the request's id")
                await problem_response(scope, error)(scope, receive, send_enveloped)
        finally:
            self._tell(Exchange(request_id, scope["method"], _route(scope), status, time.perf_counter() - started))

    def _tell(self, exchange: Exchange) -> None:
        _log.log(
            logging.DEBUG if exchange.route in self._probes else logging.INFO,
            "%s %s %d in %.3f s, request %s",
            exchange.method,
            exchange.route,
            exchange.status,
            exchange.seconds,
            exchange.request_id,
            extra=asdict(exchange),
        )
        if self._observe is not None:
            self._observe(exchange)


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", NO_ROUTE))
