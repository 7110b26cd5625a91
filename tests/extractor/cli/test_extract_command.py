import json

import pytest
from fake_engines import picture_bytes
from PIL import Image

ENGINE = ("--ocr", "fake_engines:FakeEngine")


@pytest.fixture
def extract(tmp_path, monkeypatch, run_command):
    """Runs `extract` in `tmp_path` with a fake engine; gives the exit code and what went to stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    for number in (250, 251):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes(number))

    return lambda *arguments: run_command("extract", *arguments, *ENGINE)


def test_a_table_for_people(extract, tmp_path):
    code, out, err = extract("250.png")
    assert (code, err) == (0, "")
    assert "item_weight" in out
    assert "250.0 gram" in out
    assert "Net weight 250 g" in out
    assert "no_candidate" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["250.png", "251.png"]


def test_json_for_programs(extract):
    code, out, _ = extract("250.png", "251.png", "none.png", "--entity", "item_weight", "--entity", "width", "--json")
    assert code == 0
    first, second, missing = map(json.loads, out.splitlines())
    assert (first["picture"], first["failure"]) == ("250.png", None)
    weight, width = first["answers"]
    assert (weight["entity"], weight["value"], weight["unit"]) == ("item_weight", 250.0, "gram")
    assert weight["evidence"][0]["text"] == "Net weight 250 g"
    assert len(weight["evidence"][0]["box"]) == 4
    assert (width["text"], width["status"], width["reason"]) == ("", "not_found", "no_candidate")
    assert second["answers"][0]["text"] == "251.0 gram"
    assert missing["failure"]["reason"] == "picture_missing"
    assert [answer["text"] for answer in missing["answers"]] == ["", ""]


def test_the_picture_with_its_evidence(extract, tmp_path):
    assert extract("250.png", "--draw", "shown.png")[0] == 0
    with Image.open(tmp_path / "shown.png") as shown:
        assert shown.format == "PNG"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("250.png", "251.png", "--draw", "shown.png"), "name one picture to draw"),
        (("250.png", "--draw", "250.png"), "is the input"),
        (("250.png", "--draw", "none/shown.png"), "does not exist"),
        (("250.png", "--entity", "colour"), "colour"),
    ],
)
def test_what_cannot_be_done_is_told_first(extract, arguments, message):
    code, out, err = extract(*arguments)
    assert (code, out) == (2, "")
    assert message in " ".join(err.replace("│", " ").split())


def test_without_any_picture_it_ends_with_3(extract):
    code, out, err = extract("none.png")
    assert code == 3
    assert "picture_missing: no such file: none.png" in out
    assert "no picture could be read" in err
