"""Addresses that strangers name: nothing that is not on the public internet is ever connected to."""

import asyncio
import ipaddress
import random
import socket
import threading
from collections import Counter
from contextlib import closing

import httpcore
import pytest
from picture_server import PictureServer, status
from running_service import running_service
from soak_size import size

from extractor.sources import guard
from extractor.sources.fetch import Fetcher
from extractor.sources.limits import BreakerPolicy, FetchLimits
from extractor.stages.reason import PictureUnusableError

DRAWN = size(short=300, long=20_000)
PUBLIC = "127.0.0.3"
"""A host of this machine that counts as public here."""
HOSTS = (
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001"),
    *("0", "0.0.0.0", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "a@127.0.0.1", "a:b@127.0.0.1"),
    *("127。0。0。1", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "%31%32%37.0.0.1"),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::1]", "[2001:0:7f00:1::]", "[::ffff:0:7f00:1]"),
    *("[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[100::1]", "[3fff::1]"),
    *("10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "192.0.0.192", "168.63.129.16"),
    *("224.0.0.1", "255.255.255.255", "198.18.0.1", "203.0.113.1", "metadata"),
)
FORMS = (
    *("file:///etc/passwd", "file://localhost/etc/passwd", "file://127.0.0.1/etc/passwd", "/etc/passwd"),
    *(
        "data:image/png;base64,iVBORw0KGgo=",
        "ftp://127.0.0.1/a",
        "gopher://127.0.0.1:PORT/_GET",
        "dict://127.0.0.1:PORT/",
    ),
    *("unix:/var/run/docker.sock", "javascript:alert(1)", "jar:http://127.0.0.1:PORT!/a", "ws://127.0.0.1:PORT/"),
    *(
        "//127.0.0.1:PORT/",
        "\\\\127.0.0.1:PORT\\a",
        "http:127.0.0.1:PORT",
        "http:/127.0.0.1:PORT",
        "http:///127.0.0.1:PORT",
    ),
    *(
        "http://127.0.0.1:PORT\\@127.0.0.3:9/",
        "http://127.0.0.3:9#@127.0.0.1:PORT/",
        "http://127.0.0.1:PORT#@127.0.0.3:9/",
    ),
    *("http://127.0.0.1:PORT?@127.0.0.3:9", "http://[::1", "http://[::1]:PORT:PORT/", "http://127.0.0.1:99999999999/"),
    *(
        "http://127.0.0.1 :PORT/",
        "http://127.0.0.1\t:PORT/",
        "\nhttp://127.0.0.1:PORT/",
        "http://127.0.0.1:PORT\r\nX: y/",
    ),
    *(
        "http://\u200b127.0.0.1:PORT/",
        "ｈttp://127.0.0.1:PORT/",
        "http://",
        "http://.",
        "http://..",
        "http://-",
        "http://a" * 9,
    ),
)


@pytest.fixture
def canary():
    """A port of this machine, on which nothing may ever arrive; and what did."""
    came = []
    with closing(socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)) as listening:

        def listen():
            try:
                while True:
                    came.append(listening.accept())
            except OSError:
                return

        threading.Thread(target=listen, daemon=True).start()
        yield listening.getsockname()[1], came


def addresses(port):
    urls = [f"{scheme}://{host}:{port}/a.png" for host in HOSTS for scheme in ("http", "https")]
    return urls + [form.replace("PORT", str(port)) for form in FORMS]


def refused(answer, url):
    """Whether a request ended as the fault of who sent it, with a reason."""
    assert 400 <= answer.status_code < 500, (url, answer.text)
    assert answer.json()["reason"] in ("private_address", "bad_link", "connect_failed", "host_unreachable"), (
        url,
        answer.text,
    )
    return answer.json()["reason"]


@pytest.fixture
def public(monkeypatch):
    """PUBLIC is public here."""
    real = guard.is_public
    monkeypatch.setattr(guard, "is_public", lambda address: address == PUBLIC or real(address))


def test_the_service_connects_to_no_such_address(canary, public):
    port, came = canary
    with running_service(urls=True) as client:
        ends = Counter(refused(client.post("/v1/extract", data={"url": url}), url) for url in addresses(port))
    assert came == []
    print(f"{ends.total()} addresses sent to the service, {dict(ends)}, none connected to")


def test_nor_is_it_led_there(canary, public):
    port, came = canary
    with PictureServer(PUBLIC) as server, running_service(urls=True) as client:
        ends = Counter()
        for number, url in enumerate(addresses(port)):
            place = url.encode("ascii", "ignore").decode().replace("\r", "").replace("\n", "")
            path = f"/{number}"
            server.add(path, status(302, Location=place))
            answer = client.post("/v1/extract", data={"url": server.url(path)})
            assert 400 <= answer.status_code < 500, (url, answer.text)
            ends[answer.json()["reason"]] += 1
            assert server.hits[path] >= 1
    assert came == []
    assert set(ends) <= {
        "private_address",
        "bad_link",
        "broken_transfer",
        "connect_failed",
        "too_many_redirects",
        "http_404",
    }
    print(f"{ends.total()} redirects, {dict(ends)}, none followed to where it may not lead")


def spelled(address, chance):
    """One of the ways to write an IPv4 address in a URL."""
    packed = int(address)
    parts = [packed >> 24, packed >> 16 & 255, packed >> 8 & 255, packed & 255]
    digits = chance.choice(("{}", "{:#x}", "0{:o}"))
    ways = (
        ".".join(map(digits.format, parts)),
        digits.format(packed),
        f"{parts[0]}.{packed & 0xFFFFFF}",
        f"{parts[0]}.{parts[1]}.{packed & 0xFFFF}",
        f"[::ffff:{address}]",
        f"[::ffff:{packed >> 16:x}:{packed & 0xFFFF:x}]",
        f"[64:ff9b::{packed >> 16:x}:{packed & 0xFFFF:x}]",
        f"[2002:{packed >> 16:x}:{packed & 0xFFFF:x}::{chance.randrange(9)}]",
        f"[::{address}]",
        f"x:y@{address}",
    )
    return chance.choice(ways)


NETWORKS = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
)


def test_addresses_drawn_at_random_in_any_spelling(monkeypatch):
    made = []

    class Network(httpcore.AnyIOBackend):
        async def connect_tcp(self, host, *others, **more):
            made.append(host)
            raise httpcore.ConnectError("not in this test")

    monkeypatch.setattr(guard.httpcore, "AnyIOBackend", Network)
    chance = random.Random(6)
    networks = [ipaddress.ip_network(network) for network in NETWORKS]
    limits = FetchLimits(attempts=1, breaker=BreakerPolicy(failures=10**9))

    def drawn():
        network = chance.choice(networks)
        return f"http://{spelled(network[chance.randrange(network.num_addresses)], chance)}/"

    async def fetch_all():
        ends = Counter()
        async with Fetcher(limits) as fetcher:
            for _ in range(DRAWN):
                url = drawn()
                with pytest.raises(PictureUnusableError) as refused:
                    await fetcher.fetch(url)
                ends[str(refused.value.failure.reason)] += 1
        return ends

    ends = asyncio.run(fetch_all())
    assert made == []
    assert set(ends) <= {"private_address", "bad_link", "connect_failed"}
    print(f"{DRAWN} drawn addresses: {dict(ends)}, none connected to")


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["::1", "10.0.0.1"], ["fe80::1"], ["::ffff:169.254.169.254"]])
def test_a_name_that_leads_to_a_private_address_later_gains_nothing(canary, public, monkeypatch, answers):
    """DNS rebinding: the first look-up of a name gives a public address, each later one private ones."""
    port, came = canary
    looked_up = Counter()
    real = guard.socket.getaddrinfo

    def look_up(host, at, **more):
        looked_up[host] += 1
        places = [PUBLIC] if looked_up[host] == 1 else answers
        return [info for place in places for info in real(place, at, **more)]

    monkeypatch.setattr(guard.socket, "getaddrinfo", look_up)
    with PictureServer(PUBLIC) as server:
        server.add("/a", status(302, Location=f"http://name.example:{port}/b"))

        async def fetch():
            async with Fetcher(FetchLimits(attempts=3, backoff=0.001)) as fetcher:
                return await fetcher.fetch(server.url("/a", "name.example"))

        with pytest.raises(PictureUnusableError) as refused:
            asyncio.run(fetch())
    assert (refused.value.failure.reason, came) == ("private_address", [])
    assert looked_up["name.example"] == 2
