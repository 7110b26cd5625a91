"""Prepared examples among the drawn ones."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

pytest.importorskip("datasets", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")

from PIL import Image

from ocr.token import OcrResult, OcrToken
from vlm.examples import HOLDOUT, TRAIN, DataError, Example, write_examples
from vlm.nano.batches import IGNORED, cells_of
from vlm.nano.prepared import PreparedPages
from vlm.prompt import UNANSWERABLE, make_prompt

TOKEN = OcrToken("34 g", ((0, 0), (40, 0), (40, 20), (0, 20)), 0.9)
PAGE = OcrResult((TOKEN,), 100, 50)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    picture = tmp_path / "red.png"
    Image.fromarray(np.full((50, 100, 3), (200, 0, 0), np.uint8)).save(picture)
    examples = [
        Example(str(picture), PAGE, "item_weight", "34 gram"),
        Example(str(picture), PAGE, "voltage", UNANSWERABLE),
        Example("", PAGE, "wattage", UNANSWERABLE),
    ]
    write_examples(tmp_path / "data" / TRAIN, examples)
    write_examples(tmp_path / "data" / HOLDOUT, examples[:1])
    return tmp_path / "data"


def test_are_asked_as_the_reader_asks(folder: Path) -> None:
    (example,) = PreparedPages([folder], HOLDOUT).first(5, 28)
    assert example.prompt == make_prompt("item_weight", PAGE)
    assert example.answer == "34 gram"
    assert example.pixels.shape == (28, 28, 3)
    assert tuple(example.pixels[14, 14]) == (200, 0, 0)


def test_answerable_ones_come_more_often(folder: Path) -> None:
    pages, rng = PreparedPages([folder], TRAIN), Random(1)
    answers = [pages.draw(rng, 8).answer for _ in range(300)]
    assert 0.45 < answers.count("34 gram") / 300 < 0.65
    assert answers.count(UNANSWERABLE) > 90


def test_what_their_texts_measure_is_not_known(folder: Path) -> None:
    (example,) = PreparedPages([folder], HOLDOUT).first(1, 8)
    assert example.marks is None
    assert (cells_of(example.marks, 4) == IGNORED).all()


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="extractor prepare"):
        PreparedPages([tmp_path / "nowhere"], TRAIN)


def test_without_folders_there_is_nothing() -> None:
    assert len(PreparedPages([], TRAIN)) == 0
