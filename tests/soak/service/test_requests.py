"""Requests that no honest client sends, at a real service: each ends as its sender's fault, and the service goes on."""

import os
import random
import socket
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import fake_engines
import fake_pages
import httpx
import pytest
from fake_engines import picture_bytes
from soak_size import size

from tests.browser.served import ROOT, served

MUTATIONS = size(short=150, long=4000)
SLOW = size(short=8, long=40)
MOST_BYTES = 2_000_000
NUMBER = 30
FORM = "multipart/form-data; boundary=b"
TRACES = ("Traceback", 'File "', "site-packages", "/extractor/", "Error:", str(ROOT))
"""What the insides of a program look like."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Where the service runs and keeps what it needs for a while."""
    return tmp_path_factory.mktemp("place")


@pytest.fixture(scope="module")
def url(place):
    paths = [fake_engines.SUPPORT_FOLDER, str(ROOT), os.environ.get("PYTHONPATH", "")]
    options = ("--ocr", fake_pages.ENGINE, "--max-bytes", str(MOST_BYTES), "--queue", "64")
    variables = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "TMPDIR": str(place)}
    with served(*options, **variables) as running:
        yield running


@pytest.fixture
def client(url):
    """A client; afterwards the service has to be as before."""
    with httpx.Client(base_url=url, timeout=60) as client:
        yield client
        assert client.get("/readyz").json() == {"status": "ready"}
        answer = client.post("/v1/extract", files={"picture": picture_bytes(NUMBER)}, data={"entities": "width"})
        assert answer.json()["answers"][0]["text"] == f"{NUMBER}.0 centimetre"


def part(name="picture", filename="a.png", data=None, more=b""):
    data = picture_bytes(NUMBER) if data is None else data
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'.encode()
    return head + more + b"\r\n" + data + b"\r\n"


WHOLE = part() + b"--b--\r\n"


def check(answer, what):
    assert answer.status_code < 500, (what, answer.status_code, answer.text)
    if not answer.is_success:
        told_nothing(answer.text, what)
        if answer.headers.get("Content-Type") != "text/plain; charset=utf-8":  # of the server below the app
            assert answer.headers["Content-Type"] == "application/problem+json", what
    return answer.status_code


def told_nothing(text, what):
    assert not any(trace in text for trace in TRACES), (what, text)


BODIES = {
    "nothing": b"",
    "no parts": b"--b--\r\n",
    "no end": part(),
    "another boundary": WHOLE.replace(b"--b", b"--c"),
    "no head": b"--b\r\n\r\nabc\r\n--b--\r\n",
    "no colon": b"--b\r\nContent-Disposition\r\n\r\nabc\r\n--b--\r\n",
    "no name": b"--b\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--b--\r\n",
    "two names": WHOLE.replace(b'name="picture"', b'name="a"; name="picture"'),
    "NUL in a name": WHOLE.replace(b"a.png", b"a\x00.png"),
    "line end in a name": WHOLE.replace(b"a.png", b"a\r\nX: y.png"),
    "no UTF-8 in a name": WHOLE.replace(b"a.png", b"\xff\xfe.png"),
    "long name": WHOLE.replace(b"a.png", b"a" * 500_000),
    "long head": part(more=b"X: " + b"y" * 500_000 + b"\r\n") + b"--b--\r\n",
    "many heads": part(more=b"X: y\r\n" * 50_000) + b"--b--\r\n",
    "form in a form": part(more=b"Content-Type: multipart/mixed; boundary=c\r\n", data=b"--c\r\n\r\n--c--")
    + b"--b--\r\n",
    "base64": part(more=b"Content-Transfer-Encoding: base64\r\n", data=b"!!!") + b"--b--\r\n",
    "two pictures": part() + WHOLE,
    "a field as a picture": b'--b\r\nContent-Disposition: form-data; name="picture"\r\n\r\nabc\r\n--b--\r\n',
    "a picture as a field": part("entities") + WHOLE,
    "10,000 fields": b'--b\r\nContent-Disposition: form-data; name="entities"\r\n\r\nx\r\n' * 10_000 + b"--b--\r\n",
    "5,000 files": part("picture", data=b"x") * 5000 + b"--b--\r\n",
    "200 pictures": part("pictures", data=b"x") * 200 + b"--b--\r\n",
    "many entities": WHOLE.replace(b"--b--", b'--b\r\nContent-Disposition: form-data; name="entities"\r\n\r\n')
    + b"a," * 400_000
    + b"\r\n--b--\r\n",
    "long titles": part("pictures", data=b"x")
    + b'--b\r\nContent-Disposition: form-data; name="products"\r\n\r\np\r\n'
    + b'--b\r\nContent-Disposition: form-data; name="titles"\r\n\r\n'
    + b"12 cm x " * 100_000
    + b"\r\n--b--\r\n",
    "zeros": bytes(100_000),
}


@pytest.mark.parametrize("path", ["/v1/extract", "/v1/extract/batch"])
@pytest.mark.parametrize("what", BODIES)
def test_a_form_that_is_none(client, what, path):
    check(client.post(path, content=BODIES[what], headers={"Content-Type": FORM}), what)


@pytest.mark.parametrize(
    "kind",
    [
        *("", "multipart/form-data", "multipart/form-data; boundary=", f"multipart/form-data; boundary={'b' * 9000}"),
        *(
            "multipart/mixed; boundary=b",
            "application/json",
            "text/plain",
            f"{FORM}; charset=utf-7",
            f"{FORM}; charset=x",
        ),
        *("application/x-www-form-urlencoded", 'multipart/form-data; boundary="b', "a/b;" * 900),
    ],
)
def test_a_kind_of_body_that_is_none(client, kind):
    for body in (WHOLE, b"url=" + b"&a=b" * 100_000, b"[" * 100_000, b"url=http%3A%2F%2F%00"):
        check(client.post("/v1/extract", content=body, headers={"Content-Type": kind}), kind)


def mutated(data, chance):
    data = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at : at + chance.randint(1, 40)] = b""
            case 2:
                data[at:at] = chance.choice((b"\r\n", b"--b", b'"', b";", b"\x00", b"--b--", b":", chance.randbytes(9)))
            case _:
                data[at:at] = data[at : at + chance.randint(1, 200)]
        data = data or bytearray(b"-")
    return bytes(data)


def test_forms_changed_at_random(client):
    whole = part() + b'--b\r\nContent-Disposition: form-data; name="entities"\r\n\r\nwidth\r\n' + b"--b--\r\n"
    chance, statuses = random.Random(4), Counter()
    for _ in range(MUTATIONS):
        body = mutated(whole, chance)
        statuses[check(client.post("/v1/extract", content=body, headers={"Content-Type": FORM}), body)] += 1
    assert set(statuses) <= {200, 400, 422}
    print(f"{MUTATIONS} forms changed at random: {dict(statuses)}, no 5xx")


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large(client, announced):
    body = part(data=bytes(2 * MOST_BYTES)) + b"--b--\r\n"
    content = body if announced else (body[i : i + 65_536] for i in range(0, len(body), 65_536))
    answer = client.post("/v1/extract", content=content, headers={"Content-Type": FORM})
    assert (check(answer, "too large"), answer.json()["reason"]) == (413, "too_large")


NAMES = (
    *(
        "../../../etc/passwd",
        "..\\..\\windows\\win.ini",
        "/etc/passwd",
        "C:\\a.png",
        "%2e%2e%2fa",
        "....//a",
        "a/../../b",
    ),
    *(
        "",
        ".",
        "..",
        "~/.ssh/id_rsa",
        "|id",
        "$(id)",
        "`id`",
        "; rm -rf x",
        "con",
        "a" * 5000,
        "\u202egnp.a",
        "=1+1",
        "é\u0301",
    ),
    *("<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "javascript:alert(1)"),
)


def test_names_of_files_are_names_and_no_places(client, place):
    before = files_below(place)
    for name in NAMES:
        answer = client.post(
            "/v1/extract", files={"picture": (name, picture_bytes(NUMBER))}, data={"entities": "width"}
        )
        if check(answer, name) == 200:
            assert answer.json()["name"] in (name, name.rpartition("\\")[2])  # some browsers sent the whole path once
            assert answer.headers["Content-Type"] == "application/json"
        batch = client.post("/v1/extract/batch", files=[("pictures", (name, bytes(2_000)))])
        assert check(batch, name) in (200, 400, 422)
    assert files_below(place) == before
    print(f"{len(NAMES)} names in each of two routes, no file written")


def files_below(folder):
    return sorted(str(path) for path in Path(folder).rglob("*"))


PATHS = (
    *("/assets/../shell.py", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fshell.py", "/assets/..\\shell.py"),
    *("//etc/passwd", "/assets/shell.py", "/assets/", "/assets/page.html/../../service/app.py", "/%00", "/.git/config"),
    *(
        "/assets/base.css%00.py",
        "/v1/extract/../../metrics/..;/",
        "/" + "a" * 30_000,
        "/docs",
        "/redoc",
        "/?" + "a=b&" * 5000,
    ),
)
HEADERS = (
    *(
        ("Host", value)
        for value in ("[", "[::1", "a b", "evil.example", "127.0.0.1:99999", "127.0.0.1@evil", "", "é", "a" * 9000)
    ),
    *(("Origin", value) for value in ("http://[", "null", "http://evil.example", "http://127.0.0.1@evil", "", "é")),
    *(("X-Request-ID", value) for value in ("<script>", "a" * 9000, "../x", "é", "")),
    *(("Authorization", value) for value in ("Basic", "Basic !", "Bearer", "Basic " + "A" * 9000, "é", "Digest x")),
    *(("Content-Length", value) for value in ("-1", "1e9", "9" * 30, "abc", "+5", "5, 6", "\u0663")),
    *(("Transfer-Encoding", value) for value in ("gzip", "chunked, chunked", "xchunked", "identity")),
    *(("Content-Encoding", "gzip"), ("Expect", "200-maybe"), ("Range", "bytes=0-9999999"), ("Cookie", "a" * 60_000)),
    *(("X-Forwarded-For", "127.0.0.1"), ("X-HTTP-Method-Override", "DELETE"), ("Upgrade", "h2c"), ("Accept", "é;q=x")),
)
METHODS = ("GET", "POST", "PUT", "DELETE", "TRACE", "CONNECT", "OPTIONS", "HEAD", "PATCH", "G\x00T", "get", "X" * 5000)


def sent_raw(url, data):
    """What the service says to these bytes, until it hangs up."""
    parts = urlsplit(url)
    said = b""
    with socket.create_connection((parts.hostname, parts.port), 30) as connection, suppress(ConnectionError):
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(65_536):
            said += piece
    return said


@pytest.mark.parametrize("path", ["/v1/extract", "/healthz"])
def test_lines_and_headers_that_are_none(client, url, path):
    host = f"Host: {urlsplit(url).netloc}\r\n"
    requests = [f"{method} {path} HTTP/1.1\r\n{host}\r\n" for method in METHODS]
    requests += [f"GET {one} HTTP/1.1\r\n{host}\r\n" for one in PATHS]
    for name, value in HEADERS:
        own = "" if name == "Host" else host
        length = "" if name in ("Content-Length", "Transfer-Encoding") else f"Content-Length: {len(WHOLE)}\r\n"
        head = f"POST {path} HTTP/1.1\r\n{own}{length}Content-Type: {FORM}\r\n{name}: {value}\r\n\r\n"
        requests.append(head + WHOLE.decode("latin-1"))
    requests += [
        "GET /",
        "\r\n" * 50,
        "\x16\x03\x01\x02",
        "GET / HTTP/9.9\r\n\r\n",
        f"GET / HTTP/1.1\r\n{host}X:" + "y" * 200_000,
    ]
    for request in requests:
        said = sent_raw(url, request.encode("utf-8")).decode("latin-1")
        what = request[:120]
        told_nothing(said, what)
        status = int(said.split()[1]) if said else 400
        assert status < 500, (what, said[:300])
    print(f"{len(requests)} requests that are none, no 5xx")


def head_of_slow(url):
    host = urlsplit(url).netloc
    lines = ("POST /v1/extract HTTP/1.1", f"Host: {host}", f"Content-Type: {FORM}", "Content-Length: 99999", "", "")
    return "\r\n".join(lines).encode()


def test_clients_that_send_slowly_hold_up_nobody(client, url):
    """They send a byte at a time; others are answered meanwhile."""
    parts, head = urlsplit(url), head_of_slow(url)
    slow = [socket.create_connection((parts.hostname, parts.port), 90) for _ in range(SLOW)]
    for one in slow:
        one.sendall(head + part()[:50])
    for _ in range(5):
        for one in slow:
            one.sendall(b"x")
        answer = client.post("/v1/extract", files={"picture": picture_bytes(NUMBER)})
        assert answer.status_code == 200
    for one in slow:
        one.close()


@pytest.mark.soak
def test_a_slow_client_is_told_after_a_minute(client, url):
    parts, head = urlsplit(url), head_of_slow(url)
    with socket.create_connection((parts.hostname, parts.port), 90) as slow:
        slow.sendall(head + part())
        slow.settimeout(1)
        said, sent = b"", 0
        while not said and sent < 90:
            try:
                slow.sendall(b"x")
                sent += 1
                said = slow.recv(9000)
            except TimeoutError:
                continue
        time.sleep(0.1)
    assert b" 408 " in said.splitlines()[0]
