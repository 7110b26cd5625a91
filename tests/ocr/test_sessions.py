"""Both back ends compute the models in the wheel; outputs belong to the caller."""

from __future__ import annotations

import numpy as np
import pytest

from ocr import sessions
from ocr.errors import EngineUnavailable
from ocr.sessions import BackEnd, available_back_end, open_detector, open_recogniser
from ocr.wheel import DETECTOR, RECOGNISER, model_file


@pytest.fixture(params=BackEnd)
def back_end(request):
    pytest.importorskip(request.param.value)
    return request.param


@pytest.mark.parametrize("frequent", [(1, 3, 64, 96), (1, 3, 96, 96)])
def test_an_output_outlives_the_next_inference(back_end, frequent):
    detector = open_detector(model_file(DETECTOR), back_end, 1, frequent)
    first = detector(np.zeros((1, 3, 64, 96), np.float32))
    kept = first.copy()
    detector(np.random.default_rng(0).uniform(-1, 1, (1, 3, 64, 96)).astype(np.float32))
    assert first.shape == (1, 1, 64, 96)
    assert np.array_equal(first, kept)


def test_a_frequent_shape_gives_the_same(back_end):
    picture = np.random.default_rng(0).uniform(-1, 1, (1, 3, 64, 96)).astype(np.float32)
    outputs = [
        open_detector(model_file(DETECTOR), back_end, 1, shape)(picture) for shape in (picture.shape, (1, 3, 96, 96))
    ]
    assert np.abs(outputs[0] - outputs[1]).max() < 0.05


def test_a_line_has_a_probability_for_each_character_blank_and_space(back_end):
    recogniser = open_recogniser(model_file(RECOGNISER), back_end, 1)
    steps = recogniser(np.zeros((2, 3, 48, 160), np.float32))
    characters = recogniser.characters()
    assert steps.shape[0] == 2
    assert steps.shape[2] == len(characters) + 2
    assert {"0", "9", "c", "m", "宽"} <= set(characters)
    assert np.allclose(steps.sum(axis=2), 1, atol=0.02)


def test_back_ends_agree():
    for name in BackEnd:
        pytest.importorskip(name.value)
    line = np.random.default_rng(1).uniform(-1, 1, (1, 3, 48, 160)).astype(np.float32)
    one, other = (open_recogniser(model_file(RECOGNISER), name, 1)(line) for name in BackEnd)
    assert (one.argmax(axis=2) == other.argmax(axis=2)).mean() > 0.9  # numbers of 8 bits are behind bf16


def test_openvino_comes_first(monkeypatch):
    monkeypatch.setattr(sessions, "find_spec", lambda name: object())
    assert available_back_end() == BackEnd.OPENVINO
    monkeypatch.setattr(sessions, "find_spec", lambda name: None if name == "openvino" else object())
    assert available_back_end() == BackEnd.ONNXRUNTIME
    monkeypatch.setattr(sessions, "find_spec", lambda name: None)
    with pytest.raises(EngineUnavailable, match="pip install onnxruntime"):
        available_back_end()
