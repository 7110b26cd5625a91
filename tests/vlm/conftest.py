"""A random PaliGemma of half a million parameters, made once per session."""

from __future__ import annotations

import shutil
import socket
import threading

import numpy as np
import pytest

from ocr.token import OcrResult, OcrToken
from vlm.reader import PictureQuestions

MISSING = "needs the vlm extra"
PATIENCE = 2.0
"""Seconds after which the silent hub hangs up: longer than it is waited for."""


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


@pytest.fixture(scope="session")
def adapter_folder(tiny_reader_folder, tmp_path_factory):
    """A random adapter that changes answers, with nothing but its own files. Not to be written to."""
    torch = pytest.importorskip("torch", reason=MISSING)
    pytest.importorskip("peft", reason=MISSING)
    from peft import LoraConfig, get_peft_model
    from transformers import PaliGemmaForConditionalGeneration

    from vlm.finetune.config import LORA_TARGETS

    torch.manual_seed(1)
    base = PaliGemmaForConditionalGeneration.from_pretrained(tiny_reader_folder)
    model = get_peft_model(base, LoraConfig(r=4, target_modules=LORA_TARGETS, init_lora_weights=False))
    folder = tmp_path_factory.mktemp("adapter")
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def adapter(adapter_folder, tmp_path):
    """A copy of `adapter_folder`."""
    return shutil.copytree(adapter_folder, tmp_path / "adapter")


@pytest.fixture
def model_folder(tiny_reader_folder, tmp_path):
    """A copy of `tiny_reader_folder`."""
    return shutil.copytree(tiny_reader_folder, tmp_path / "model")


@pytest.fixture
def picture():
    """Makes a picture of noise, a different one for each seed."""

    def make(seed=0):
        return np.random.default_rng(seed).integers(0, 256, (40, 56, 3), dtype=np.uint8)

    return make


@pytest.fixture
def asked(picture):
    """Two pictures without a page, two questions about each."""
    return [PictureQuestions(picture(n), None, ("width", "item_weight")) for n in range(2)]


@pytest.fixture
def page():
    """Makes a page of 1000 x 500 pixels from (text, left, top, width, height)."""

    def make(*boxes):
        tokens = (OcrToken(text, ((x, y), (x + w, y), (x + w, y + h), (x, y + h)), 0.9) for text, x, y, w, h in boxes)
        return OcrResult(tuple(tokens), 1000, 500)

    return make


@pytest.fixture
def silent_hub(monkeypatch, tmp_path):
    """A hub that takes requests and hangs up after a while without an answer, and an empty cache.

    Gives the paths asked for so far.
    """
    from huggingface_hub import constants

    from vlm import hub

    server = socket.create_server(("127.0.0.1", 0))
    connections, paths = [], []

    def listen():
        while True:
            try:
                connections.append(server.accept()[0])
                paths.append(connections[-1].recv(4096).split()[1].decode())
                threading.Timer(PATIENCE, connections[-1].close).start()
            except (OSError, IndexError):
                return

    threading.Thread(target=listen, daemon=True).start()
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(hub, "TIMEOUT", 0.2)
    yield paths
    server.close()
    for connection in connections:
        connection.close()


@pytest.fixture
def cached_hub_model(silent_hub, tiny_reader_folder, tmp_path):
    """The tiny model as the hub's `somebody/reader`, downloaded before; gives the folder of its snapshot."""
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "models--somebody--reader"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(commit)
    return shutil.copytree(tiny_reader_folder, repository / "snapshots" / commit)
