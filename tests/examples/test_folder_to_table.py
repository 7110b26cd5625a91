"""The example runs on pictures of the project, and one file that is none."""

import importlib.util
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
PICTURES = ("test_0008.jpg", "test_0007.png", "test_0016.webp")


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("folder_to_table", ROOT / "examples" / "folder_to_table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("suffix", "read"), [(".csv", pd.read_csv), (".parquet", pd.read_parquet)])
def test_a_folder_becomes_a_table(example, tmp_path, monkeypatch, suffix, read):
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    for number, name in enumerate(PICTURES):
        shutil.copy(ROOT / "dataset" / "images" / name, folder if number else folder / "more")
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("no picture either")
    table = tmp_path / f"table{suffix}"
    monkeypatch.setattr(example, "AT_ONCE", 2)
    monkeypatch.setattr(sys, "argv", ["", str(folder), str(table), "--entity", "height", "--entity", "voltage"])
    example.main()
    rows = read(table)
    assert [Path(name).name for name in rows["picture"][::2]] == ["broken.jpg", "test_0008.jpg", *PICTURES[1:]]
    assert list(rows["entity"][:2]) == ["height", "voltage"]
    height = rows[rows["picture"].str.endswith("test_0008.jpg") & (rows["entity"] == "height")].iloc[0]
    assert (height["text"], height["value"], height["evidence"]) == ("12.2 inch", 12.2, "12.2 in")
    assert set(rows["reason"][:2]) == {"not_a_picture"}
    assert rows["value"].dtype == "float64"


def test_a_text_of_a_picture_becomes_no_formula(example, tmp_path):
    rows = pd.DataFrame({"picture": ["=1.jpg"], "entity": ["width"], "evidence": ["=HYPERLINK(1)"]})
    example.write_csv(tmp_path / "table.csv", [rows])
    assert (tmp_path / "table.csv").read_text() == "picture,entity,evidence\n'=1.jpg,width,'=HYPERLINK(1)\n"
