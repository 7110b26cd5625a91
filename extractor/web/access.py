"""Who may ask: the name that the service is called by, pages of other sites, and the API key."""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from extractor.web.problem import ProblemError, problem_response

_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_PAGES = frozenset({"same-origin", "none"})
_ASKING = {"WWW-Authenticate": 'Basic realm="extractor", charset="UTF-8"'}
"""A browser asks its user for the key then, and sends it with every request to this service."""


class AccessControl:
    """ASGI middleware that refuses a request before its body is read.

    `hosts` are the names that the service may be called by, without port; () for any. They keep a page away that made
    its own name lead to this machine. `api_key` is wanted by all but `open_paths`; "" for none. It is taken as
    `X-API-Key`, as bearer token, or as password of a browser.
    """

    def __init__(self, app: ASGIApp, *, hosts: tuple[str, ...], api_key: str, open_paths: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = hosts
        self._key = api_key.encode()
        self._open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection of ASGI."""
        if scope["type"] == "http":
            try:
                self._check(scope)
            except ProblemError as error:
                await problem_response(scope, error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._hosts and _parts(f"//{host}").hostname not in self._hosts:
            raise ProblemError(421, f"this service is not called {host!r} but {' or '.join(self._hosts)}")
        if scope["method"] not in _HARMLESS and _of_another_site(headers, host):
            raise ProblemError(403, "pages of other sites may not use this service")
        if self._key and scope["path"] not in self._open_paths and not self._has_key(headers):
            raise ProblemError(401, "give the API key as X-API-Key, or as password in a browser", headers=_ASKING)

    def _has_key(self, headers: Headers) -> bool:
        return hmac.compare_digest(_given_key(headers), self._key)


def _given_key(headers: Headers) -> bytes:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("latin-1")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return headers.get("x-api-key", "").encode("latin-1")


def _of_another_site(headers: Headers, host: str) -> bool:
    """Whether a browser says that another site's page asks; programs say nothing."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in _OWN_PAGES
    origin = headers.get("origin")
    return origin is not None and _parts(origin).netloc != host


def _parts(address: str) -> SplitResult:
    """The parts of an address that a stranger wrote; none where it is no address."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
