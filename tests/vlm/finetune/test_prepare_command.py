"""`extractor prepare`: from a CSV, pictures and the store to examples on disk."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import pytest
from typer.testing import CliRunner

for package in ("torch", "datasets", "trl", "peft", "bitsandbytes", "accelerate", "transformers"):
    pytest.importorskip(package, reason="needs the vlm extra")

from PIL import Image  # noqa: E402

from extractor.api.engines import fingerprint_of  # noqa: E402
from extractor.cache.store import Store  # noqa: E402
from extractor.cli.app import app  # noqa: E402
from extractor.stages.errors import ExtractorError  # noqa: E402
from vlm.finetune.examples import HOLDOUT, TRAIN, read_examples  # noqa: E402
from vlm.prompt import UNANSWERABLE  # noqa: E402

NOISY = """image_link,group_id,entity_name,entity_value
https://example.invalid/a.png,1,item_weight,500.0 gram
https://example.invalid/b.png,2,voltage,"[100.0, 240.0] volt"
https://example.invalid/c.png,3,item_weight,3 candela
broken.png,4,item_weight,5 gram
"""
GOLD = """index,image_link,group_id,entity_name,primary,accepted
0,a.png,1,width,12.5 centimetre,4.92 inch
1,b.png,2,depth,EMPTY,
2,c.png,3,height,3 inch,EMPTY
"""


@pytest.fixture
def folder(tmp_path):
    """Pictures a, b and c, of which the store holds a page for a; and one that is none."""
    for number, name in enumerate("abc"):
        Image.new("RGB", (30 + number, 30), "white").save(tmp_path / f"{name}.png")
    (tmp_path / "broken.png").write_text("no picture")
    return tmp_path


@pytest.fixture
def prepared(folder):
    def run(text, *arguments, ocr="none"):
        (folder / "rows.csv").write_text(text)
        given = ["prepare", folder / "rows.csv", "--images", folder, "--out", folder / "out", "--ocr", ocr, "-q"]
        more = ["--store", folder / "store.sqlite3", "--holdout", "0", *arguments]
        result = CliRunner().invoke(app, [str(argument) for argument in [*given, *more]], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        report = json.loads((folder / "out" / "report.json").read_text())
        return read_examples(folder / "out" / TRAIN), report

    return run


def test_catalogue_labels(prepared, folder):
    examples, report = prepared(NOISY)
    assert [(e.answer, e.group, e.source) for e in examples] == [("500 gram", "1", "rows"), ("240 volt", "2", "rows")]
    assert [e.picture for e in examples] == [str(folder / "a.png"), str(folder / "b.png")]
    assert all(e.page is None and e.weight < 1 for e in examples)
    assert report["dropped"] == {"bad_label:unknown_unit": 1, "no_picture": 1}


def test_gold_labels(prepared):
    examples, _ = prepared(GOLD)
    assert [(e.right_answers, e.weight) for e in examples] == [
        (("12.5 centimetre", "4.92 inch"), 1.0),
        ((UNANSWERABLE,), 1.0),
        (("3 inch", UNANSWERABLE), 1.0),
    ]


def test_pages_come_from_the_store(prepared, folder, page):
    read = page(("Weight 500 g", 10, 10, 200, 20))
    content = hashlib.sha256((folder / "a.png").read_bytes()).hexdigest()
    with Store(folder / "store.sqlite3") as store:
        store.put_page(content, fingerprint_of("rapidocr"), read)
    rows = "\n".join(NOISY.splitlines()[:2]) + "\n"
    examples, report = prepared(rows, "--negatives", "2", ocr="rapidocr")
    assert examples[0].page == read
    assert examples[0].flags == ("stated",)
    assert report[TRAIN]["flags"] == {"negative": 2, "stated": 1}


def test_pictures_of_another_file_are_left_out(prepared, folder):
    (folder / "measured.csv").write_text("image,entity_name\na.png,width\n")
    examples, report = prepared(NOISY, "--exclude", folder / "measured.csv")
    assert [e.answer for e in examples] == ["240 volt"]
    assert report["dropped"]["excluded"] == 1


def test_a_sample_has_each_entity_in_its_share(prepared):
    rows = [f"a.png,{n},item_weight,{n + 1} gram" for n in range(60)]
    rows += [f"b.png,{n},voltage,{n} volt" for n in range(1, 31)]
    text = "\n".join(["image_link,group_id,entity_name,entity_value", *rows, "c.png,9,width,3 inch"])
    entities = [e.entity for e in prepared(text, "--sample", 9, "--negatives", 0)[0]]
    assert Counter(entities) == {"item_weight": 6, "voltage": 3, "width": 1}
    answers = [[e.answer for e in prepared(text, "--sample", 9, "--seed", seed)[0]] for seed in (1, 1, 2)]
    assert answers[0] == answers[1] != answers[2]


def test_a_split_is_kept(prepared, folder):
    (folder / "before.json").write_text(json.dumps({"groups": {"1": HOLDOUT}, "pictures": {}}))
    examples, _ = prepared(NOISY, "--split", folder / "before.json")
    assert {e.group for e in examples} == {"2"}
    assert {e.group for e in read_examples(folder / "out" / HOLDOUT)} == {"1"}


def test_options_reach_the_labels(prepared):
    examples, report = prepared(NOISY, "--range", "lower", "--unusable", "unanswerable", "--curated")
    assert [(e.answer, e.weight) for e in examples] == [("500 gram", 1.0), ("100 volt", 1.0), (UNANSWERABLE, 1.0)]
    assert report["options"]["range"] == "lower"


def test_rows_that_are_all_unusable_are_one_message(prepared, folder):
    with pytest.raises(ExtractorError, match="none of the 1 rows can be used"):
        prepared("image_link,group_id,entity_name,entity_value\nbroken.png,4,item_weight,5 gram\n")
