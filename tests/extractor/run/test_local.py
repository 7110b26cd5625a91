import asyncio
import hashlib
import multiprocessing
import time
from collections import Counter

import picture_server as reply
import pytest
from fake_engines import ENGINE, HANGS, KILLS, KILLS_ONCE, NORMAL, RAISES, picture_bytes
from fake_rows import asking, predictions

import rules
from extractor.api.engines import fingerprint_of
from extractor.api.process_main import WorkersAbortedError
from extractor.api.processes import ProcessLimits
from extractor.cache.pages import Fingerprints
from extractor.cache.store import Store
from extractor.run import pictures
from extractor.run.local import run
from extractor.run.options import RunOptions
from extractor.run.progress import SilentWatcher
from extractor.run.worker import WorkerJob
from extractor.sources.limits import BreakerPolicy, FetchLimits
from extractor.stages.select import UPSCALED
from extractor.tables.rows import Row

FETCH_LIMITS = FetchLimits(attempts=2, backoff=0.001, breaker=BreakerPolicy(failures=5, first_gap=0.01, patience=0.05))


class Reads:
    """What the fake engine wrote into its log."""

    def __init__(self, path):
        self._path = path

    def __call__(self):
        lines = self._path.read_text().split() if self._path.exists() else []
        return Counter(map(int, lines))


@pytest.fixture
def reads(tmp_path, monkeypatch):
    path = tmp_path / "reads.log"
    monkeypatch.setenv("FAKE_OCR_LOG", str(path))
    return Reads(path)


@pytest.fixture
def predict(tmp_path, reads):
    def go(rows, **options):
        defaults = {
            "base": tmp_path,
            "store": tmp_path / "store.sqlite3",
            "ocr": ENGINE,
            "upscale": False,
            "allow_private": True,
            "fetch_limits": FETCH_LIMITS,
        }
        return asyncio.run(run(rows, RunOptions(**{**defaults, **options}), SilentWatcher()))

    return go


def put(folder, name, data):
    (folder / name).write_bytes(data)
    return name


def reasons(result):
    return [trace.answer.reason for trace in result.rows]


def test_the_text_of_a_result_leaves_the_rows_out(predict, tmp_path):
    """asyncio's runner makes a text of what a run returns: with the rows it took ten times their memory."""
    assert "RowAnswer" not in repr(predict(asking(put(tmp_path, "a.png", picture_bytes(250)))))


def test_every_picture_is_read_once_however_many_ask_under_whatever_name(predict, reads, tmp_path):
    a, b = put(tmp_path, "a.png", picture_bytes(250)), put(tmp_path, "b.png", picture_bytes(300))
    same = put(tmp_path, "same.png", picture_bytes(250))
    rows = asking(a, b, a, f" {a} ", same, entity="item_weight") + asking(a, entity="voltage")
    result = predict(rows, workers=2)
    assert predictions(result) == ["250.0 gram", "300.0 gram", "250.0 gram", "250.0 gram", "250.0 gram", ""]
    assert [trace.row for trace in result.rows] == rows
    assert reads() == {250: 1, 300: 1}
    trace = result.rows[0]
    assert [token.text for token in trace.answer.evidence] == ["Net weight 250 g"]
    assert str(trace.answer.candidates[0].amount) == "250.0 gram"
    of_either_name = [result.rows[0], result.rows[4]]  # whichever of the two workers came first read it
    assert any(not (trace.cached.ocr or trace.cached.answer) for trace in of_either_name)


def test_a_second_run_reads_nothing_and_says_the_same(predict, reads, tmp_path):
    rows = asking(put(tmp_path, "a.png", picture_bytes(250)))
    first, second = predict(rows), predict(rows)
    assert predictions(first) == predictions(second) == ["250.0 gram"]
    assert second.rows[0].answer == first.rows[0].answer
    assert second.rows[0].cached.ocr
    assert second.rows[0].cached.answer
    assert reads() == {250: 1}


def test_other_rules_use_what_was_read_and_decide_anew(predict, reads, tmp_path, monkeypatch):
    rows = asking(put(tmp_path, "a.png", picture_bytes(250)))
    predict(rows)
    monkeypatch.setattr(rules, "rules_version", lambda: "another")
    trace = predict(rows).rows[0]
    assert (trace.cached.ocr, trace.cached.answer) == (True, False)
    assert reads() == {250: 1}


def test_without_cache_nothing_is_used_or_kept(predict, reads, tmp_path):
    rows = asking(put(tmp_path, "a.png", picture_bytes(250)))
    predict(rows)
    before = sorted(tmp_path.iterdir())
    assert predictions(predict(rows, use_cache=False)) == ["250.0 gram"]
    assert sorted(tmp_path.iterdir()) == before
    assert reads() == {250: 2}


def test_one_bad_picture_never_costs_another(predict, tmp_path):
    good = put(tmp_path, "good.png", picture_bytes(250))
    bad = {
        "text.png": (b"<html>Sorry</html>", "not_a_picture"),
        "cut.png": (picture_bytes(251)[:45], "truncated"),
        "raises.png": (picture_bytes(252, RAISES), "ocr_failed"),
        "huge.png": (bytes(2_000_000), "too_large"),
    }
    rows = asking(good, *(put(tmp_path, name, data) for name, (data, _) in bad.items()), "none.png", "")
    result = predict(rows, fetch_limits=FetchLimits(max_bytes=1_000_000))
    assert predictions(result) == ["250.0 gram"] + [""] * 6
    assert reasons(result)[1:] == [reason for _, reason in bad.values()] + ["picture_missing", "no_link"]
    assert all(trace.answer.detail for trace in result.rows[1:])


def test_a_crash_costs_the_picture_that_causes_it_and_no_other(predict, tmp_path):
    names = []
    for number in range(8):
        mood = {3: KILLS, 5: KILLS_ONCE}.get(number, NORMAL)
        names.append(put(tmp_path, f"{number}.png", picture_bytes(200 + number, mood)))
    result = predict(asking(*names), workers=2)
    expected = [f"{200 + number}.0 gram" for number in range(8)]
    expected[3] = ""
    assert predictions(result) == expected
    assert reasons(result)[3] == "ocr_crashed"
    assert "SIGKILL" in result.rows[3].answer.detail


def test_a_picture_that_takes_too_long_is_given_up(predict, tmp_path):
    hanging = put(tmp_path, "a.png", picture_bytes(250, HANGS))
    result = predict(asking(hanging), process_limits=ProcessLimits(job_seconds=1.0))
    assert reasons(result) == ["ocr_timed_out"]


def test_rules_that_take_too_long_cost_only_what_they_were_at(predict, reads, tmp_path):
    name = put(tmp_path, "a.png", picture_bytes(250))
    rows = [Row("0", name, "1", "item_weight"), Row("1", name, "1", "wattage")]
    result = predict(rows, ocr="fake_engines:StallingEngine", process_limits=ProcessLimits(job_seconds=3.0))
    assert reasons(result) == ["answered", "rules_timed_out"]
    assert "applying the rules" in result.rows[1].answer.detail
    assert not any(trace.cached.answer for trace in result.rows)
    again = predict(rows, ocr="fake_engines:FakeEngine", store=tmp_path / "other.sqlite3")
    assert reasons(again) == ["answered", "no_candidate"]


def test_a_second_look_that_takes_too_long_is_named(predict, tmp_path):
    name = put(tmp_path, "a.png", picture_bytes(250))
    limits = ProcessLimits(job_seconds=3.0)
    result = predict(asking(name), ocr="fake_engines:TiredEngine", upscale=True, process_limits=limits)
    assert reasons(result) == ["upscaled_pass_timed_out"]


def test_decisions_made_before_a_time_out_are_kept(predict, reads, tmp_path):
    name = put(tmp_path, "a.png", picture_bytes(250))
    rows = [Row("0", name, "1", "item_weight"), Row("1", name, "1", "wattage")]
    options = {"ocr": "fake_engines:StallingEngine", "process_limits": ProcessLimits(job_seconds=3.0)}
    predict(rows, **options)
    (trace,) = predict(rows[:1], **options).rows
    assert trace.cached.answer
    assert reads() == {250: 1}


def test_an_engine_that_cannot_work_in_workers_ends_the_run_with_its_message(predict, tmp_path):
    names = [put(tmp_path, f"{number}.png", picture_bytes(number)) for number in range(3)]
    with pytest.raises(WorkersAbortedError, match="cannot be loaded: no models"):
        predict(asking(*names), ocr="fake_engines:HomelyEngine")


def test_workers_that_always_die_end_the_run_with_a_message(predict, tmp_path):
    names = [put(tmp_path, f"{number}.png", picture_bytes(number)) for number in range(6)]
    with pytest.raises(WorkersAbortedError, match=r"in a row died .*SIGKILL.* fewer --workers"):
        predict(asking(*names), ocr="fake_engines:BrokenEngine", process_limits=ProcessLimits(deaths=1))


def test_workers_are_replaced_and_nothing_changes(predict, reads, tmp_path):
    names = [put(tmp_path, f"{number}.png", picture_bytes(200 + number)) for number in range(5)]
    result = predict(asking(*names), process_limits=ProcessLimits(jobs_per_process=2))
    assert predictions(result) == [f"{200 + number}.0 gram" for number in range(5)]
    assert set(reads().values()) == {1}


def test_fetched_pictures_are_not_fetched_again(predict, server, reads):
    rows = asking(server.add("/a.png", reply.body(picture_bytes(250))))
    first, second = predict(rows), predict(rows)
    assert predictions(first) == predictions(second) == ["250.0 gram"]
    assert (first.rows[0].cached.fetch, second.rows[0].cached.fetch) == (False, True)
    predict(rows, ocr="none")
    assert server.hits["/a.png"] == 1


def test_a_kept_picture_that_was_damaged_is_fetched_again(predict, server, tmp_path):
    rows = asking(server.add("/a.png", reply.body(picture_bytes(250))))
    predict(rows, ocr="none")
    (kept,) = (path for path in tmp_path.glob("store.pictures/*/*"))
    kept.write_bytes(b"torn")
    assert predictions(predict(rows)) == ["250.0 gram"]
    assert server.hits["/a.png"] == 2


def test_failures_are_tried_again_by_a_later_run(predict, server, tmp_path):
    page = reply.body(b"<html>Come back later</html>", "text/html")
    links = [
        server.add("/gone.png", reply.status(404), reply.body(picture_bytes(250))),
        server.add("/page.png", page, reply.body(picture_bytes(251))),
        server.add("/same_page.png", page, reply.body(picture_bytes(252))),
    ]
    first, second = predict(asking(*links)), predict(asking(*links))
    assert reasons(first) == ["http_404", "not_a_picture", "not_a_picture"]
    assert predictions(second) == ["250.0 gram", "251.0 gram", "252.0 gram"]
    assert dict(first.summary.failed) == {"http_404": 1, "not_a_picture": 2}
    assert first.summary.empty == (("not_a_picture", 2), ("http_404", 1))


def test_a_crash_without_cache_costs_no_other_row_of_the_same_picture(predict, server, reads, tmp_path):
    data = picture_bytes(250, KILLS_ONCE)
    crashed = tmp_path / "reads.log.mark"

    def after_the_crash(handler):
        while not crashed.exists():
            time.sleep(0.01)
        reply.body(data)(handler)

    links = [server.add("/a.png", reply.body(data)), server.add("/b.png", after_the_crash)]
    rows = [Row("0", links[0], "1", "item_weight"), Row("1", links[1], "1", "width")]
    result = predict(rows, use_cache=False, ocr="fake_engines:ShortSightedEngine", upscale=True)
    assert predictions(result) == ["250.0 gram", ""]


@pytest.mark.parametrize("use_cache", [True, False])
def test_a_large_fetched_picture_is_read_as_well(predict, server, monkeypatch, use_cache):
    monkeypatch.setattr(pictures, "HANDED_OVER", 10)
    jobs = []
    monkeypatch.setattr(pictures, "WorkerJob", lambda *fields: jobs.append(WorkerJob(*fields)) or jobs[-1])
    link = server.add("/a.png", reply.body(picture_bytes(250)))
    assert predictions(predict(asking(link), use_cache=use_cache)) == ["250.0 gram"]
    assert [job.data is None for job in jobs] == [use_cache]


def test_a_file_in_the_images_folder_is_not_fetched(predict, server, tmp_path):
    (tmp_path / "images").mkdir()
    put(tmp_path / "images", "a.png", picture_bytes(250))
    result = predict(asking(server.url("/I/a.png?size=9")), images=tmp_path / "images")
    assert predictions(result) == ["250.0 gram"]
    assert not server.hits


def test_private_addresses_need_permission(predict, server):
    rows = asking(server.add("/a.png", reply.body(picture_bytes(250))))
    assert reasons(predict(rows, allow_private=False)) == ["private_address"]
    assert not server.hits


def test_summary_counts(predict, server, tmp_path):
    a = put(tmp_path, "a.png", picture_bytes(250))
    b = server.add("/b.png", reply.body(picture_bytes(251)))
    predict(asking(a))
    summary = predict(asking(a, b, a, "none.png")).summary
    assert (summary.rows, summary.answered, summary.pictures) == (4, 3, 3)
    assert (summary.fetched, summary.fetched_before, summary.local) == (1, 0, 1)
    assert (summary.read, summary.read_before) == (1, 1)
    assert summary.failed == summary.empty == (("picture_missing", 1),)
    text = "\n".join(summary.lines())
    assert "4: 3 answered, 1 empty" in text
    assert "picture_missing 1; a later run tries these pictures again" in text


def test_no_rows_no_work(predict):
    assert predict([]).rows == ()


def test_nothing_is_left_running(predict, tmp_path):
    predict(asking(put(tmp_path, "a.png", picture_bytes(250))), workers=2)
    assert multiprocessing.active_children() == []


SHORT_SIGHTED = "fake_engines:ShortSightedEngine"


def test_a_second_look_finds_what_was_too_small(predict, reads, tmp_path):
    rows = asking(put(tmp_path, "a.png", picture_bytes(250)))
    assert predictions(predict(rows, ocr=SHORT_SIGHTED)) == [""]
    result = predict(rows, ocr=SHORT_SIGHTED, upscale=True)
    assert predictions(result) == ["250.0 gram"]
    assert result.rows[0].answer.detail == UPSCALED
    assert reads() == {250: 2}
    again = predict(rows, ocr=SHORT_SIGHTED, upscale=True)
    assert predictions(again) == ["250.0 gram"]
    assert again.rows[0].cached.answer
    assert predictions(predict(rows, ocr=SHORT_SIGHTED)) == [""]
    assert reads() == {250: 2}


def test_a_second_look_is_for_stated_measures_without_candidates(predict, reads, tmp_path):
    a, b = put(tmp_path, "a.png", picture_bytes(250)), put(tmp_path, "b.png", picture_bytes(300))
    rows = asking(a) + asking(b, entity="width")
    predict(rows, upscale=True)
    assert reads() == {250: 1, 300: 1}
    predict(asking(b, entity="voltage"), upscale=True)
    assert reads() == {250: 1, 300: 2}


def test_a_second_look_that_fails_leaves_what_the_first_gave(predict, tmp_path):
    a = put(tmp_path, "a.png", picture_bytes(250))
    result = predict(asking(a, entity="voltage") + asking(a), ocr="fake_engines:CrampedEngine", upscale=True)
    assert predictions(result) == ["", "250.0 gram"]
    assert reasons(result) == ["no_candidate", "answered"]


def test_a_second_look_fetches_again_what_is_not_kept(predict, server, reads, tmp_path):
    rows = asking(server.add("/a.png", reply.body(picture_bytes(250))))
    assert predictions(predict(rows, ocr=SHORT_SIGHTED)) == [""]
    for picture in (tmp_path / "store.pictures").rglob("*"):
        if picture.is_file():
            picture.unlink()
    assert predictions(predict(rows, ocr=SHORT_SIGHTED, upscale=True)) == ["250.0 gram"]
    assert (server.hits["/a.png"], reads()) == (2, {250: 2})
    for _ in range(2):
        assert predictions(predict(rows, ocr=SHORT_SIGHTED, upscale=True)) == ["250.0 gram"]
    assert (server.hits["/a.png"], reads()) == (2, {250: 2})


def test_extents_need_no_picture_again(predict, server, reads, tmp_path):
    url = server.add("/a.png", reply.body(picture_bytes(250)))
    predict(asking(url))
    for picture in (tmp_path / "store.pictures").rglob("*"):
        if picture.is_file():
            picture.unlink()
    assert predictions(predict(asking(url, entity="width"), upscale=True)) == [""]
    assert (server.hits["/a.png"], reads()) == (1, {250: 1})


def test_without_an_engine_nothing_is_looked_at_twice(predict, tmp_path):
    rows = asking(put(tmp_path, "a.png", picture_bytes(250)))
    assert reasons(predict(rows, ocr="none", upscale=True)) == ["no_text"]
    engine = fingerprint_of("none")
    with Store(tmp_path / "store.sqlite3") as store:
        digest = hashlib.sha256(picture_bytes(250)).hexdigest()
        assert store.has_page(digest, engine)
        assert not store.has_page(digest, Fingerprints(engine, "", upscale=True).upscaled)
