"""What a run says of itself: its summary, and notices while it runs."""

import asyncio

import picture_server as reply
import pytest
from fake_engines import ENGINE, NORMAL, RAISES, picture_bytes
from fake_rows import asking

from extractor.run.local import run
from extractor.run.options import RunOptions
from extractor.run.progress import SilentWatcher

SHORT_SIGHTED = "fake_engines:ShortSightedEngine"


@pytest.fixture
def predict(tmp_path):
    def go(rows, watcher=None, **options):
        defaults = {"base": tmp_path, "store": tmp_path / "store.sqlite3", "ocr": ENGINE, "allow_private": True}
        defaults["upscale"] = False
        return asyncio.run(run(rows, RunOptions(**{**defaults, **options}), watcher or SilentWatcher()))

    return go


def put(folder, number, mood=NORMAL):
    (folder / f"{number}.png").write_bytes(picture_bytes(number, mood))
    return f"{number}.png"


def test_pictures_that_are_looked_at_twice_are_counted(predict, tmp_path):
    a, b, c = (put(tmp_path, n) for n in (250, 300, 301))
    rows = asking(a, b) + asking(c, entity="width")
    first = predict(rows, ocr=SHORT_SIGHTED).summary
    assert (first.upscaled, first.read) == (0, 3)
    assert "read      3 now, 0 earlier" in first.lines()
    second = predict(rows, ocr=SHORT_SIGHTED, upscale=True).summary
    assert (second.upscaled, second.read, second.read_before) == (2, 0, 3)
    assert "read      0 now, 3 earlier; 2 once more, enlarged" in second.lines()
    assert predict(rows, ocr=SHORT_SIGHTED, upscale=True).summary.upscaled == 0
    failing = predict(asking(a, entity="voltage"), ocr="fake_engines:CrampedEngine", upscale=True)
    assert failing.summary.upscaled == 0


def test_a_run_without_any_picture_says_so(predict, server, tmp_path):
    links = [server.url("/1.png"), server.url("/2.png"), server.add("/3.png", reply.body(b"<html>")), "none.png"]
    summary = predict(asking(*links)).summary
    said, _, reasons = summary.no_picture.partition(": ")
    assert said == "no picture could be had"
    assert set(reasons.split(", ")) == {"http_404 2", "picture_missing 1", "not_a_picture 1"}
    assert any(line.startswith("failed    no picture could be had: http_404 2") for line in summary.lines())


@pytest.mark.parametrize("mood", [NORMAL, RAISES])
def test_one_picture_that_could_be_had_is_enough(predict, tmp_path, mood):
    a = put(tmp_path, 250, mood)
    summary = predict(asking("none.png", a)).summary
    assert summary.no_picture == ""
    assert "no picture could be had" not in "\n".join(summary.lines())


def test_a_run_without_rows_lacks_no_picture(predict):
    assert predict([]).summary.no_picture == ""


class Notices(SilentWatcher):
    def __init__(self):
        self.heard = []

    def notice(self, text):
        self.heard.append(text)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_that_is_not_used_is_told_once_when_pictures_are_fetched(predict, server, tmp_path, monkeypatch, name):
    links = [server.add(f"/{n}.png", reply.body(picture_bytes(n))) for n in (250, 251)]
    local = put(tmp_path, 252)
    monkeypatch.setenv(name, "http://user:secret@proxy.example:3128")
    told, untold = Notices(), Notices()
    assert [trace.prediction for trace in predict(asking(*links), watcher=told).rows] == ["250.0 gram", "251.0 gram"]
    predict(asking(*links, local), watcher=untold)
    assert len(told.heard) == 1
    assert told.heard[0].startswith(f"proxy     {name}: not used")
    assert "secret" not in told.heard[0]
    assert untold.heard == []
