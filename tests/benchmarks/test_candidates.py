"""The benchmark of a reader that scores the rules' candidates: its scores are kept, and its table is right."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")

from PIL import Image

from benchmarks import candidates
from benchmarks.candidates import Asked
from extractor.training.examples import Choice, Question
from ocr.token import OcrResult
from rules.amount import Amount
from rules.outcome import Outcome
from tests.vlm.support.tiny import save_tiny


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """A tiny random reader's folder."""
    return str(save_tiny(tmp_path_factory.mktemp("reader")))


@pytest.fixture
def asked(tmp_path):
    Image.new("RGB", (30, 30), "white").save(tmp_path / "a.png")
    choices = tuple(Choice((), False, Amount(value, "inch")) for value in (3.0, 4.5))
    question = Question("width", "a.png", stated=False, may_be_empty=True, choices=choices)
    return [Asked(question, tmp_path / "a.png", OcrResult((), 30, 30))]


def test_scores_are_kept_and_what_is_known_is_not_asked_again(reader, asked, tmp_path, monkeypatch):
    file = tmp_path / "scores.jsonl"
    first = candidates._scored(asked, reader, "cpu", file)
    (scores,) = first.values()
    assert list(scores) == ["3 inch", "4.5 inch", "unanswerable"]
    assert all(score < 0 and math.isfinite(score) for score in scores.values())
    monkeypatch.setattr(candidates, "create_reader", None)
    assert candidates._scored(asked, reader, "cpu", file) == first


def test_the_table_sets_both_rankers_side_by_side(asked, capsys):
    question = asked[0].question
    candidates._report("measured", [(question, Outcome.FN), (question, Outcome.TP)], [(question, Outcome.TP)] * 2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:5] == ["width", "2", "0.667", "1.000", "+0.333"]
    assert lines[2].split()[:5] == ["all", "2", "0.667", "1.000", "+0.333"]
