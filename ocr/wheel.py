"""The model files in RapidOCR's wheel, found without importing RapidOCR."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from ocr.errors import EngineUnavailable

DETECTOR = "PP-OCRv6_det_small"
RECOGNISER = "PP-OCRv6_rec_small"


def model_file(name: str) -> Path:
    """The ONNX file of one of the models above; raises EngineUnavailable when it is not installed."""
    package = find_spec("rapidocr")
    if package is None or package.origin is None:
        raise EngineUnavailable("RapidOCR is not installed: pip install rapidocr")
    file = Path(package.origin).parent / "models" / f"{name}.onnx"
    if not file.is_file():
        raise EngineUnavailable(f"RapidOCR's model {file} is missing: pip install --force-reinstall rapidocr")
    return file
