"""`extractor fit-policy` from labelled pictures to a policy."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest
from fake_engines import ENGINE, picture_bytes
from fake_readers import BABBLES, READER

from extractor.__main__ import main
from extractor.api.policies import read_policy
from extractor.stages.combine import DEFAULT_POLICY


def test_a_policy_is_fitted_to_what_rules_and_reader_say(tmp_path, monkeypatch):
    """Two pictures that rules and reader agree on, one on which the reader babbles, one that is not there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACTOR_STORE", str(tmp_path / "store.sqlite3"))
    lines = ["image_link,entity_name,primary,accepted"]
    for number in range(200, 203):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes(number, BABBLES if number == 202 else 0))
        lines.append(f"{number}.png,item_weight,{number} gram,")
    (tmp_path / "labels.csv").write_text("\n".join([*lines, "none.png,item_weight,5 gram,"]))
    arguments = ["fit-policy", "labels.csv", "--ocr", ENGINE, "--vlm", READER, "--out", "policy.json"]
    monkeypatch.setattr(sys, "argv", ["extractor", *arguments])
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code, err.getvalue()
    rows, alone, default, fitted, held_out, *numbers = out.getvalue().splitlines()
    assert rows == "rows 3"
    assert all("1.0000" in line for line in (alone, default, fitted, held_out))
    assert "fallback = True" in numbers
    assert read_policy(tmp_path / "policy.json") == DEFAULT_POLICY
