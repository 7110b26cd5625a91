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
from vlm.finetune.errors import TrainError
from vlm.finetune.examples import HOLDOUT, TRAIN, Example, write_examples
from vlm.nano.annotate import annotations_of
from vlm.nano.batches import IGNORED, LABELS, collate, patch_labels_of
from vlm.nano.prepared import PreparedPages
from vlm.nano.tasks import Annotation
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


def test_where_the_question_names_no_dimension_nothing_is_annotated(folder: Path) -> None:
    pages = PreparedPages([folder], HOLDOUT)
    (example,) = pages.first(1, 8)
    assert example.annotations == () == pages.annotated
    assert (patch_labels_of(example.annotations, 4, fully_annotated=example.fully_annotated) == IGNORED).all()


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A picture, red on its left half, with one number on each; which is which only the labels tell."""
    pixels = np.zeros((50, 100, 3), np.uint8)
    pixels[:, :50] = 200, 0, 0
    Image.fromarray(pixels).save(tmp_path / "two.png")
    page = OcrResult((_token("20 cm", 25), _token("31 cm", 75)), 100, 50)
    told = {"width": "20 centimetre", "height": "31 centimetre", "depth": UNANSWERABLE}
    examples = [Example(str(tmp_path / "two.png"), page, entity, answer) for entity, answer in told.items()]
    for side in (TRAIN, HOLDOUT):
        write_examples(tmp_path / "drawing" / side, examples)
    return tmp_path / "drawing"


def _token(text: str, x: float, y: float = 25) -> OcrToken:
    return OcrToken(text, ((x - 10, y - 5), (x + 10, y - 5), (x + 10, y + 5), (x - 10, y + 5)), 0.9)


def test_labels_tell_what_numbers_measure(drawing: Path, tiny_processor) -> None:  # type: ignore[no-untyped-def]
    pages = PreparedPages([drawing], HOLDOUT)
    annotations = Annotation(0.25, 0.5, "width"), Annotation(0.75, 0.5, "height")
    assert [found for _, found in pages.annotated] == [annotations]
    example = pages.first(1, 28)[0]
    assert (example.annotations, example.fully_annotated) == (annotations, False)
    patches = patch_labels_of(annotations, 2, fully_annotated=False)
    assert patches.tolist() == [[LABELS.index("width"), LABELS.index("height")]] * 2
    batch = collate([example], tiny_processor)
    told = batch.place_labels[batch.place_labels != IGNORED].tolist()
    assert told == [LABELS.index("width"), LABELS.index("height")]


def test_drawings_are_mirrored_with_their_places(drawing: Path) -> None:
    pages, rng = PreparedPages([drawing], TRAIN), Random(2)
    seen = {}
    for _ in range(40):
        example = pages.draw(rng, 8)
        if example.answer != "20 centimetre":
            continue
        left_is_red = bool(example.pixels[4, 1, 0] > 100)
        width_is_left = example.annotations[0].x < 0.5
        lines = example.prompt.splitlines()
        seen[left_is_red] = (width_is_left, lines[0].endswith("20 cm"), lines[1].endswith("31 cm"))
    assert seen == {True: (True, True, True), False: (False, False, False)}


@pytest.mark.parametrize(
    ("texts", "annotated"),
    [
        (("20 cm", "31 cm"), ["width", "height"]),
        (("20 cm", "31 cm", "20 cm"), ["width", "height", "width"]),
        (("width 20 cm", "31 cm"), ["height"]),
        (("20W x 31H cm",), []),
        (("20 x 31 cm",), []),
        (("20 kg", "about 20"), []),
        (("20 cm", "44 cm"), ["width"]),
        ((), []),
    ],
)
def test_only_what_the_drawing_alone_tells_is_annotated(texts: tuple[str, ...], annotated: list[str]) -> None:
    page = OcrResult(tuple(_token(text, 40, 20 + 60 * row) for row, text in enumerate(texts)), 100, 400)
    right = {"width": ["20 centimetre"], "height": ["31 centimetre"]}
    assert [annotation.dimension for annotation in annotations_of(page, right)] == annotated


def test_a_number_that_two_dimensions_share_is_not_annotated() -> None:
    page = OcrResult((_token("20 cm", 40),), 100, 50)
    assert annotations_of(page, {"width": ["20 centimetre"], "depth": ["20 centimetre"]}) == ()


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="extractor prepare"):
        PreparedPages([tmp_path / "nowhere"], TRAIN)


def test_without_folders_there_is_nothing() -> None:
    assert len(PreparedPages([], TRAIN)) == 0
