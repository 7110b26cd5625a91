import asyncio
import json
from collections import Counter

import fake_readers
import picture_server as reply
import pytest
from fake_engines import ENGINE, picture_bytes
from fake_readers import BABBLES, DIFFERS, DOUBTS, FAILS, READER, SAYS_POUNDS
from fake_rows import asking, predictions

from extractor.api.readers import ReaderChoice, ReaderError, path_taken
from extractor.run import vlm
from extractor.run.local import run, run_variants, session_of
from extractor.run.options import RunOptions, RunVariant
from extractor.run.progress import SilentWatcher
from extractor.run.result import PictureResult
from extractor.run.trouble import FAILURES_IN_A_ROW
from extractor.stages.answer import Answer
from extractor.stages.combine import HybridPolicy
from extractor.stages.reason import Reason
from extractor.tables.trace import trace_line
from vlm.decoding import DEFAULT_DECODING, Decoding


@pytest.fixture
def asked(tmp_path, monkeypatch):
    path = tmp_path / "asked.log"
    monkeypatch.setenv("FAKE_VLM_LOG", str(path))
    return lambda: Counter(path.read_text().splitlines() if path.exists() else [])


@pytest.fixture
def options(tmp_path, asked):
    def made(reader=READER, decoding=DEFAULT_DECODING, **others):
        fixed = {"base": tmp_path, "store": tmp_path / "store.sqlite3", "ocr": ENGINE, "allow_private": True}
        fixed["upscale"] = False
        choice = ReaderChoice(reader, decoding, batch=2) if reader else None
        return RunOptions(**{**fixed, **others}, vlm=choice)

    return made


@pytest.fixture
def predict(options):
    return lambda rows, reader=READER, **others: asyncio.run(run(rows, options(reader, **others), SilentWatcher()))


@pytest.fixture
def picture(tmp_path):
    def put(number, mood=0):
        name = f"{number}.png"
        (tmp_path / name).write_bytes(picture_bytes(number, mood))
        return name

    return put


def outcomes(result):
    return [str(trace.answer.outcome) for trace in result.rows]


def test_each_answer_meets_the_rules_and_the_outcome_is_counted(predict, picture):
    moods = [0, BABBLES, DIFFERS, SAYS_POUNDS, DOUBTS]
    result = predict(asking(*(picture(250 + i, mood) for i, mood in enumerate(moods))))
    assert outcomes(result)[:2] == ["agree", "ocr_fallback"]
    assert set(outcomes(result)[2:]) <= {"ocr_over_vlm", "vlm_over_ocr", "ocr_over_unanswerable", "abstain"}
    assert predictions(result)[:2] == ["250.0 gram", "251.0 gram"]
    assert sum(count for _, count in result.summary.outcomes) == 5
    assert (result.summary.vlm_rows, result.summary.vlm_before) == (5, 0)
    (by,) = (line for line in result.summary.lines() if line.startswith("  by "))
    assert all(count in by for count in ("agree 1", "ocr_fallback 1", "vlm_converted 0"))


def test_the_trace_tells_what_the_reader_said(predict, picture):
    line = json.loads(trace_line(predict(asking(picture(250))).rows[0]))
    assert (line["source"], line["outcome"]) == ("ocr+vlm", "agree")
    assert line["vlm"] == {"text": "250 gram", "confidence": 0.8, "unanswerable": 0.1}
    assert line["seconds"]["vlm"] > 0
    assert line["cached"]["vlm"] is False


def test_a_second_run_asks_nothing(predict, picture, asked):
    rows = asking(picture(250), picture(251)) + asking("250.png", entity="width")
    first, before = predict(rows), asked()
    second = predict(rows)
    assert asked() == before == Counter(["250 item_weight page", "251 item_weight page", "250 width page"])
    assert [trace.answer for trace in second.rows] == [trace.answer for trace in first.rows]
    assert all(trace.cached.vlm for trace in second.rows)
    assert second.summary.vlm_before == 3


def test_a_stopped_run_goes_on_where_it_was(predict, picture, asked, monkeypatch):
    rows = asking(*(picture(250 + i) for i in range(12)))
    real = fake_readers.FakeReader.read

    def stopped_at_the_second_batch(self, items):
        if asked():
            raise KeyboardInterrupt
        return real(self, items)

    monkeypatch.setattr(fake_readers.FakeReader, "read", stopped_at_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        predict(rows)
    assert sum(asked().values()) == 8
    monkeypatch.setattr(fake_readers.FakeReader, "read", real)
    assert outcomes(predict(rows)) == ["agree"] * 12
    assert set(asked().values()) == {1}


def test_only_what_is_missing_is_asked(predict, picture, asked):
    predict(asking(picture(250)))
    predict(asking("250.png", picture(251)) + asking("250.png", entity="width"))
    assert set(asked().values()) == {1}


def test_pictures_of_the_next_batch_are_prepared_while_the_reader_answers_one(predict, picture, monkeypatch):
    """Eight questions are answered in one go."""
    monkeypatch.setenv("FAKE_VLM_PREPARED", "12")
    result = predict(asking(*(picture(250 + i) for i in range(12))), reader="fake_readers:PreparingReader")
    assert [one.answer.vlm.text for one in result.rows] == [f"{250 + i} gram" for i in range(12)]


def test_other_settings_are_asked_anew(predict, picture, asked):
    predict(asking(picture(250)))
    predict(asking("250.png"), decoding=Decoding.FREE)
    assert asked() == Counter({"250 item_weight page": 2})


def test_without_ocr_the_reader_answers_alone(predict, picture, asked):
    result = predict(asking(picture(250)), ocr="none")
    assert (predictions(result), outcomes(result)) == (["250.0 gram"], ["vlm"])
    assert asked() == Counter(["250 item_weight -"])


def test_the_same_picture_under_two_names_is_asked_about_once(predict, picture, tmp_path, asked):
    (tmp_path / "same.png").write_bytes(picture_bytes(250))
    assert predictions(predict(asking(picture(250), "same.png"))) == ["250.0 gram"] * 2
    assert asked() == Counter(["250 item_weight page"])


def test_a_picture_that_the_reader_fails_on_costs_no_other_and_falls_back(predict, picture):
    names = [picture(250 + i, FAILS if i in (1, 4) else 0) for i in range(6)]
    result = predict(asking(*names))
    assert predictions(result) == [f"{250 + i}.0 gram" for i in range(6)]
    expected = ["agree"] * 6
    expected[1] = expected[4] = "ocr_fallback"
    assert outcomes(result) == expected
    assert "out of its mind" in result.rows[1].answer.detail
    assert result.summary.vlm_rows == 4


def test_a_failure_is_tried_again_by_a_later_run(predict, picture, monkeypatch):
    rows = asking(picture(250, FAILS))
    assert outcomes(predict(rows)) == ["ocr_fallback"]
    monkeypatch.setattr(fake_readers, "FAILS", None)
    assert outcomes(predict(rows)) == ["agree"]


def test_an_answer_too_few_is_a_failure_and_no_shift(predict, picture):
    rows = asking(picture(250)) + asking("250.png", entity="width")
    result = predict(rows, reader="fake_readers:ForgetfulReader")
    assert outcomes(result) == ["ocr_fallback", "abstain"]
    assert result.rows[1].answer.reason == "vlm_failed"


def test_a_reader_that_fails_on_everything_ends_the_run_and_keeps_what_was_read(predict, picture):
    rows = asking(*(picture(250 + i) for i in range(FAILURES_IN_A_ROW)))
    with pytest.raises(ReaderError, match=r"failed on 8 pictures in a row \(RuntimeError: no weights\)"):
        predict(rows, reader="fake_readers:HopelessReader")
    assert all(trace.cached.ocr for trace in predict(rows).rows)


def test_a_picture_that_cannot_be_read_is_not_asked_about(predict, picture, tmp_path, asked):
    (tmp_path / "page.png").write_text("<html>")
    result = predict(asking("page.png", picture(250), "none.png"))
    assert [trace.answer.reason for trace in result.rows] == ["not_a_picture", "answered", "picture_missing"]
    assert sum(asked().values()) == 1


def test_a_picture_that_is_gone_meanwhile_falls_back(options, picture, tmp_path):
    rows = asking(picture(250))
    with session_of(options()) as session:
        content = asyncio.run(run_variants(rows, session, (RunVariant(vlm=False),), SilentWatcher()))[0].rows[0].sha256
        reader = vlm.LazyReader(ReaderChoice(READER))
        unread = Answer("item_weight", None, Reason.NO_TEXT, 0.0)
        one = PictureResult(sha256=content, path=tmp_path / "gone.png", answers=(unread,))
        asking_reader = vlm.VlmPass(session.store, reader, vlm.PromptInput(page=True), session.keys)
        replies = asking_reader.replies([one], SilentWatcher())
    assert [found.answer.reason for found in replies.values()] == ["picture_unreadable"]


def test_batches_are_bounded_by_questions_and_by_pixels(predict, picture, monkeypatch):
    sizes = []
    real = fake_readers.FakeReader.read
    monkeypatch.setattr(
        fake_readers.FakeReader, "read", lambda self, items: sizes.append(len(items)) or real(self, items)
    )
    rows = asking(*(picture(250 + i) for i in range(20)))
    predict(rows)
    assert sizes == [8, 8, 4]
    sizes.clear()
    monkeypatch.setattr(vlm, "PIXELS_AT_ONCE", 3 * 64)
    predict(rows, use_cache=False)
    assert sizes == [3] * 6 + [2]


def test_a_fetched_picture_is_there_for_the_reader_also_without_cache(predict, server):
    rows = asking(server.add("/a.png", reply.body(picture_bytes(250))))
    assert outcomes(predict(rows, use_cache=False)) == ["agree"]
    assert outcomes(predict(rows, reader=None)) == ["ocr"]
    assert outcomes(predict(rows)) == ["agree"]
    assert server.hits["/a.png"] == 2


def test_a_kept_picture_that_went_is_fetched_again_only_if_there_is_something_to_ask(predict, server, tmp_path, asked):
    rows = asking(server.add("/a.png", reply.body(picture_bytes(250))))
    predict(rows, reader=None)
    for path in tmp_path.glob("store.pictures/*/*"):
        path.unlink()
    assert outcomes(predict(rows)) == ["agree"]
    assert server.hits["/a.png"] == 2
    for path in tmp_path.glob("store.pictures/*/*"):
        path.unlink()
    assert outcomes(predict(rows)) == ["agree"]
    assert server.hits["/a.png"] == 2


def test_a_blank_picture_is_white_and_its_answers_are_kept_apart(options, picture, asked):
    rows = asking(picture(250))
    ways = (RunVariant(), RunVariant(blank_picture=True, policy=HybridPolicy(fallback=False)), RunVariant(vlm=False))
    with session_of(options()) as session:
        results = asyncio.run(run_variants(rows, session, ways, SilentWatcher()))
    assert [predictions(result) for result in results] == [["250.0 gram"], ["7.0 gram"], ["250.0 gram"]]
    assert [outcomes(result) for result in results] == [["agree"], ["vlm"], ["ocr"]]
    assert asked() == Counter(["250 item_weight page", "7 item_weight page"])


def test_a_blank_picture_without_a_page_has_the_size_of_the_cached_one(options, server):
    rows = asking(server.add("/a.png", reply.body(picture_bytes(250))))
    variants = (RunVariant(), RunVariant(blank_picture=True, policy=HybridPolicy(fallback=False)))
    answered = []
    for variant in variants:
        with session_of(options(ocr="none")) as session:
            answered += asyncio.run(run_variants(rows, session, (variant,), SilentWatcher()))
    assert [predictions(result) for result in answered] == [["250.0 gram"], ["7.0 gram"]]


def test_each_prompt_holds_the_page_that_the_rules_used(options, picture, monkeypatch):
    items = []
    real = fake_readers.FakeReader.read
    monkeypatch.setattr(fake_readers.FakeReader, "read", lambda self, given: items.extend(given) or real(self, given))
    rows = asking(picture(250)) + asking("250.png", entity="width")
    with session_of(options(ocr="fake_engines:ShortSightedEngine", upscale=True)) as session:
        asyncio.run(run_variants(rows, session, (RunVariant(), RunVariant(ocr_in_prompt=False)), SilentWatcher()))
    texts = {item.entities: item.page and [token.text for token in item.page.tokens] for item in items}
    assert texts == {("item_weight",): ["Net weight 250 g"], ("width",): [], ("width", "item_weight"): None}


def test_without_a_reader_everything_is_as_before(predict, picture):
    result = predict(asking(picture(250), picture(251)) + asking("250.png", entity="width"), reader=None)
    assert outcomes(result) == ["ocr", "ocr", "abstain"]
    assert not any("vlm" in line for line in result.summary.lines())
    assert json.loads(trace_line(result.rows[0]))["vlm"] is None


@pytest.mark.parametrize(
    ("reader", "message"), [("no.such:reader", "cannot be loaded"), ("fake_readers:Nobody", "cannot be loaded")]
)
def test_a_reader_that_does_not_exist_is_told_before_any_work(predict, picture, tmp_path, reader, message):
    with pytest.raises(ReaderError, match=message):
        predict(asking(picture(250)), reader=reader)


def test_the_path_taken_is_one_line():
    lines = [path_taken(None, "rapidocr"), path_taken(ReaderChoice("nano"), "rapidocr")]
    lines.append(path_taken(ReaderChoice("nano"), "none"))
    assert all("\n" not in line for line in lines)
    assert len(set(lines)) == 3
