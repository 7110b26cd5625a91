import json
from dataclasses import replace

import pytest
from fake_rows import candidate, of_product, row_answer, token

from extractor.stages.answer import Outcome, Source
from extractor.stages.reason import Reason
from extractor.tables.csv_file import InputError
from extractor.tables.read_trace import read_trace, row_answer_of
from extractor.tables.trace import StagesCached, StageSeconds, trace_line
from rules.amount import Amount
from rules.entities import Entity, EntityTable
from vlm.answer import VlmAnswer

FULL = replace(
    row_answer(
        "7",
        "depth",
        "34.0 centimetre",
        0.75,
        sha256="ab" * 32,
        seconds=StageSeconds(0.1, 0.2, 0.3, 0.4),
        source=Source.BOTH,
        outcome=Outcome.AGREE,
        vlm=VlmAnswer("34 cm", 0.5, 0.25),
        upscaled=True,
        detail="read on the enlarged picture",
    ),
    cached=StagesCached(fetch=True, vlm=True),
)
EMPTY = row_answer("8", "wattage")
WEB = row_answer("9", "voltage", "230.0 volt", candidates=(candidate("230.0 volt", features=(("alone", 1.0),)),))
NO_PICTURE = replace(EMPTY, answer=replace(EMPTY.answer, reason=Reason("http_404"), source=None, confidence=0.0))


PRODUCT = of_product(row_answer("10", text="3.0 inch", sha256="ab" * 32))
SILENT = of_product(EMPTY, statements=(), pictures=())


@pytest.mark.parametrize(
    "written",
    [FULL, EMPTY, WEB, NO_PICTURE, PRODUCT, SILENT],
    ids=["full", "empty", "features", "no picture", "product", "product without an answer"],
)
def test_a_line_is_read_back_as_it_was_written(written):
    line = trace_line(written)
    read = row_answer_of(json.loads(line))
    assert read == written
    assert trace_line(read) == line


def test_a_line_of_an_older_run_lacks_fields():
    read = row_answer_of({"index": "1", "entity": "width", "prediction": "3.0 inch", "reason": "answered"})
    assert (read.prediction, read.sha256, read.answer.candidates) == ("3.0 inch", None, ())
    assert read.seconds == StageSeconds()


def test_fields_of_a_newer_run_are_left_alone():
    line = json.loads(trace_line(FULL)) | {"novel": "p1", "pictures": [{"link": "a"}]}
    line["candidates"][0]["novel"] = 1
    assert row_answer_of(line) == FULL


@pytest.mark.parametrize(
    "change",
    [
        {"prediction": "34 parsecs"},
        {"prediction": "much"},
        {"reason": "a whim"},
        {"confidence": "high"},
        {"tokens": [{"text": "3 in", "box": [["x", 0], [1, 0], [1, 1], [0, 1]], "score": 1}]},
        {"candidates": [{"answer": "nothing", "score": 1}]},
        {"index": None},
        {"statements": [{"stance": "doubts", "answer": "3.0 inch"}]},
        {"statements": [{"stance": "agrees", "answer": "much"}]},
    ],
    ids=str,
)
def test_what_is_no_line_of_a_trace_is_refused(change):
    with pytest.raises(ValueError, match=r"."):
        row_answer_of(json.loads(trace_line(FULL)) | change)


def test_amounts_may_be_in_units_of_the_users_own():
    line = json.loads(trace_line(FULL)) | {"entity": "pages", "prediction": "34.0 page"}
    with pytest.raises(ValueError, match="--entities"):
        row_answer_of(line)
    pages = Entity(
        "pages", ("page",), ("pages",), (Amount(1.0, "page"), Amount(9.0, "page")), spellings=(("pages", "page"),)
    )
    assert row_answer_of(line, EntityTable((pages,))).prediction == "34.0 page"


def test_tokens_keep_their_boxes():
    assert row_answer_of(json.loads(trace_line(FULL))).answer.evidence == (token("34.0 centimetre"),)


def test_a_line_that_is_nested_without_end_is_no_line_of_a_trace(tmp_path):
    path = tmp_path / "out_trace.jsonl"
    path.write_text("[" * 100_000)
    with pytest.raises(InputError, match="line 1: not a line of a trace"):
        read_trace(path)
