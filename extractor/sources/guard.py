"""Keeps fetching away from addresses that are not on the public internet.

The check sits where connections are made: the host's name is resolved once, its addresses are checked,
and the connection goes to a checked address. So it also holds after redirects, and a name server that
answers differently the second time gains nothing. TLS still verifies the host's name.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress

import httpcore
import httpx

from extractor.stages.reason import Failure, PictureUnusableError, Reason

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "3fff::/20")))
"""Beside those that Python knows: protocol assignments, 6to4 relays, Azure's host of its machines, documentation."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ADDRESSES_TRIED = 4
_PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")


class AddressRefusedError(PictureUnusableError):
    """A host whose addresses are all private, loopback, link-local or reserved."""


def is_public(address: str) -> bool:
    """Whether an IPv4 or IPv6 address lies on the public internet, also through one embedded in it."""
    ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    special = ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local or ip.is_unspecified
    site_local = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local
    return ip.is_global and not special and not site_local and not any(ip in network for network in _SPECIAL)


def _unwrapped(ip: Address) -> Address:
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects by TCP to public addresses only; raises AddressRefusedError when a host has none.

    Local sockets are never connected to: `connect_unix_socket` is left without a body.
    """

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first checked address that answers within `timeout` seconds in all."""
        try:
            async with asyncio.timeout(timeout):
                tried = await _public_addresses(host, port)
                share = None if timeout is None else timeout / len(tried)
                for address in tried[:-1]:
                    with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                        return await self._inner.connect_tcp(address, port, share, local_address, socket_options)
                return await self._inner.connect_tcp(tried[-1], port, share, local_address, socket_options)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no connection to {host} within {timeout} s") from error

    async def sleep(self, seconds: float) -> None:
        """Waits, as the connection pool asks for."""
        await self._inner.sleep(seconds)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport with every connection made by `GuardedBackend`; it uses no proxy."""

    def __init__(self, connections: int) -> None:
        super().__init__(trust_env=True)
        # httpx has no public way to hand a network backend to the pool it makes; see its `_pool`.
        if not isinstance(self._pool, httpcore.AsyncConnectionPool):
            raise TypeError("this version of httpx keeps its connections elsewhere: addresses are unchecked")
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=connections,
            keepalive_expiry=30.0,
            network_backend=GuardedBackend(),
        )


def proxies_set() -> list[str]:
    """The environment's variables that name a proxy.

    None is used: a proxy would look up the hosts' names by itself, and no address could be checked here.
    """
    return sorted(name for name, value in os.environ.items() if value and name.lower() in _PROXY_VARIABLES)


async def _public_addresses(host: str, port: int) -> list[str]:
    """The first few public addresses of `host`. Raises AddressRefusedError where it has none."""
    addresses = await _resolved(host, port)
    allowed = [address for address in addresses if is_public(address)]
    if not allowed:
        problem = f"{host} is at {', '.join(addresses)}: not a public address; --allow-private permits it"
        raise AddressRefusedError(Failure(Reason.PRIVATE_ADDRESS, problem))
    return allowed[:_ADDRESSES_TRIED]


async def _resolved(host: str, port: int) -> list[str]:
    """The addresses of `host`, IPv4 first: a machine without IPv6 would wait for those to time out."""
    found: Future[list[str]] = Future()
    found.set_running_or_notify_cancel()  # from now on it takes a result, also when nobody waits for that any more

    def look_up() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, OverflowError) as error:
            found.set_exception(httpcore.ConnectError(f"the name {host} cannot be resolved: {error}"))
        else:
            infos.sort(key=lambda info: info[0] != socket.AF_INET)
            found.set_result(list(dict.fromkeys(str(info[4][0]) for info in infos)))

    # A daemon thread, because a name server that does not answer must not hold up the end of the program.
    threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
    return await asyncio.wrap_future(found)
