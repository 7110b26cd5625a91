"""Replies of a server that misbehaves on purpose, beside those of `picture_server`, and what is to come of each.

It promises: a PASSING fault is over when a request is sent again; a LATER one looks like an answer, so that only
another run asks again; a LASTING one never ends, and is told by one of its reasons.
"""

import gzip
import io
import socket
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import picture_server as reply
from PIL import Image

SILENCE = 5.0
"""Seconds: longer than a client of these tests waits for anything."""
MOST_BYTES = 1_000_000
"""What is taken of one picture; the bombs are larger."""


class End(Enum):
    PASSING = auto()
    LATER = auto()
    LASTING = auto()


@dataclass(frozen=True)
class Fault:
    name: str
    reply: Callable
    end: End
    reasons: tuple[str, ...] = ()


def reset(handler):
    """Ends the connection at once and without a goodbye."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def half_then(end):
    def answer(handler):
        reply.body(bytes(500), announced=1000)(handler)
        handler.wfile.flush()
        end(handler)

    return answer


def stall(handler):
    time.sleep(SILENCE)


def drip(handler):
    reply.body(b"", announced=99)(handler)
    for _ in range(40):
        time.sleep(SILENCE / 40)
        handler.wfile.write(b"x")


def raw(data):
    def answer(handler):
        handler.wfile.write(data)

    return answer


def cut_chunk(handler):
    raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3e8\r\nabc")(handler)


def endless(handler):
    raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")(handler)
    for _ in range(10_000):
        handler.wfile.write(b"10000\r\n" + bytes(65_536) + b"\r\n")


def encoded(data, *codings):
    return reply.body(data, Content_Encoding=", ".join(codings))


def sent_on(place):
    return reply.status(302, Location=place)


def pixel_bomb():
    """A PNG that says it is 60,000 pixels wide and high."""
    file = io.BytesIO()
    Image.new("L", (9, 9)).save(file, "PNG")
    data = file.getvalue()
    header = data[12:16] + (60_000).to_bytes(4, "big") * 2 + data[24:29]
    return data[:12] + header + zlib.crc32(header).to_bytes(4, "big") + data[33:]


def faults(private):
    """All faults; `private` are addresses of hosts that are not to be asked."""
    html = b"<!DOCTYPE html><html><body>Please wait</body></html>"
    zeros = gzip.compress(bytes(200 * MOST_BYTES))
    timed_out, broken = ("timed_out", "host_unreachable"), ("broken_transfer", "host_unreachable")
    passing = {
        "silence": reply.slow(SILENCE),
        "stall half-way": half_then(stall),
        "reset half-way": half_then(reset),
        "reset": reset,
        "hang up": reply.hang_up,
        "slow drip": drip,
        "content cut short": reply.body(bytes(5), announced=1000),
        "chunk cut short": cut_chunk,
        "gzip cut short": encoded(gzip.compress(bytes(9000))[:-6], "gzip"),
        "no gzip": encoded(b"no gzip at all", "gzip"),
        "no HTTP": raw(b"\x00\x01\x02 what?\r\n\r\n"),
        "two lengths": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc"),
        "header flood": raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 40_000 + b"\r\n"),
        "429": reply.status(429, Retry_After="0"),
        "429, a date": reply.status(429, Retry_After="Mon, 01 Jan 2024 00:00:00 GMT"),
        "429, no date": reply.status(429, Retry_After="Mon, 01 Jan 99999999999 00:00:00 GMT"),
        "500": reply.status(500),
        "502": reply.body(html, "text/html", code=502),
        "503": reply.status(503, Retry_After="0"),
        "504": reply.status(504),
    }
    later = {
        "empty body": (reply.body(b""), "empty_file"),
        "HTML with 200": (reply.body(html), "not_a_picture"),
        "JSON with 200": (reply.body(b'{"error": "busy"}', "application/json"), "not_a_picture"),
        "half a picture": (reply.body(_noise()[:1500]), "truncated"),
        "403": (reply.status(403), "http_403"),
        "404": (reply.status(404), "http_404"),
        "204": (raw(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"), "empty_file"),
        "304": (raw(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"), "http_304"),
    }
    lasting = {
        "410": (reply.status(410), ("http_410",)),
        "500 for ever": (reply.status(500), ("http_500",)),
        "silence for ever": (reply.slow(SILENCE), timed_out),
        "stall for ever": (half_then(stall), timed_out),
        "reset for ever": (half_then(reset), broken),
        "no HTTP for ever": (raw(b"\x00\x01\x02 what?\r\n\r\n"), broken),
        "redirect loop": (lambda handler: sent_on(handler.path)(handler), ("too_many_redirects",)),
        "compression bomb": (encoded(zeros, "gzip"), ("too_large",)),
        "bomb in a bomb": (encoded(gzip.compress(zeros), "gzip", "gzip"), ("bad_encoding",)),
        "brotli": (encoded(b"\x0b\x02\x80abc\x03", "br"), ("bad_encoding",)),
        "endless body": (endless, ("too_large",)),
        "10 GB announced": (reply.body(b"abc", announced=10**10), ("too_large",)),
        "pixel bomb": (reply.body(pixel_bomb()), ("too_large",)),
        "to a file": (sent_on("file:///etc/passwd"), ("bad_link",)),
        "to data": (sent_on("data:image/png;base64,AAAA"), ("bad_link",)),
        "to no address": (sent_on("http://[::1"), ("bad_link", "broken_transfer")),
    }
    lasting |= {f"to {place}": (sent_on(place), ("private_address",)) for place in private}
    return [
        *(Fault(name, answer, End.PASSING) for name, answer in passing.items()),
        *(Fault(name, answer, End.LATER, (reason,)) for name, (answer, reason) in later.items()),
        *(Fault(name, answer, End.LASTING, reasons) for name, (answer, reasons) in lasting.items()),
    ]


def _noise():
    file = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(file, "PNG")
    return file.getvalue()
