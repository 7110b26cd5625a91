import asyncio
import gzip
import socket
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import picture_server as reply
import pytest

from extractor.sources import fetch as fetch_module
from extractor.sources import guard
from extractor.sources.fetch import Fetcher, retry_after
from extractor.sources.limits import BreakerPolicy, FetchLimits
from extractor.stages.reason import PictureUnusableError

PICTURE = b"\x89PNG and so on"
LIMITS = FetchLimits(
    attempts=3,
    connect_time=2.0,
    read_time=0.3,
    attempt_time=1.0,
    backoff=0.001,
    longest_retry_after=0.2,
    max_bytes=100_000,
    redirects=3,
    breaker=BreakerPolicy(failures=20, first_gap=0.01, patience=0.05),
)


def fetch(*urls, limits=LIMITS, allow_private=True):
    async def fetch_all():
        async with Fetcher(limits, allow_private=allow_private) as fetcher:
            return await asyncio.gather(*map(fetcher.fetch, urls), return_exceptions=True)

    results = asyncio.run(fetch_all())
    return results if len(urls) > 1 else results[0]


def fetch_error(url, **options):
    error = fetch(url, **options)
    assert isinstance(error, PictureUnusableError)
    return error


def test_a_picture(server):
    assert fetch(server.add("/a.png", reply.body(PICTURE))) == PICTURE


@pytest.mark.parametrize(
    "trouble",
    [
        reply.status(500),
        reply.status(503, Retry_After="0"),
        reply.status(429),
        reply.slow(0.6),
        reply.hang_up,
        reply.body(PICTURE[:5], announced=len(PICTURE)),
    ],
    ids=["500", "503", "429", "slow", "hang_up", "cut_short"],
)
def test_passing_trouble_is_overcome(server, trouble):
    url = server.add("/a.png", trouble, trouble, reply.body(PICTURE))
    assert fetch(url) == PICTURE
    assert server.hits["/a.png"] == 3


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (reply.status(500), "http_500"),
        (reply.status(429), "http_429"),
        (reply.slow(0.6), "timed_out"),
        (reply.hang_up, "broken_transfer"),
        (reply.body(PICTURE[:5], announced=len(PICTURE)), "broken_transfer"),
    ],
)
def test_lasting_trouble_ends_after_all_attempts(server, trouble, reason):
    assert fetch_error(server.add("/a.png", trouble)).failure.reason == reason
    assert server.hits["/a.png"] == LIMITS.attempts


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410])
def test_other_client_errors_are_final(server, code):
    assert fetch_error(server.add("/a.png", reply.status(code))).failure.reason == f"http_{code}"
    assert server.hits["/a.png"] == 1


@pytest.mark.parametrize(
    "huge", [reply.body(b"", announced=10**9), reply.chunks(*[b"x" * 50_000] * 3)], ids=["announced", "unannounced"]
)
def test_too_large_is_stopped_and_final(server, huge):
    assert fetch_error(server.add("/a.png", huge)).failure.reason == "too_large"
    assert server.hits["/a.png"] == 1


def test_a_slow_drip_ends_with_the_time_of_an_attempt(server):
    def drip(handler):
        reply.body(b"", announced=99)(handler)
        for _ in range(40):
            reply.time.sleep(0.1)
            handler.wfile.write(b"x")

    limits = FetchLimits(attempts=1, read_time=5, attempt_time=0.3)
    assert fetch_error(server.add("/a.png", drip), limits=limits).failure.reason == "timed_out"


def test_retry_after_holds_back_the_whole_host(server):
    asked = []

    def busy(handler):
        asked.append(reply.time.monotonic())
        reply.status(429, Retry_After="1")(handler)

    def fine(handler):
        asked.append(reply.time.monotonic())
        reply.body(PICTURE)(handler)

    assert fetch(server.add("/a.png", busy, fine)) == PICTURE
    assert asked[1] - asked[0] >= LIMITS.longest_retry_after * 0.9


def test_redirects_are_followed(server):
    server.add("/b.png", reply.body(PICTURE))
    assert fetch(server.add("/a.png", reply.status(302, Location="/b.png"))) == PICTURE


@pytest.mark.parametrize(
    ("target", "reason"),
    [("/a.png", "too_many_redirects"), ("ftp://x.org/a.png", "bad_link"), ("file:///etc/passwd", "bad_link")],
)
def test_bad_redirects(server, target, reason):
    assert fetch_error(server.add("/a.png", reply.status(302, Location=target))).failure.reason == reason


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://", "bad_link"),
        ("http:///a.jpg", "bad_link"),
        ("http://[::1", "bad_link"),
        ("http://a b/", "connect_failed"),
        ("http://x:99999/", "bad_link"),
        ("http://8.8.8.8:0/a.jpg", "bad_link"),
        (f"http://{'x' * 300}.org/", "connect_failed"),
    ],
)
def test_bad_addresses(url, reason):
    assert fetch_error(url, allow_private=False).failure.reason == reason


@pytest.mark.parametrize("allow_private", [True, False])
@pytest.mark.parametrize("port", [0, 65536, 99999])
def test_an_impossible_port_is_named(port, allow_private):
    error = fetch_error(f"http://127.0.0.1:{port}/a.png", allow_private=allow_private)
    assert error.failure.reason == "bad_link"
    assert f"there is no port {port}" in str(error)


def test_a_redirect_to_an_impossible_port_is_a_bad_link(server):
    error = fetch_error(server.add("/a.png", reply.status(302, Location="http://127.0.0.1:99999/b.png")))
    assert error.failure.reason == "bad_link"
    assert "there is no port 99999" in str(error)


def test_this_machine_is_refused_without_being_asked(server):
    error = fetch_error(server.add("/a.png", reply.body(PICTURE)), allow_private=False)
    assert error.failure.reason == "private_address"
    assert "--allow-private" in str(error)
    assert server.hits["/a.png"] == 0


def test_a_redirect_to_a_private_address_is_refused(server, monkeypatch):
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1")
    server.add("/b.png", reply.body(PICTURE))
    url = server.add("/a.png", reply.status(302, Location=server.url("/b.png", host="127.0.0.2")))
    assert fetch_error(url, allow_private=False).failure.reason == "private_address"
    assert server.hits["/b.png"] == 0


def test_a_dead_host_is_given_up_for_all_its_pictures():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    urls = [f"http://127.0.0.1:{port}/{i}.png" for i in range(50)]
    reasons = {error.failure.reason for error in fetch(*urls)}
    assert "host_unreachable" in reasons
    assert reasons <= {"host_unreachable", "connect_failed"}


def test_no_more_than_allowed_at_once(server):
    running, most = [], []

    def counted(handler):
        running.append(1)
        most.append(len(running))
        reply.time.sleep(0.02)
        running.pop()
        reply.body(PICTURE)(handler)

    urls = [server.add(f"/{i}.png", counted) for i in range(12)]
    assert fetch(*urls, limits=FetchLimits(concurrency=3)) == [PICTURE] * 12
    assert max(most) <= 3


def test_servers_are_asked_for_plain_bytes(server):
    asked = []

    def heard(handler):
        asked.append(handler.headers["Accept-Encoding"])
        reply.body(PICTURE)(handler)

    assert fetch(server.add("/a.png", heard)) == PICTURE
    assert asked == ["identity"]


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", gzip.compress(PICTURE, mtime=0)),
        ("deflate", zlib.compress(PICTURE)),
        ("aws-chunked, gzip", gzip.compress(PICTURE, mtime=0)),
        ("UTF-8", PICTURE),
    ],
)
def test_a_server_that_encodes_unasked_is_understood(server, coding, data):
    assert fetch(server.add("/a.png", reply.body(data, Content_Encoding=coding))) == PICTURE


@pytest.mark.parametrize("coding", ["gzip, gzip", "deflate,gzip", "br", "gzip, br"])
def test_other_encodings_are_refused_by_name(server, coding):
    data = gzip.compress(gzip.compress(PICTURE, mtime=0))
    error = fetch_error(server.add("/a.png", reply.body(data, Content_Encoding=coding)))
    assert error.failure.reason == "bad_encoding"
    assert coding.replace(",", ", ").replace("  ", " ") in str(error)
    assert server.hits["/a.png"] == 1


@pytest.mark.parametrize(
    "data",
    [gzip.compress(PICTURE, mtime=0)[:-4], b"no gzip at all", gzip.compress(PICTURE, mtime=0)[:5]],
    ids=["cut", "other", "head"],
)
def test_an_encoding_that_breaks_off_is_a_broken_transfer(server, data):
    url = server.add("/a.png", reply.body(data, Content_Encoding="gzip"), reply.body(PICTURE))
    assert fetch(url) == PICTURE
    server.replies["/a.png"] = [reply.body(data, Content_Encoding="gzip")]
    assert fetch_error(url).failure.reason == "broken_transfer"


BOMB_BYTES = 100_000_000
BOMB = zlib.compress(bytes(BOMB_BYTES))
BOMB_OF_BOMBS = zlib.compress(BOMB)


@pytest.mark.parametrize(
    ("bomb", "reason"),
    [
        (reply.body(BOMB, Content_Encoding="deflate"), "too_large"),
        (reply.body(BOMB_OF_BOMBS, Content_Encoding="deflate, deflate"), "bad_encoding"),
        (reply.body(BOMB, Content_Encoding="deflate", code=404), "http_404"),
        (reply.body(BOMB, Content_Encoding="deflate", code=302, Location="/gone.png"), "http_404"),
        (reply.body(BOMB_OF_BOMBS, Content_Encoding="deflate, deflate", code=302, Location="/gone.png"), "http_404"),
        (reply.chunks(*[bytes(1_000_000)] * 50, code=302, Location="/gone.png"), "http_404"),
    ],
    ids=["encoded", "encoded twice", "error", "redirect", "redirect encoded twice", "long redirect"],
)
def test_what_grows_takes_no_more_memory_than_the_limit(server, bomb, reason):
    limits = FetchLimits(attempts=1, max_bytes=1_000_000)
    url = server.add("/a.png", bomb)
    tracemalloc.start()
    try:
        assert fetch_error(url, limits=limits).failure.reason == reason
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < BOMB_BYTES / 10


def test_what_follows_the_end_of_an_encoding_counts(server):
    parts = [gzip.compress(PICTURE, mtime=0), *[bytes(50_000)] * 3]
    assert (
        fetch_error(server.add("/a.png", reply.chunks(*parts, Content_Encoding="gzip"))).failure.reason == "too_large"
    )


NOW = datetime(2024, 9, 13, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("9" * 400, float("inf")),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", None),
    ],
)
def test_retry_after(header, seconds):
    assert retry_after(header, NOW) == seconds


def test_a_server_s_cookies_are_not_kept(server):
    sent = []

    def picture(handler):
        sent.append(handler.headers.get("Cookie"))
        reply.body(PICTURE, Set_Cookie="mark=1; Path=/")(handler)

    url = server.add("/a.png", picture)

    async def twice():
        async with Fetcher(LIMITS, allow_private=True) as fetcher:
            return [await fetcher.fetch(url) for _ in range(2)]

    assert asyncio.run(twice()) == [PICTURE, PICTURE]
    assert sent == [None, None]


def test_a_host_that_leads_to_dead_ones_is_not_dead(server):
    dead = [server.add(f"/{i}.png", reply.status(302, Location="http://127.0.0.1:9/")) for i in range(25)]
    good = server.add("/a.png", reply.body(PICTURE))

    async def one_after_the_other():
        async with Fetcher(LIMITS, allow_private=True) as fetcher:
            await asyncio.gather(*map(fetcher.fetch, dead), return_exceptions=True)
            return await fetcher.fetch(good)

    assert asyncio.run(one_after_the_other()) == PICTURE


def test_few_hosts_are_remembered(monkeypatch):
    monkeypatch.setattr(fetch_module, "_MOST_HOSTS", 3)

    async def go():
        async with Fetcher(LIMITS) as fetcher:
            for number in (*range(5), 3):
                await asyncio.gather(fetcher.fetch(f"http://127.0.0.{number}/"), return_exceptions=True)
            return list(fetcher._hosts)

    assert asyncio.run(go()) == ["127.0.0.2", "127.0.0.4", "127.0.0.3"]


def test_trouble_of_any_kind_is_that_picture_s(server, monkeypatch):
    monkeypatch.setattr(fetch_module, "Decoder", lambda codings: 1 / 0)
    error = fetch_error(server.add("/a.png", reply.body(PICTURE)))
    assert (error.failure.reason, error.failure.detail) == ("fetch_failed", "ZeroDivisionError: division by zero")
