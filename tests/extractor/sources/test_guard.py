import asyncio
import socket

import httpcore
import httpx
import pytest

from extractor.sources import guard
from extractor.sources.guard import AddressRefusedError, GuardedBackend, GuardedTransport, is_public

PUBLIC = ["8.8.8.8", "151.101.1.16", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
NOT_PUBLIC = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("192.0.0.8", "192.88.99.1", "168.63.129.16", "3fff::1", "64:ff9b:1::7f00:1", "::ffff:0:7f00:1", "100::1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001::1"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_other_addresses(address):
    assert not is_public(address)


class FakeStream(httpcore.AsyncNetworkStream):
    """Records the name that TLS is started with, and goes no further."""

    def __init__(self, names):
        self._names = names

    async def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        self._names.append(server_hostname)
        raise httpcore.ConnectError("far enough")

    async def aclose(self):
        pass


class FakeNetwork:
    """Answers name look-ups with the given addresses in turn, and records what is connected to."""

    def __init__(self, *answers, dead=()):
        self.answers = list(answers)
        self.dead = dead
        self.connected = []
        self.tls_names = []

    def getaddrinfo(self, host, port, type=0):
        addresses = self.answers.pop(0)
        if isinstance(addresses, Exception):
            raise addresses
        families = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(families[":" in a], socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.connected.append(host)
        if host in self.dead:
            raise httpcore.ConnectError("dead")
        return FakeStream(self.tls_names)


@pytest.fixture
def network(monkeypatch):
    def install(*answers, dead=()):
        fake = FakeNetwork(*answers, dead=dead)
        monkeypatch.setattr(guard.socket, "getaddrinfo", fake.getaddrinfo)
        monkeypatch.setattr(guard.httpcore, "AnyIOBackend", lambda: fake)
        return fake

    return install


def connect(timeout=5.0):
    return asyncio.run(GuardedBackend().connect_tcp("pictures.example", 443, timeout))


def test_only_public_addresses_are_connected_to(network):
    fake = network(["10.0.0.1", "2606:4700::1111", "8.8.8.8"])
    connect()
    assert fake.connected == ["8.8.8.8"]


def test_host_without_public_address_is_refused_unconnected(network):
    fake = network(["127.0.0.1", "::1"])
    with pytest.raises(AddressRefusedError, match=r"pictures.example is at 127.0.0.1, ::1"):
        connect()
    assert fake.connected == []


def test_the_next_address_is_tried_when_one_is_dead(network):
    fake = network(["8.8.8.8", "8.8.4.4"], dead=["8.8.8.8"])
    connect()
    assert fake.connected == ["8.8.8.8", "8.8.4.4"]


def test_the_name_is_looked_up_once_so_that_a_second_answer_gains_nothing(network):
    fake = network(["8.8.8.8"], ["127.0.0.1"])
    connect()
    assert fake.connected == ["8.8.8.8"]
    assert fake.answers == [["127.0.0.1"]]


@pytest.mark.parametrize(
    "problem", [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), OverflowError("port")]
)
def test_unknown_name_is_a_failure_to_connect(network, problem):
    network(problem)
    with pytest.raises(httpcore.ConnectError, match="cannot be resolved"):
        connect()


def test_transport_verifies_the_hosts_name_though_it_connects_to_an_address(network):
    fake = network(["8.8.8.8"])

    async def get():
        async with httpx.AsyncClient(transport=GuardedTransport(1)) as client:
            await client.get("https://pictures.example/a.jpg")

    with pytest.raises(httpx.ConnectError):
        asyncio.run(get())
    assert fake.connected == ["8.8.8.8"]
    assert fake.tls_names == ["pictures.example"]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/", "http://[::1]:9/", "http://2130706433:9/", "http://localhost:9/"]
)
def test_transport_refuses_this_machine_however_it_is_written(address):
    async def get():
        async with httpx.AsyncClient(transport=GuardedTransport(1)) as client:
            await client.get(address)

    with pytest.raises(AddressRefusedError):
        asyncio.run(get())
