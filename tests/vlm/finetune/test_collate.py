"""What the collator hands to the model: labels on the answer alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="needs the vlm extra")

from vlm.finetune.collate import Collator, open_picture, training_rows  # noqa: E402
from vlm.finetune.examples import Example  # noqa: E402

ANSWERS = ["12.5 centimetre", "unanswerable"]


@pytest.fixture
def rows(tmp_path, page):
    Image.new("RGB", (40, 30), "navy").save(tmp_path / "a.png")
    asked = [("width", page(("12.5 cm", 100, 200, 80, 30))), ("voltage", None)]
    return [
        Example(str(tmp_path / "a.png"), one, entity, answer, weight=0.5).to_row()
        for (entity, one), answer in zip(asked, ANSWERS, strict=True)
    ]


@pytest.fixture
def batch(rows, tiny_processor):
    return Collator(tiny_processor)(rows)


def test_labels_decode_to_the_answer_and_the_end_and_nothing_else(batch, tiny_processor):
    eos = tiny_processor.tokenizer.eos_token
    for labels, answer in zip(batch["labels"], ANSWERS, strict=True):
        kept = labels[labels != -100]
        assert tiny_processor.tokenizer.decode(kept) == f"{answer}{eos}"


def test_no_image_or_prompt_token_carries_a_label(batch, tiny_processor):
    image = batch["input_ids"] == tiny_processor.image_token_id
    assert image.any()
    assert (batch["labels"][image] == -100).all()
    assert (batch["labels"][batch["token_type_ids"] == 0] == -100).all()
    assert (batch["labels"][batch["token_type_ids"] == 1] != -100).all()


def test_the_last_answer_token_moves_no_earlier_logit(batch, tiny_model, tiny_processor):
    """Of the batch as training gets it, padding and all: an answer that saw itself would be learnt by copying."""
    inputs = {name: tensor for name, tensor in batch.items() if name not in ("weight", "labels")}
    changed = {**inputs, "input_ids": inputs["input_ids"].clone()}
    assert (inputs["input_ids"][:, -1] == tiny_processor.tokenizer.eos_token_id).all()
    changed["input_ids"][:, -2] = tiny_processor.tokenizer.convert_tokens_to_ids("7")
    with torch.no_grad():
        moved = (tiny_model(**inputs).logits - tiny_model(**changed).logits).abs().amax(dim=-1)
    shown = inputs["attention_mask"].bool()
    assert (moved[:, :-2][shown[:, :-2]] == 0).all()
    assert (moved[:, -2] > 1e-3).all()


def test_padding_moves_no_logit(rows, tiny_model, tiny_processor):
    inputs = [{k: v for k, v in Collator(tiny_processor)(r).items() if k != "weight"} for r in (rows, rows[1:])]
    with torch.no_grad():
        together, alone = (tiny_model(**one).logits[-1] for one in inputs)
    torch.testing.assert_close(together[-len(alone) :], alone, atol=1e-4, rtol=1e-4)


def test_a_picture_that_cannot_be_opened_weighs_nothing(rows, tiny_processor, tmp_path):
    rows[0]["picture"] = str(tmp_path / "missing.png")
    assert Collator(tiny_processor)(rows)["weight"].tolist() == [0.0, 0.5]


def test_a_share_of_the_rows_is_without_its_page(page):
    from datasets import Dataset

    one = page(("12.5 cm", 100, 200, 80, 30))
    given = [Example(f"{n}.png", one, "width", "3 inch", flags=("a",)) for n in range(40)]
    dataset = Dataset.from_list([example.to_row() for example in given])

    def drawn(share):
        return [Example.from_row(row) for row in training_rows(dataset, ocr_dropout=share, seed=1)]

    assert drawn(0.0) == given
    assert drawn(1.0) == [replace(example, page=None) for example in given]
    assert 10 < sum(example.page is None for example in drawn(0.5)) < 30
    assert drawn(0.5) == drawn(0.5)


def test_an_empty_path_is_a_blank_picture():
    picture = open_picture("")
    assert picture is not None
    assert np.all(picture == 255)
