"""Rows that share a product, on the pictures of `fake_products`."""

import asyncio
import hashlib
import json
from dataclasses import replace

import pytest
from fake_products import ENGINE, written

from extractor import Extractor
from extractor.run.local import run
from extractor.run.options import RunOptions
from extractor.run.products import entities_by_picture, group_by_picture
from extractor.run.progress import SilentWatcher
from extractor.stages.product import ProductAnswer
from extractor.tables.rows import Row
from extractor.tables.trace import trace_line

PICTURES = {
    "a.png": written("Width 30 cm", "Net weight 5 kg"),
    "b.png": written("Weight 5 kg"),
    "c.png": written("Width 80 cm"),
    "copy of b.png": written("Weight 5 kg"),
    "d.png": written("Fun"),
    "broken.png": b"<html>",
}
SHA256 = {name: hashlib.sha256(data).hexdigest() for name, data in PICTURES.items()}
ROWS = (
    Row("0", "a.png", "", "width", "P", "Stool"),
    Row("1", "b.png", "", "item_weight", "P"),
    Row("2", "c.png", "", "item_weight", "P"),
    Row("3", "copy of b.png", "", "item_weight", "P", "Another title, 9 kg"),
    Row("4", "broken.png", "", "width", "P"),
    Row("5", "a.png", "", "item_weight"),
    Row("6", "d.png", "", "item_weight", "Q", "Weight 9 kg"),
)

TITLE = "Another title, 9 kg; Stool"
"""That of the product P: all titles of its rows."""


@pytest.fixture
def answered(tmp_path):
    for name, data in PICTURES.items():
        (tmp_path / name).write_bytes(data)
    defaults = RunOptions(tmp_path, tmp_path / "store.sqlite3", ocr=ENGINE, upscale=False)
    return lambda rows=ROWS, **options: asyncio.run(run(rows, replace(defaults, **options), SilentWatcher()))


def by_index(result):
    return {one.row.index: one for one in result.rows}


def test_all_pictures_of_a_product_are_answered_for_all_that_is_asked_of_it():
    assert entities_by_picture(ROWS) == {
        "a.png": ("width", "item_weight"),
        "b.png": ("width", "item_weight"),
        "c.png": ("width", "item_weight"),
        "copy of b.png": ("width", "item_weight"),
        "broken.png": ("width", "item_weight"),
        "d.png": ("item_weight",),
    }


def test_a_picture_has_the_group_that_its_rows_agree_on():
    groups = {"a.png": ("7", "7"), "b.png": ("7", "8"), "c.png": ("",), "d.png": ("", "9")}
    rows = [Row("0", link, group, "width") for link, named in groups.items() for group in named]
    assert group_by_picture(rows) == {"a.png": "7", "b.png": "", "c.png": "", "d.png": ""}


def test_rows_of_a_product_have_its_answer_and_others_their_picture_s(answered):
    found = by_index(answered())
    weights = [found[index].answer for index in "123"]
    assert {answer.text for answer in weights} == {"5.0 kilogram"}
    assert len({answer.confidence for answer in weights}) == 1
    assert weights[0].confidence > found["5"].answer.confidence
    assert not isinstance(found["5"].answer, ProductAnswer)
    widths = [found[index].answer for index in "04"]
    assert {answer.status for answer in widths} == {"ambiguous"}
    assert found["6"].answer.text == "9.0 kilogram"
    assert [one.row.index for one in answered().rows] == [row.index for row in ROWS]


def test_the_library_answers_as_a_run_does(answered, tmp_path):
    pictures = [tmp_path / name for name in ("a.png", "b.png", "c.png", "copy of b.png", "broken.png")]
    product = Extractor(ENGINE, upscale=False).extract_product(pictures, TITLE, ["width", "item_weight"])
    found = by_index(answered())
    for index in "01234":
        answer = found[index].answer
        alone = product[answer.entity]
        assert (answer.amount, answer.confidence, answer.statements) == (
            alone.amount,
            alone.confidence,
            alone.statements,
        )


@pytest.mark.parametrize("options", [{"workers": 2}, {"use_cache": False}, {"use_cache": False, "workers": 2}])
def test_workers_and_store_change_nothing(answered, options):
    first = [one.answer for one in answered().rows]
    assert [one.answer for one in answered(**options).rows] == first
    assert [one.answer for one in answered().rows] == first


def test_the_order_of_the_rows_does_not_matter(answered):
    there, back = by_index(answered()), by_index(answered(ROWS[::-1]))
    for index in "0145":
        assert (there[index].answer.amount, there[index].answer.confidence) == (
            back[index].answer.amount,
            back[index].answer.confidence,
        )


def test_the_trace_says_what_each_picture_states(answered):
    lines = {line["index"]: line for line in (json.loads(trace_line(one)) for one in answered().rows)}
    line = lines["2"]
    assert (line["product"], line["title"], line["prediction"]) == ("P", TITLE, "5.0 kilogram")
    assert line["picture"] == SHA256["c.png"]
    assert line["tokens"] == []
    statements = {one["image_link"]: one for one in line["statements"]}
    assert {link: one["stance"] for link, one in statements.items()} == {
        "a.png": "agrees",
        "b.png": "agrees",
        "": "contradicts",
    }
    assert statements["b.png"]["picture"] == SHA256["b.png"]
    assert [token["text"] for token in statements["b.png"]["tokens"]] == ["Weight 5 kg"]
    assert [token["text"] for token in lines["1"]["tokens"]] == ["Weight 5 kg"]
    assert lines["4"]["picture"] == SHA256["broken.png"] or lines["4"]["picture"] is None
    (of_title,) = lines["6"]["statements"]
    assert (of_title["picture"], of_title["image_link"], of_title["tokens"]) == (None, "", [])
    assert "product" not in lines["5"]


def test_the_summary_counts_products(answered):
    assert "products  2: each answered from all its pictures together" in answered().summary.lines()
    assert "products" not in "".join(answered(ROWS[5:6]).summary.lines())


def test_a_product_of_one_picture_is_answered_as_the_picture_is(answered):
    alone = Row("0", "a.png", "", "width")
    (plain,), (product,) = (answered([row]).rows for row in (alone, replace(alone, product="P")))
    assert product.answer.statements
    assert (product.answer.amount, product.answer.confidence, product.answer.candidates, product.answer.evidence) == (
        plain.answer.amount,
        plain.answer.confidence,
        plain.answer.candidates,
        plain.answer.evidence,
    )
