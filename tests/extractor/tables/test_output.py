import csv
import gzip
import io
import json
import os

import pytest

from extractor.cache.target import OutputError, check_targets
from extractor.evaluation.inputs import read_candidates_and_trust, read_predictions
from extractor.stages.answer import Answer, Candidate, Outcome, Source
from extractor.stages.reason import Reason
from extractor.tables.csv_file import csv_lines
from extractor.tables.output import targets_of, trace_path, write
from extractor.tables.rows import Row
from extractor.tables.trace import RowAnswer, StagesCached, StageSeconds, trace_line
from ocr.token import OcrToken
from rules.amount import Amount
from vlm.answer import VlmAnswer

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 4.0), (0.0, 4.0))


def trace(index="5", prediction="", entity="item_weight", **fields):
    number, _, unit = prediction.partition(" ")
    amount = Amount(float(number), unit) if prediction else None
    answer = Answer(entity, amount, Reason.ANSWERED if prediction else Reason.NO_TEXT, 0.9, **fields)
    return RowAnswer(Row(index, "a.jpg", "1", entity), answer, "aa", StageSeconds(), StagesCached())


def test_bytes_of_the_output(tmp_path):
    write([trace("5"), trace("7", "34.0 gram"), trace("a,b", "1.0 pound"), trace('"x"')], tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == b'index,prediction\n5,\n7,34.0 gram\n"a,b",1.0 pound\n"""x""",\n'


def test_any_index_comes_back(tmp_path):
    odd = ["", " ", "\n", "é", "'", '"', ",", "NA", "1e5"]
    write([trace(index) for index in odd], tmp_path / "out.csv")
    read = list(csv.reader((tmp_path / "out.csv").open(newline="", encoding="utf-8")))
    assert [index for index, _ in read[1:]] == odd


def test_output_and_trace_are_written_side_by_side(tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("old")
    write([trace("5", "34.0 gram"), trace("6")], out)
    assert out.read_bytes() == b"index,prediction\n5,34.0 gram\n6,\n"
    lines = trace_path(out).read_text().splitlines()
    assert [json.loads(line)["index"] for line in lines] == ["5", "6"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out_trace.jsonl"]


def test_a_link_to_the_output_stays_a_link(tmp_path):
    (tmp_path / "real.csv").write_text("old")
    link = tmp_path / "out.csv"
    link.symlink_to("real.csv")
    write([trace()], link)
    assert link.is_symlink()
    assert (tmp_path / "real.csv").read_text() == "index,prediction\n5,\n"


def test_a_name_in_gz_is_written_compressed_with_its_trace(tmp_path):
    out = tmp_path / "out.csv.gz"
    write([trace("5", "34.0 gram")], out)
    assert gzip.decompress(out.read_bytes()) == b"index,prediction\n5,34.0 gram\n"
    assert json.loads(gzip.decompress((tmp_path / "out_trace.jsonl.gz").read_bytes()))["index"] == "5"
    first = out.read_bytes()
    write([trace("5", "34.0 gram")], out)
    assert out.read_bytes() == first
    assert read_predictions(out) == {"5": "34.0 gram"}
    candidates, _ = read_candidates_and_trust(trace_path(out))
    assert candidates == {"5": ()}


def test_a_file_name_that_is_no_text_can_stand_in_a_trace(tmp_path):
    out = tmp_path / "out.csv"
    write([trace(detail="no such file: \udcff.png")], out)
    assert json.loads(trace_path(out).read_bytes())["detail"] == "no such file: \\udcff.png"


def test_fields_of_a_trace_line():
    token = OcrToken("34 g", BOX, 0.98765)
    amount = Amount(34.0, "gram")
    row = RowAnswer(
        Row("5", "a.jpg", "1", "item_weight"),
        Answer(
            "item_weight",
            amount,
            Reason.ANSWERED,
            0.9,
            Source.BOTH,
            (token,),
            (Candidate(amount, 1.5, 0.81239, "34 g", (("keyword", 1.0),), (token,)),),
            outcome=Outcome.AGREE,
            vlm=VlmAnswer("34 g", 0.8, 0.01),
        ),
        "aa",
        StageSeconds(0.5, 0.25, 0.125, 1.5),
        StagesCached(fetch=True, vlm=True),
    )
    line = trace_line(row)
    tokens = [{"text": "34 g", "box": [list(corner) for corner in BOX], "score": 0.9877}]
    assert json.loads(line) == {
        "index": "5",
        "image_link": "a.jpg",
        "entity": "item_weight",
        "prediction": "34.0 gram",
        "value": 34.0,
        "unit": "gram",
        "status": "verified",
        "source": "ocr+vlm",
        "outcome": "agree",
        "reason": "answered",
        "detail": "",
        "confidence": 0.9,
        "verified_from": 0.8,
        "upscaled": False,
        "picture": "aa",
        "tokens": tokens,
        "candidates": [
            {
                "answer": "34.0 gram",
                "score": 1.5,
                "confidence": 0.8124,
                "text": "34 g",
                "features": {"keyword": 1.0},
                "tokens": tokens,
            }
        ],
        "vlm": {"text": "34 g", "confidence": 0.8, "unanswerable": 0.01},
        "seconds": {"fetch": 0.5, "ocr": 0.25, "rules": 0.125, "vlm": 1.5},
        "cached": {"fetch": True, "ocr": False, "answer": False, "vlm": True},
    }


def test_places_that_cannot_be_written_are_told_before_work(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("x")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "b_trace.jsonl").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for name, message in [
        ("folder.csv", "is a folder"),
        ("b.csv", "is a folder"),
        ("none/out.csv", "does not exist"),
        ("in.csv", "is the input"),
        ("pipe.csv", "not a plain file"),
        (f"{'x' * 300}.csv", "cannot be written"),
    ]:
        with pytest.raises(OutputError, match=message):
            check_targets(targets_of(tmp_path / name), [source])
    check_targets(targets_of(tmp_path / "out.csv"), [source])
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"in.csv", "folder.csv", "b_trace.jsonl", "pipe.csv"}


def test_a_line_end_of_either_kind_in_a_cell_ends_no_row():
    rows = [["a\rb", "c"], ["a\nb", "c"], ["a\r\nb", ""], ["a", "b"]]
    text = b"".join(csv_lines(rows)).decode()
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == rows
    assert text.endswith("\na,b\n")
