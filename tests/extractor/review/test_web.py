"""What the review page asks for, over the app as it is served."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json

import httpx
import pytest
from fake_audits import SIZE, write_audit
from PIL import Image

from extractor.review.items import ReviewItems
from extractor.review.log import DecisionLog, read_decisions
from extractor.review.session import ReviewSession
from extractor.review.web import review_routers
from extractor.web.shell import AccessSettings, app_with


@pytest.fixture
def review(tmp_path):
    """Asks the app of a review of ten rows by kim."""
    with DecisionLog(tmp_path / "log.jsonl") as log:
        session = ReviewSession(ReviewItems(write_audit(tmp_path)), log, "kim")
        app = app_with(review_routers(session), AccessSettings())

        def ask(method, path, **more):
            async def go():
                transport = httpx.ASGITransport(app, raise_app_exceptions=False)
                async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                    return await client.request(method, path, **more)

            return asyncio.run(go())

        yield ask


def decide(review, position, action, value=""):
    return review("POST", f"/review/rows/{position}/decision", json={"action": action, "value": value})


def test_a_row_is_shown_with_its_boxes(review):
    row = review("GET", "/review/rows/2").json()
    assert (row["label"], row["suggestion"], row["verdict"]) == ("500.0 gram", "3.0 kilogram", "other_value")
    assert [(box["text"], box["role"]) for box in row["boxes"]] == [("other text", "other"), ("3 kg", "evidence")]
    assert (row["width"], row["height"]) == SIZE
    assert "gram" in row["units"]
    assert str(row).count("/") == 0  # nothing of where files are


def test_a_file_that_changed_is_told(review, tmp_path):
    (tmp_path / "audit_review.jsonl").write_text("{}\n")
    problem = review("GET", "/review/rows/2").json()
    assert problem["status"] == 409
    assert str(tmp_path) not in problem["detail"]


def test_decisions_lead_on_and_are_in_the_log_at_once(review, tmp_path):
    assert decide(review, 0, "keep").json()["next"] == 1
    assert decide(review, 2, "take").json() == {
        "rater": "kim", "total": 10, "decided": 2, "next": 3, "seconds_left": None,
    }  # fmt: skip
    assert [one.value for one in read_decisions(tmp_path / "log.jsonl").values()] == ["1.0 kilogram", "3.0 kilogram"]
    assert review("GET", "/review/rows/2").json()["value"] == "3.0 kilogram"
    undone = review("POST", "/review/undo").json()
    assert (undone["position"], undone["progress"]["decided"]) == (2, 1)
    assert review("GET", "/review/rows/2").json()["action"] == ""


@pytest.mark.parametrize(
    ("position", "body", "status", "said"),
    [
        (0, {"action": "value", "value": "12"}, 422, "units of item_weight: gram"),
        (0, {"action": "take"}, 422, "no suggestion"),
        (0, {"action": "undo"}, 422, "route of its own"),
        (0, {"action": "burn"}, 422, "body.action"),
        (99, {"action": "keep"}, 404, "there is no row 99"),
        (-1, {"action": "keep"}, 404, "there is no row -1"),
    ],
)
def test_what_makes_no_sense_is_a_problem_and_no_decision(review, tmp_path, position, body, status, said):
    answer = review("POST", f"/review/rows/{position}/decision", json=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert said in answer.json()["detail"]
    assert read_decisions(tmp_path / "log.jsonl") == {}


def test_nothing_to_undo_is_a_problem(review):
    assert review("POST", "/review/undo").status_code == 422


def test_a_picture_is_sent_as_it_is(review, tmp_path):
    answer = review("GET", "/review/rows/4/picture")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content == (tmp_path / "picture 4.png").read_bytes()


@pytest.mark.parametrize("path", ["../audit.csv", "picture%200.png", "0/picture/../../../audit.csv", "1e0/picture"])
def test_no_file_is_found_by_a_path(review, path):
    answer = review("GET", f"/review/rows/{path}")
    assert answer.status_code in (404, 422)


def test_a_picture_that_changed_or_went_is_a_problem(review, tmp_path):
    (tmp_path / "picture 4.png").write_bytes(b"<svg onload='alert(1)'/>")
    answer = review("GET", "/review/rows/4/picture")
    assert (answer.status_code, answer.json()["detail"]) == (
        404, "picture 4.png has changed since the audit; run it again",
    )  # fmt: skip
    (tmp_path / "picture 5.png").unlink()
    assert review("GET", "/review/rows/5/picture").status_code == 404


def test_a_picture_that_browsers_do_not_show_is_converted(review, tmp_path):
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(file, "TIFF")
    (tmp_path / "picture 0.png").write_bytes(file.getvalue())
    lines = (tmp_path / "audit_review.jsonl").read_text().splitlines()
    item = json.loads(lines[0])
    old, new = item["sha256"], hashlib.sha256(file.getvalue()).hexdigest()
    (tmp_path / "audit_review.jsonl").write_text((tmp_path / "audit_review.jsonl").read_text().replace(old, new))
    answer = review("GET", "/review/rows/0/picture")
    assert answer.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (40, 20)


def test_the_page_runs_no_inline_script(review):
    page = review("GET", "/")
    assert "<script>" not in page.text
    assert "style=" not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    for name in ("review.js", "keys.js", "review.css", "base.css", "dom.js", "picture.js"):
        assert review("GET", f"/assets/{name}").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_it_says_that_it_is_there(review, path):
    assert review("GET", path).status_code == 200
