"""A random PaliGemma of half a million parameters, made once per session."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.token import OcrResult, OcrToken

MISSING = "needs the vlm extra"


@pytest.fixture(scope="session")
def tiny_reader_folder(tmp_path_factory):
    """A folder with a whole tiny model and its processor. Not to be written to."""
    torch = pytest.importorskip("torch", reason=MISSING)
    pytest.importorskip("transformers", reason=MISSING)
    from tests.vlm.support.tiny import save_tiny

    torch.set_num_threads(1)
    return save_tiny(tmp_path_factory.mktemp("tiny_reader"))


@pytest.fixture(scope="session")
def tiny_processor(tiny_reader_folder):
    from transformers import PaliGemmaProcessor

    return PaliGemmaProcessor.from_pretrained(tiny_reader_folder, backend="pil")


@pytest.fixture(scope="session")
def tiny_model(tiny_reader_folder):
    """The model of `tiny_reader_folder` in fp32, in evaluation mode. Not to be changed."""
    from transformers import PaliGemmaForConditionalGeneration

    return PaliGemmaForConditionalGeneration.from_pretrained(tiny_reader_folder).eval()


@pytest.fixture
def picture():
    """Makes a picture of noise, a different one for each seed."""

    def make(seed=0):
        return np.random.default_rng(seed).integers(0, 256, (40, 56, 3), dtype=np.uint8)

    return make


@pytest.fixture
def page():
    """Makes a page of 1000 x 500 pixels from (text, left, top, width, height)."""

    def make(*boxes):
        tokens = (OcrToken(text, ((x, y), (x + w, y), (x + w, y + h), (x, y + h)), 0.9) for text, x, y, w, h in boxes)
        return OcrResult(tuple(tokens), 1000, 500)

    return make
