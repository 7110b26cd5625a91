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


def fit_policy(monkeypatch, folder):
    """Runs the command in the folder; what it ended with, and what it said on standard output and error."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("EXTRACTOR_STORE", str(folder / "store.sqlite3"))
    arguments = ["fit-policy", "labels.csv", "--ocr", ENGINE, "--vlm", READER, "--out", "policy.json"]
    monkeypatch.setattr(sys, "argv", ["extractor", *arguments])
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, out.getvalue(), err.getvalue()


def test_a_policy_is_fitted_to_what_rules_and_reader_say(tmp_path, monkeypatch):
    """Two pictures that rules and reader agree on, one on which the reader babbles, one that is not there."""
    lines = ["image_link,entity_name,primary,accepted"]
    for number in range(200, 203):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes(number, BABBLES if number == 202 else 0))
        lines.append(f"{number}.png,item_weight,{number} gram,")
    (tmp_path / "labels.csv").write_text("\n".join([*lines, "none.png,item_weight,5 gram,"]))
    code, out, err = fit_policy(monkeypatch, tmp_path)
    assert not code, err
    rows, alone, default, fitted, held_out, *numbers = out.splitlines()
    assert rows == "rows 3"
    assert all("1.0000" in line for line in (alone, default, fitted, held_out))
    assert "fallback = True" in numbers
    assert read_policy(tmp_path / "policy.json") == DEFAULT_POLICY


@pytest.mark.parametrize("content", [None, b"no picture"])
def test_without_a_picture_to_fit_to_it_says_what_to_do(tmp_path, monkeypatch, content):
    (tmp_path / "labels.csv").write_text("image_link,entity_name,primary,accepted\na.png,item_weight,5 gram,\n")
    if content is not None:
        (tmp_path / "a.png").write_bytes(content)
    code, out, err = fit_policy(monkeypatch, tmp_path)
    assert (code, out) == (3, "")
    message = err.splitlines()[-1]
    assert message.startswith("error: no picture of labels.csv could be had and read")
    assert "--images" in message
    assert not (tmp_path / "policy.json").exists()
