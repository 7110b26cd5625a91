import json

import pytest
from fake_engines import picture_bytes
from fake_products import written
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


@pytest.fixture
def product(tmp_path):
    """Pictures of one product, as files."""
    for name, lines in (("a.png", ["Width 30 cm"]), ("b.png", ["Width 12 inch"]), ("c.png", ["Width 80 cm"])):
        (tmp_path / name).write_bytes(written(*lines))
    return ("--product", "--ocr", "fake_products:WrittenEngine", "--entity", "width")


def test_pictures_of_one_product_are_answered_together(product, run_command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run_command("extract", "a.png", "b.png", "c.png", "none.png", *product, "--title", "Box, 30 cm wide")
    assert code == 0
    assert "none.png: picture_missing: no such file: none.png" in out
    assert "Width 12 inch (b.png)" in out
    assert "contradicts: 80.0 centimetre (c.png)" in out
    assert "30 cm wide (title)" in out


def test_json_of_a_product(product, run_command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run_command("extract", "a.png", "none.png", *product, "--json")
    assert code == 0
    found = json.loads(out)
    assert [one["picture"] for one in found["pictures"]] == ["a.png", "none.png"]
    assert found["pictures"][1]["failure"]["reason"] == "picture_missing"
    assert (found["failure"], found["title"]) == (None, None)
    (width,) = found["answers"]
    assert width["text"] == "30.0 centimetre"
    assert [(one["picture"], one["stance"], one["text"]) for one in width["statements"]] == [
        (0, "agrees", "30.0 centimetre")
    ]
    assert run_command("extract", "none.png", *product)[0] == 3


def test_a_product_can_be_drawn(product, run_command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_command("extract", "a.png", "b.png", *product, "--draw", "shown.png")[0] == 0
    with Image.open(tmp_path / "shown.png") as shown:
        assert shown.width > shown.height / 2


def test_a_title_belongs_to_a_product(extract):
    code, _, err = extract("250.png", "--title", "Box")
    assert (code, "--product" in err) == (2, True)
