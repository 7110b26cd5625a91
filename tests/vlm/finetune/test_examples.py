"""Examples and the folders they are kept in."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("datasets", reason="needs the vlm extra")

from vlm.finetune.errors import TrainError
from vlm.finetune.examples import Example, digest_of, read_examples, write_examples
from vlm.prompt import UNANSWERABLE, make_prompt


@pytest.fixture
def example(page):
    return Example(
        picture="/pictures/a.jpg",
        page=page(("Weight: 34 g é", 10, 20, 100, 20)),
        entity="item_weight",
        answer="34 gram",
        accepted=("1.2 ounce",),
        weight=0.3,
        group="17",
        source="train",
        flags=("stated",),
    )


def test_what_is_written_is_read_back(example, tmp_path):
    examples = (example, Example("", None, "voltage", UNANSWERABLE))
    write_examples(tmp_path / "data", examples)
    assert read_examples(tmp_path / "data") == examples


def test_a_folder_can_hold_nothing(tmp_path):
    write_examples(tmp_path / "data", ())
    assert read_examples(tmp_path / "data") == ()


def test_the_digest_is_that_of_the_rows_wherever_and_in_whatever_order(example):
    other = replace(example, entity="width", answer="3 inch")
    moved = replace(example, picture="/elsewhere/a.jpg")
    assert digest_of([example, other]) == digest_of([other, moved])


@pytest.mark.parametrize(
    "change", [{"answer": "35 gram"}, {"weight": 1.0}, {"page": None}, {"picture": "/pictures/b.jpg"}]
)
def test_another_row_has_another_digest(example, change):
    assert digest_of([example]) != digest_of([replace(example, **change)])


def test_the_prompt_is_made_anew_with_or_without_ocr(example):
    assert example.prompt() == make_prompt("item_weight", example.page)
    assert replace(example, page=None).prompt() == make_prompt("item_weight", None)


def test_right_answers_start_with_the_one_to_learn(example):
    assert example.right_answers == ("34 gram", "1.2 ounce")


def test_a_missing_folder_says_how_to_make_one(tmp_path):
    with pytest.raises(TrainError, match="extractor prepare"):
        read_examples(tmp_path / "nowhere")


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(TrainError, match="holds no dataset"):
        read_examples(tmp_path)
