"""Engines by name."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from ocr.engine import ENGINE_NAMES, create_engine, engine_fingerprint


def test_the_engine_none_finds_no_text() -> None:
    engine = create_engine("none")
    page = engine.read(np.zeros((30, 50, 3), np.uint8))
    assert (page.tokens, page.width, page.height) == ((), 50, 30)
    assert engine.fingerprint == engine_fingerprint("none")


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="rapidocr, paddleocr, none"):
        create_engine("tesseract")
    with pytest.raises(ValueError, match="rapidocr, paddleocr, none"):
        engine_fingerprint("tesseract")


def test_fingerprints_differ_by_engine() -> None:
    assert engine_fingerprint("rapidocr") != engine_fingerprint("none")
    assert ENGINE_NAMES == ("rapidocr", "paddleocr", "none")


def test_no_engine_is_imported_with_the_module() -> None:
    code = (
        "import ocr, ocr.engine, sys; ocr.engine.engine_fingerprint('rapidocr');"
        "print({'rapidocr', 'onnxruntime', 'openvino', 'paddleocr', 'cv2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
