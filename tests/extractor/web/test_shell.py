import asyncio
import logging

import httpx
import pytest
from fastapi import APIRouter, Form, UploadFile

from extractor.web.shell import AccessSettings, app_with, page_router

KEY = "sésame"
PICTURE = {"picture": ("a.png", b"x" * 1000)}


def app_of(observe=None, **settings):
    router = APIRouter()

    @router.get("/v1/things/{thing}")
    def thing(thing: int) -> int:
        return thing

    @router.get("/v1/broken")
    def broken() -> None:
        raise RuntimeError("the secret inside")

    @router.get("/healthz")
    def health() -> str:
        return "ok"

    @router.post("/v1/pictures")
    def take(picture: UploadFile, name: str = Form("x")) -> int:
        return picture.size

    routers = [router, page_router("/", "extractor.web", "icon.svg")]
    return app_with(routers, AccessSettings(**settings), observe=observe)


def ask(app, method, path, host="127.0.0.1:8000", **more):
    async def go():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, **more)

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "title"),
    [
        ("GET", "/nowhere", {}, 404, "Not Found"),
        ("PUT", "/v1/things/1", {}, 405, "Method Not Allowed"),
        ("GET", "/v1/things/one", {}, 422, "Unprocessable Entity"),
        ("POST", "/v1/pictures", {}, 422, "Unprocessable Entity"),
        ("POST", "/v1/pictures", {"content": b"--", "headers": {"Content-Type": "multipart/form-data"}}, 400, None),
        ("GET", "/v1/broken", {}, 500, "Internal Server Error"),
        ("POST", "/v1/pictures", {"files": {"picture": b"x" * 3000}}, 413, None),
        ("POST", "/v1/pictures", {"files": PICTURE, "headers": {"Origin": "http://evil.example"}}, 403, "Forbidden"),
        ("POST", "/v1/pictures", {"files": PICTURE, "headers": {"Sec-Fetch-Site": "cross-site"}}, 403, "Forbidden"),
        ("GET", "/v1/things/1", {"host": "evil.example"}, 421, "Misdirected Request"),
        ("GET", "/v1/things/1", {"headers": {"Host": "[::1"}}, 421, "Misdirected Request"),
        ("POST", "/v1/pictures", {"files": PICTURE, "headers": {"Origin": "http://[::1"}}, 403, "Forbidden"),
    ],
)
def test_every_error_is_a_problem(method, path, more, status, title):
    answer = ask(app_of(max_bytes=2000, hosts=("127.0.0.1",)), method, path, **more)
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    assert problem["detail"]
    assert title is None or problem["title"] == title
    assert "secret" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")


def test_a_request_that_is_wrong_is_told_where():
    (fault,) = ask(app_of(), "GET", "/v1/things/one").json()["faults"]
    assert fault["where"] == "path.thing"
    assert "integer" in fault["problem"]


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://127.0.0.1:8000"}, {"Sec-Fetch-Site": "same-origin"}])
def test_programs_and_the_own_page_may_send(headers):
    assert ask(app_of(), "POST", "/v1/pictures", files=PICTURE, headers=headers).json() == 1000


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/v1/things/1", {}, 401),
        ("/", {}, 401),
        ("/healthz", {}, 200),
        ("/v1/things/1", {"headers": {"X-API-Key": "wrong"}}, 401),
        ("/v1/things/1", {"headers": {"X-API-Key": KEY.encode()}}, 200),
        ("/v1/things/1", {"headers": {"Authorization": b"Bearer " + KEY.encode()}}, 200),
        ("/v1/things/1", {"auth": ("anyone", KEY)}, 200),
        ("/v1/things/1", {"auth": ("anyone", "wrong")}, 401),
        ("/v1/things/1", {"headers": {"Authorization": "Basic !"}}, 401),
    ],
)
def test_the_key_opens_all_but_the_health_checks(path, more, status):
    answer = ask(app_of(api_key=KEY), "GET", path, **more)
    assert answer.status_code == status
    assert (status == 401) == ("WWW-Authenticate" in answer.headers)
    assert KEY not in repr(AccessSettings(api_key=KEY))
    document = app_of(api_key=KEY).openapi()
    documented = document["paths"].get(path, {}).get("get", {}).get("security", document["security"])
    assert bool(documented) == (path != "/healthz")


def test_keys_are_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr("extractor.web.access.hmac.compare_digest", lambda *keys: compared.append(keys) or False)
    for headers in ({}, {"X-API-Key": "x"}, {"X-API-Key": KEY.encode()}, {"Authorization": b"Bearer " + KEY.encode()}):
        assert ask(app_of(api_key=KEY), "GET", "/v1/things/1", headers=headers).status_code == 401
    assert [given for given, _ in compared] == [b"", b"x", KEY.encode(), KEY.encode()]


@pytest.mark.parametrize(("given", "kept"), [("order-7", True), ("a b", False), ("x" * 65, False), ("<script>", False)])
def test_a_request_keeps_a_plain_id_of_its_client(given, kept):
    answer = ask(app_of(), "GET", "/v1/things/1", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept


def test_requests_are_logged_and_observed_by_route(caplog):
    seen = []
    with caplog.at_level(logging.INFO, "extractor.web"):
        app = app_of(observe=seen.append)
        answer = ask(app, "GET", "/v1/things/1?token=hidden")
        ask(app, "GET", "/nowhere")
    assert [(one.route, one.status) for one in seen] == [("/v1/things/{thing}", 200), ("none", 404)]
    (first, _) = caplog.records
    assert (first.request_id, first.route, first.status) == (answer.headers["X-Request-ID"], "/v1/things/{thing}", 200)
    assert "hidden" not in first.getMessage()


def test_a_500_is_logged_with_its_request(caplog):
    answer = ask(app_of(), "GET", "/v1/broken")
    (failed,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert failed.request_id == answer.json()["request_id"] in failed.getMessage()
    assert "the secret inside" in str(failed.exc_info[1])


def test_files_of_pages_come_with_their_kind():
    assert ask(app_of(), "GET", "/").headers["Content-Type"] == "image/svg+xml"
    style = ask(app_of(), "GET", "/assets/base.css")
    assert style.headers["Content-Type"].startswith("text/css")
    assert ":root" in style.text
    assert ask(app_of(), "GET", "/assets/shell.py").status_code == 404


def _form(size):
    return (
        b'--b\r\nContent-Disposition: form-data; name="picture"; filename="a"\r\n\r\n' + b"x" * size + b"\r\n--b--\r\n"
    )


FORM = {"Content-Type": "multipart/form-data; boundary=b"}


def test_a_body_without_announced_length_is_counted():
    async def pieces():
        for i in range(0, 5000, 100):
            yield _form(5000)[i : i + 100]

    answer = ask(app_of(max_bytes=2000), "POST", "/v1/pictures", content=pieces(), headers=FORM)
    assert (answer.status_code, answer.json()["reason"]) == (413, "too_large")


def test_a_body_that_comes_too_slowly_ends():
    async def pieces():
        yield _form(100)[:50]
        await asyncio.sleep(60)

    answer = ask(app_of(body_seconds=0.05), "POST", "/v1/pictures", content=pieces(), headers=FORM)
    assert answer.status_code == 408
    assert "0.05 s" in answer.json()["detail"]
