"""`auto`: asked only what is measured to help on real rows, and installed."""

from __future__ import annotations

import json

import pytest

import vlm.source
from extractor.api import auto_reader as module
from extractor.api.auto_reader import AutoReader, auto_reader

BETTER = {"rows": 447, "f1": 0.012, "low": 0.003, "high": 0.021, "real": True}
MEASURED = "nano changes F1 on 447 real rows by +0.012 (+0.003 to +0.021)"


@pytest.fixture
def auto(tmp_path, monkeypatch):
    """What is asked where nano's policy says this of its gain."""
    monkeypatch.setattr(vlm.source, "nano_folder", lambda: tmp_path)
    monkeypatch.setattr(module, "missing", lambda packages: [])

    def with_gain(gain=None, **changes):
        if gain is not None:
            (tmp_path / "policy.json").write_text(json.dumps({"gain": gain | changes}))
        return auto_reader()

    return with_gain


def test_a_reader_that_is_surely_better_on_real_rows_is_asked(auto):
    assert auto(BETTER) == AutoReader("nano", MEASURED)


def test_one_whose_interval_holds_zero_is_not_asked_and_the_figures_say_why(auto):
    why = "nano changes F1 on 447 real rows by +0.012 (-0.001 to +0.021)"
    assert auto(BETTER, low=-0.001) == AutoReader("none", why)


def test_what_was_measured_on_other_rows_says_nothing(auto):
    assert auto(BETTER, real=False) == AutoReader("none", "nano is not measured on real labelled rows")


def test_without_a_measurement_or_without_weights_nothing_is_asked(auto, tmp_path):
    assert auto().name == "none"
    (tmp_path / "policy.json").write_text("{}")
    assert auto().name == "none"


def test_without_its_packages_the_rules_answer_alone(auto, monkeypatch):
    monkeypatch.setattr(module, "missing", lambda packages: ["torch"])
    assert auto(BETTER) == AutoReader("none", f"{MEASURED}, but needs the vlm extra")
