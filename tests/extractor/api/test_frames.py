"""Many extractions as a pandas table and as a data set of the real `datasets`."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

import extractor
from extractor.api.extraction import Extraction
from extractor.api.frames import COLUMNS, DatasetsMissingError
from extractor.stages.answer import Answer, failed
from extractor.stages.reason import Failure, Reason
from ocr.token import OcrToken
from rules.amount import Amount

BOX = ((0.0, 0.0), (9.0, 0.5), (9.0, 4.0), (0.0, 4.0))
WIDTH = Answer("width", Amount(2.5, "inch"), Reason.ANSWERED, 0.9, evidence=(OcrToken('2.5"', BOX, 0.99),))
DEPTH = Answer("depth", None, Reason.NO_CANDIDATE, 0.7)
GONE = Failure(Reason.PICTURE_MISSING, "no such file")
PICTURE = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)


def extractions(count=1):
    """An iterator, as `extract_many` gives it."""
    for number in range(count):
        yield Extraction((WIDTH, DEPTH), f"{number}.png", PICTURE)
    yield Extraction(failed(["width"], GONE), "none.png", None, GONE)


def test_a_frame_has_a_row_for_each_answer():
    frame = extractor.to_frame(extractions(2))
    assert list(frame.columns) == ["picture", *COLUMNS]
    assert list(frame["picture"]) == ["0.png", "0.png", "1.png", "1.png", "none.png"]
    assert frame.loc[0].tolist() == ["0.png", "width", "2.5 inch", 2.5, "inch", "verified", "answered", 0.9, ['2.5"']]
    assert frame.loc[4, "reason"] == "picture_missing"
    assert frame.drop(columns="picture").loc[:1].equals(next(extractions()).to_frame())
    assert list(extractor.to_frame([]).columns) == ["picture", *COLUMNS]


def test_a_data_set_has_the_same_rows_with_types_and_boxes():
    data = extractor.to_dataset(extractions(2))
    assert data.num_rows == 5
    assert data[0] == {
        "picture": "0.png",
        "entity": "width",
        "text": "2.5 inch",
        "value": 2.5,
        "unit": "inch",
        "status": "verified",
        "reason": "answered",
        "confidence": 0.9,
        "evidence": ['2.5"'],
        "boxes": [[list(corner) for corner in BOX]],
    }
    assert (data[1]["value"], data[1]["unit"], data[1]["evidence"], data[1]["boxes"]) == (None, None, [], [])
    assert data.filter(lambda row: row["entity"] == "width").num_rows == 3
    assert extractor.to_dataset(extractions(1)).num_rows == 3  # not the one from before


def test_a_data_set_can_hold_the_pictures(tmp_path):
    data = extractor.to_dataset(extractions(), pictures=True)
    assert np.array_equal(np.asarray(data[0]["image"]), PICTURE)
    assert data[2]["image"] is None
    data.to_parquet(tmp_path / "data.parquet")
    assert (tmp_path / "data.parquet").stat().st_size > 0


def test_types_do_not_depend_on_the_rows():
    none = extractor.to_dataset(iter([Extraction((DEPTH,), "a.png", PICTURE)]))
    assert none.features == extractor.to_dataset(extractions()).features
    assert none.features["value"].dtype == "float64"


def test_extractions_are_taken_one_at_a_time():
    alive = []

    def watched():
        for extraction in extractions(50):
            alive.append(sys.getrefcount(PICTURE))
            yield extraction

    extractor.to_frame(watched())
    extractor.to_dataset(watched(), pictures=True)
    assert max(alive) - min(alive) <= 2


def test_without_the_package_the_message_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(DatasetsMissingError, match=r"to_dataset needs datasets: .*'\.\[datasets\]'"):
        extractor.to_dataset([])


def test_the_example_of_the_page_on_tables(monkeypatch):
    root = Path(extractor.__file__).parents[1]
    monkeypatch.chdir(root)
    (example,) = re.findall(
        r"```python\n(.*?)```", (root / "docs" / "tables.md").read_text(encoding="utf-8"), re.DOTALL
    )
    exec(compile(example, "tables.md", "exec"), {"__name__": "__main__"})


def test_no_extractions_are_an_empty_data_set():
    assert extractor.to_dataset(iter([])).num_rows == 0
