"""Asking a finished adapter about held-out rows: its score, and the temperature where rows are enough."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="needs the vlm extra")

from vlm.answer import VlmAnswer
from vlm.confidence import calibrated
from vlm.finetune import held_out, score
from vlm.finetune.examples import Example
from vlm.reader import ReaderOptions


class SureReader:
    """Says `3 inch` with a confidence of 0.9 to everything."""

    fingerprint = "sure"

    def read(self, items):
        return [tuple(VlmAnswer("3 inch", 0.9, 0.0) for _ in item.entities) for item in items]


@pytest.fixture
def ask(monkeypatch, tmp_path):
    monkeypatch.setattr(held_out, "create_reader", lambda spec, options: SureReader())

    def make(right, wrong):
        examples = [Example("", None, "width", "3 inch")] * right + [Example("", None, "width", "4 inch")] * wrong
        return held_out.score_held_out(tmp_path, examples, ReaderOptions())

    return make


def test_the_temperature_makes_confidence_the_share_of_right_answers(ask):
    asked = ask(right=60, wrong=40)
    assert (asked.rows, asked.precision) == (100, 0.6)
    assert asked.calibration is not None
    assert calibrated(0.9, asked.calibration.temperature) == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize(("right", "wrong"), [(20, 20), (100, 0), (0, 100)])
def test_few_rows_or_one_sided_ones_are_not_calibrated_on(ask, right, wrong):
    assert ask(right, wrong).calibration is None


def test_rows_without_their_picture_do_not_count(ask, monkeypatch):
    monkeypatch.setattr(score, "open_picture", lambda path: None)
    assert ask(60, 40).rows == 0
