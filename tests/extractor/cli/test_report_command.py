import gzip
import json
import sys
from pathlib import Path

import pytest
from fake_engines import ENGINE, picture_bytes
from fake_readers import READER

from extractor.cli.report import report_path

LABELS = "index,image_link,group_id,entity_name,primary,accepted\n{}"
ROWS = "1,1.png,1,item_weight,1 gram,\n2,2.png,1,item_weight,7 gram,\n3,2.png,1,voltage,EMPTY,\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with two labelled pictures, which a fake engine reads."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACTOR_STORE", str(tmp_path / "store.sqlite3"))
    monkeypatch.setenv("EXTRACTOR_OCR", ENGINE)
    for number in (1, 2):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes(number))
    (tmp_path / "labels.csv").write_text(LABELS.format(ROWS))
    return tmp_path


@pytest.fixture
def trace(folder, run_command):
    assert run_command("predict", "labels.csv", "--out", "out.csv", "--quiet", "--workers", "1")[0] == 0
    return folder / "out_trace.jsonl"


def data_of(path):
    html = path.read_text()
    return json.loads(html.partition('id="data">')[2].partition("</script>")[0]), html


@pytest.mark.parametrize(
    "trace, report",
    [("a/out_trace.jsonl", "a/out_report.html"), ("x_trace.jsonl.gz", "x_report.html"), ("t.jsonl", "t_report.html")],
)
def test_a_report_stands_beside_its_trace(trace, report):
    assert report_path(Path(trace)) == Path(report)


def test_a_run_is_shown_with_labels_pictures_and_pages(trace, folder, run_command):
    code, out, err = run_command("report", trace, "--labels", "labels.csv")
    assert (code, out) == (0, "")
    assert "out_report.html: 3 rows" in err
    data, html = data_of(folder / "out_report.html")
    assert [row["result"] for row in data["rows"]] == ["right", "wrong", "right"]
    assert len(data["thumbnails"]) == 2
    assert [page["tokens"][0]["text"] for page in data["pages"]] == ["Net weight 2 g", "Net weight 1 g"]
    assert "F1 by entity" in html


def test_without_labels_and_store_there_are_the_answers(trace, folder, run_command):
    assert run_command("report", trace, "--out", "r.html", "--store", "none.sqlite3", "--quiet") == (0, "", "")
    data, html = data_of(folder / "r.html")
    assert [row["answer"] for row in data["rows"]] == ["1.0 gram", "2.0 gram", ""]
    assert data["pages"] == []
    assert "F1 by entity" not in html
    assert not (folder / "none.sqlite3").exists()


def test_a_packed_trace_makes_a_packed_report(trace, folder, run_command):
    packed = folder / "p_trace.jsonl.gz"
    packed.write_bytes(gzip.compress(trace.read_bytes()))
    assert run_command("report", packed, "--out", "r.html.gz", "--quiet")[0] == 0
    assert gzip.decompress((folder / "r.html.gz").read_bytes()).startswith(b"<!doctype html>")


def test_pictures_come_from_a_folder_when_the_trace_lies_elsewhere(trace, folder, run_command, monkeypatch):
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    trace.rename(elsewhere / "out_trace.jsonl")
    monkeypatch.chdir(elsewhere)
    for options, shown in (((), 0), (("--images", folder), 2)):
        assert run_command("report", "out_trace.jsonl", "--quiet", *options)[0] == 0
        data, _ = data_of(elsewhere / "out_report.html")
        assert len(data["thumbnails"]) == shown
    assert data["pictures"][0]["href"] == "./../2.png" or data["pictures"][0]["href"] == "./../1.png"


@pytest.mark.parametrize("options", [(), ("--pred", "out.csv")], ids=["run", "submission"])
def test_evaluate_makes_it_at_once(trace, folder, run_command, options):
    code, out, err = run_command("evaluate", "labels.csv", "--report", "r.html", "--workers", "1", *options)
    assert code == 0, err
    assert "Score" in out
    data, _ = data_of(folder / "r.html")
    assert [row["result"] for row in data["rows"]] == ["right", "wrong", "right"]
    assert len(data["thumbnails"]) == len(data["pages"]) == 2


def test_what_a_reader_said_and_an_ablation_are_shown(folder, run_command):
    ablate = ("evaluate", "labels.csv", "--vlm", READER, "--workers", "1", "--quiet")
    assert run_command(*ablate, "--ablate", "ocr", "--json", "ablation.json")[0] == 0
    assert run_command(*ablate, "--out", "out.csv")[0] == 0
    made = run_command("report", "out_trace.jsonl", "--labels", "labels.csv", "--ablation", "ablation.json", "--quiet")
    assert made[0] == 0
    data, html = data_of(folder / "out_report.html")
    assert data["details"]["0"]["vlm"]["text"] == "1 gram"
    assert data["details"]["0"]["outcome"] == "agree"
    assert "OCR and rules alone" in html


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("none_trace.jsonl",), "none_trace.jsonl: no such file"),
        (("labels.csv",), "labels.csv, line 1: not a line of a trace"),
        (("out_trace.jsonl", "--labels", "none.csv"), "none.csv"),
        (("out_trace.jsonl", "--labels", "others.csv"), "no index of this file is in the trace"),
        (("out_trace.jsonl", "--ablation", "labels.csv"), "labels.csv is not an ablation"),
        (("out_trace.jsonl", "--ablation", "none.json"), "none.json cannot be read"),
        (("out_trace.jsonl", "--out", "out_trace.jsonl"), "it is the input out_trace.jsonl"),
        (("out_trace.jsonl", "--out", "2.png"), "it is the input"),
        (("out_trace.jsonl", "--out", "none/r.html"), "none does not exist"),
        (("out_trace.jsonl", "--ranker", "none.json"), "the ranker none.json cannot be used"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_shown_is_said(trace, folder, run_command, arguments, said):
    (folder / "others.csv").write_text(LABELS.format("9,1.png,1,item_weight,1 gram,\n"))
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    code, out, err = run_command("report", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_evaluate_refuses_the_trace_of_another_run(trace, folder, run_command):
    (folder / "out.csv").write_text("index,prediction\n1,5.0 gram\n2,2.0 gram\n3,\n")
    code, _, err = run_command("evaluate", "labels.csv", "--pred", "out.csv", "--report", "r.html")
    assert code == 2
    assert "the trace of the same run" in err


@pytest.mark.parametrize("command", [("report", "out_trace.jsonl"), ("evaluate", "labels.csv", "--report", "r.html")])
def test_without_the_extra_nothing_is_read(folder, run_command, monkeypatch, command):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    code, out, err = run_command(*command)
    assert (code, out) == (2, "")
    assert "a report needs vl-convert-python: install the extra report of" in err
    assert not (folder / "store.sqlite3").exists()
