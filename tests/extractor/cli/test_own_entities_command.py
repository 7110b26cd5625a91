"""Attributes of one's own through the command line: predict, check, evaluate, extract, fit and the settings."""

import csv
import json
from pathlib import Path

import pytest
from fake_engines import ENGINE, picture_bytes
from own_entities import CONTENT, write_entities

QUESTIONS = """index,image_link,group_id,entity_name,entity_value
0,250.png,1,item_weight,250 gram
1,250.png,1,net_content,250 gram
2,251.png,1,net_content,0.251 kilogram
"""


@pytest.fixture
def command(tmp_path, monkeypatch, run_command):
    """Runs the command line in `tmp_path`, where questions, pictures and entities lie."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACTOR_STORE", str(tmp_path / "store.sqlite3"))
    for number in (250, 251):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes(number))
    (tmp_path / "in.csv").write_text(QUESTIONS)
    write_entities(tmp_path / "own.yaml")
    return run_command


def read(name):
    return Path(name).read_text(encoding="utf-8")


def predicted(command, *options):
    code, _, err = command("predict", "in.csv", "--out", "out.csv", "--ocr", ENGINE, "--entities", "own.yaml", *options)
    assert code == 0, err
    return [row["prediction"] for row in csv.DictReader(read("out.csv").splitlines())]


def traced():
    return list(map(json.loads, read("out_trace.jsonl").splitlines()))


def test_from_questions_to_scores(command):
    assert predicted(command) == ["250.0 gram", "250.0 gram", "251.0 gram"]
    line = traced()[1]
    assert (line["entity"], line["unit"], line["status"]) == ("net_content", "gram", "verified")
    assert line["candidates"][0]["features"]["keyword_before"] == 1.0
    assert command("check", "in.csv", "out.csv", "--entities", "own.yaml")[0] == 0
    code, out, err = command(
        "evaluate", "in.csv", "--pred", "out.csv", "--entities", "own.yaml", "--json", "scores.json"
    )
    assert (code, err) == (0, "")
    scores = json.loads(read("scores.json"))
    assert {name: (score["tp"], score["fp"]) for name, score in scores["entities"].items()} == {
        "item_weight": (1, 0),
        "net_content": (1, 1),
    }
    assert [mistake["kind"] for mistake in scores["mistakes"]] == ["same_amount_in_other_unit"]
    assert scores["scores"]["accepted"]["test_mix"]["tp"] == pytest.approx(1.0)
    assert "net_content" in out


def test_a_unit_of_another_entity_is_a_fault(command):
    predicted(command)
    Path("out.csv").write_text("index,prediction\n0,250.0 gram\n1,250.0 pound\n2,\n")
    code, _, err = command("check", "in.csv", "out.csv", "--entities", "own.yaml")
    assert code == 1
    assert "'pound' is not a unit of net_content; write a plain number, a blank and one of gram, kilogram" in err


@pytest.mark.parametrize("name", ["predict", "check", "evaluate"])
def test_names_of_ones_own_need_their_file(command, name):
    arguments = {"check": ("in.csv", "out.csv")}.get(name, ("in.csv",))
    code, _, err = command(name, *arguments)
    assert code == 2
    assert "'net_content' is not one of width, depth" in err
    assert "--entities" in err


def test_a_changed_entry_is_answered_anew_and_the_official_ones_are_not(command, tmp_path):
    predicted(command)
    assert predicted(command, "-q") == ["250.0 gram", "250.0 gram", "251.0 gram"]
    assert [line["cached"]["answer"] for line in traced()] == [True, True, True]
    changed = {"net_content": {**CONTENT["net_content"], "plausible": ["1 gram", "250 gram"]}}
    write_entities(tmp_path / "own.yaml", changed)
    assert predicted(command) == ["250.0 gram", "250.0 gram", ""]
    assert [line["cached"]["answer"] for line in traced()] == [True, False, False]


def test_the_file_is_no_output(command):
    code, _, err = command("predict", "in.csv", "--entities", "own.yaml", "--out", "own.yaml", "--ocr", ENGINE)
    assert code == 2
    assert "own.yaml" in err


def test_faults_of_the_file_are_one_message(command, tmp_path):
    write_entities(tmp_path / "own.yaml", {"width": CONTENT["net_content"]})
    code, _, err = command("extract", "250.png", "--entities", "own.yaml", "--ocr", ENGINE)
    assert code == 2
    assert err == (
        "error: own.yaml cannot be used (1 fault):\n  'width': this is one of the official eight: take another name\n"
    )


def test_extract_answers_them_too(command):
    code, out, _ = command("extract", "250.png", "--entities", "own.yaml", "--ocr", ENGINE, "--json")
    assert code == 0
    answers = {answer["entity"]: answer["text"] for answer in json.loads(out)["answers"]}
    assert len(answers) == 9
    assert answers["net_content"] == "250.0 gram"
    chosen = ("--entity", "net_content")
    code, out, _ = command("extract", "250.png", "--entities", "own.yaml", "--ocr", ENGINE, "--json", *chosen)
    assert [answer["entity"] for answer in json.loads(out)["answers"]] == ["net_content"]
    code, _, err = command("extract", "250.png", "--ocr", ENGINE, *chosen)
    assert code == 2
    assert "net_content" in err


def test_the_file_may_be_a_setting(command, tmp_path):
    (tmp_path / "extractor.toml").write_text('entities = "own.yaml"\n')
    code, out, _ = command("--config", "extractor.toml", "config", "check")
    assert code == 0
    assert ["entities", "own.yaml", "file", "extractor.toml"] in [line.split() for line in out.splitlines()]
    predicting = ("predict", "in.csv", "--out", "out.csv", "--ocr", ENGINE)
    assert command("--config", "extractor.toml", *predicting)[0] == 0


def test_fit_leaves_them_out(command, tmp_path):
    pytest.importorskip("sklearn", reason="needs the fit extra")
    header, *rows = QUESTIONS.splitlines()
    (tmp_path / "own.csv").write_text("\n".join([header, *rows[1:]]))
    code, _, err = command("fit", "own.csv", "--entities", "own.yaml", "--ocr", ENGINE)
    assert code == 2
    assert "all rows ask about attributes of your own" in err
