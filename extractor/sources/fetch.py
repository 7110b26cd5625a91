"""Fetches pictures over http(s): many at once, patiently, within limits.

Time-outs, broken connections, 429 and 5xx are tried again after a random wait that grows (full jitter),
or after what the server's Retry-After asks for. A host that cannot be reached at all is given up soon
(see `extractor.sources.breaker`). Only public addresses are connected to (see `extractor.sources.guard`), and
directly: the proxies of the environment are not used. Redirects are followed here, because httpx would read and decode
their bodies whole.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from extractor import __version__
from extractor.logs import without_secrets
from extractor.sources.breaker import Host, HostBreaker
from extractor.sources.content_encoding import BrokenEncodingError, Decoder, EncodingRefusedError
from extractor.sources.guard import GuardedTransport
from extractor.sources.limits import FetchLimits
from extractor.stages.reason import Failure, PictureUnusableError, Reason

logger = logging.getLogger(__name__)

_TOO_MANY_REQUESTS = 429
_CHUNK_BYTES = 65_536
_PORTS = range(1, 65_536)
_MOST_HOSTS = 10_000
"""Hosts of which is known how they answer: a service runs for long, and strangers name its hosts."""


class FetchError(PictureUnusableError):
    """A picture that could not be fetched."""

    def __init__(self, reason: Reason, message: str, *, worth_retry: bool = False, wait: float | None = None):
        super().__init__(Failure(reason, message))
        self.worth_retry = worth_retry
        self.wait = wait


class Fetcher:
    """Fetches bytes by address; an async context manager, for one event loop.

    With `allow_private` addresses in private networks and on this machine are fetched from as well.
    """

    def __init__(
        self, limits: FetchLimits, *, allow_private: bool = False, host_of: Callable[[httpx.URL], Host] | None = None
    ) -> None:
        """`host_of` gives what admits requests to the host of an address; without it a breaker for each host."""
        self._limits = limits
        self._new_host = host_of or (lambda url: HostBreaker(url.host, limits.breaker))
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._hosts: dict[str, Host] = {}
        self._jitter = random.Random()
        pool = httpx.Limits(max_connections=limits.concurrency)
        # The environment is not trusted: its .netrc would send passwords to whatever host a CSV names.
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(limits=pool) if allow_private else GuardedTransport(limits.concurrency),
            timeout=httpx.Timeout(limits.read_time, connect=limits.connect_time, pool=None),
            headers={
                "User-Agent": f"extractor/{__version__}",
                "Accept": "image/*,*/*;q=0.5",
                "Accept-Encoding": "identity",
            },
            cookies=CookieJar(
                DefaultCookiePolicy(allowed_domains=())
            ),  # none: a picture knows nothing of the one before
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Fetcher:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.aclose()

    async def fetch(self, url: str) -> bytes:
        """The body at `url`, at most `max_bytes` long. Raises PictureUnusableError."""
        try:
            host = self._host_of(_checked(httpx.URL(url)))
        except (httpx.InvalidURL, ValueError) as error:
            raise FetchError(Reason.BAD_LINK, f"{url}: {error}") from error
        try:
            return await self._patiently(url, host)
        except PictureUnusableError:
            raise
        except Exception as error:  # one picture's trouble, whatever it is, costs no other
            raise FetchError(Reason.FETCH_FAILED, f"{type(error).__name__}: {error}") from error

    async def _patiently(self, url: str, host: Host) -> bytes:
        for failed in range(self._limits.attempts):
            try:
                return await self._attempt(url, host)
            except FetchError as error:
                if not error.worth_retry or failed + 1 == self._limits.attempts:
                    raise
                wait = self._backoff(failed) if error.wait is None else error.wait
                logger.debug("trying again in %.1f s: %s", wait, without_secrets(str(error)))
                await asyncio.sleep(wait)
        raise AssertionError("an attempt either returns or raises")

    def _host_of(self, url: httpx.URL) -> Host:
        key = netloc_of(url)
        host = self._hosts.pop(key, None) or self._new_host(url)
        if len(self._hosts) >= _MOST_HOSTS:
            del self._hosts[next(iter(self._hosts))]
        self._hosts[key] = host  # the last is the one asked last
        return host

    def _backoff(self, failed: int) -> float:
        return self._jitter.uniform(0, min(self._limits.longest_backoff, self._limits.backoff * 2**failed))

    async def _attempt(self, url: str, host: Host) -> bytes:
        ticket = await host.admit()
        try:
            async with self._slots:
                return await self._body(url, host, ticket)
        finally:
            host.give_back(ticket)

    async def _body(self, url: str, host: Host, ticket: int) -> bytes:
        answered = False

        def reached() -> None:
            nonlocal answered
            answered = True
            host.reached()

        try:
            async with (
                asyncio.timeout(self._limits.attempt_time),
                self._answer(url, reached) as response,
            ):
                self._check_status(response, host)
                return await self._within_limit(response)
        except EncodingRefusedError as error:
            raise FetchError(Reason.BAD_ENCODING, f"{url}: {error}") from error
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL) as error:
            raise FetchError(Reason.BAD_LINK, f"{url}: {error}") from error
        except (httpx.TransportError, BrokenEncodingError, TimeoutError) as error:
            failure = _transport_failure(url, error)
            if not answered:
                host.missed(ticket, str(failure))
            raise failure from error

    @asynccontextmanager
    async def _answer(self, url: str, reached: Callable[[], None]) -> AsyncIterator[httpx.Response]:
        """The response at the end of the redirects; the bodies of these are left unread.

        `reached` is told of each: that a host which leads elsewhere has answered, whatever is there.
        """
        request = self._client.build_request("GET", url)
        for _ in range(self._limits.redirects + 1):
            response = await self._client.send(request, stream=True)
            reached()
            try:
                if response.next_request is None:
                    yield response
                    return
                request = response.next_request
            finally:
                await response.aclose()
            _checked(request.url)
        raise FetchError(Reason.TOO_MANY_REDIRECTS, f"more than {self._limits.redirects} redirects")

    def _check_status(self, response: httpx.Response, host: Host) -> None:
        if response.is_success:
            return
        status = response.status_code
        busy = status == _TOO_MANY_REQUESTS
        worth_retry = busy or response.is_server_error
        asked = retry_after(response.headers.get("Retry-After", ""), datetime.now(UTC)) if worth_retry else None
        wait = None if asked is None else min(asked, self._limits.longest_retry_after)
        if busy and wait is not None:
            host.pause(wait)
        detail = f"{response.url} answered {status} {response.reason_phrase}".rstrip()
        raise FetchError(Reason(f"http_{status}"), detail, worth_retry=worth_retry, wait=wait)

    async def _within_limit(self, response: httpx.Response) -> bytes:
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal():
            self._check_size(int(announced))
        decoder = Decoder(response.headers.get_list("Content-Encoding", split_commas=True))
        taken, body = 0, bytearray()
        async for chunk in response.aiter_raw(_CHUNK_BYTES):
            taken += len(chunk)
            self._check_size(taken)
            for piece in decoder.pieces(chunk):
                body += piece
                self._check_size(len(body))
        decoder.finish()
        return bytes(body)

    def _check_size(self, size: int) -> None:
        if size > self._limits.max_bytes:
            raise FetchError(Reason.TOO_LARGE, f"{size:,} bytes or more; at most {self._limits.max_bytes:,} are taken")


def netloc_of(url: httpx.URL) -> str:
    """Host and port, by which hosts are told apart."""
    return url.netloc.decode("ascii")


def _checked(url: httpx.URL) -> httpx.URL:
    """`url`, if a host can be asked by it. Raises httpx.InvalidURL."""
    if not url.host:
        raise httpx.InvalidURL("the address names no host")
    if url.port is not None and url.port not in _PORTS:
        raise httpx.InvalidURL(f"there is no port {url.port}; ports are {_PORTS[0]} to {_PORTS[-1]}")
    return url


def retry_after(header: str, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header, which holds seconds or a date; None when it holds neither."""
    header = header.strip()
    if header.isdecimal():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _transport_failure(url: str, error: Exception) -> FetchError:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return FetchError(Reason.CONNECT_FAILED, f"{error}" or f"no connection to {url}", worth_retry=True)
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return FetchError(Reason.TIMED_OUT, f"{url} took too long", worth_retry=True)
    return FetchError(Reason.BROKEN_TRANSFER, f"{url}: {error or type(error).__name__}", worth_retry=True)
