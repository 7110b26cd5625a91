"""The PaddleOCR package, offline: from local model folders, or from the weights in RapidOCR's wheel.

A model folder has PaddleOCR's own form: `inference.yml` beside `inference.onnx` (computed by ONNX Runtime) or beside
Paddle's own files (computed by paddlepaddle, which must then be installed). Folders come from arguments, or from the
environment variables PADDLEOCR_DETECTION_DIR and PADDLEOCR_RECOGNITION_DIR.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ocr.boxes import Corners
from ocr.embedding import EMBEDDING, Embedder
from ocr.errors import EngineUnavailable
from ocr.extras import extra_needed
from ocr.lines import DEFAULT_LINES, READING_VERSION, LineOptions, Reading
from ocr.passes import SizedModels, TwoPassEngine
from ocr.picture import Picture
from ocr.sessions import available_back_end
from ocr.sizes import DEFAULT_DETECTOR_SIZE, GRID, UPSCALED_DETECTOR_SIZE, DetectorSize
from ocr.wheel import DETECTOR, RECOGNISER, model_file

DETECTION_DIR = "PADDLEOCR_DETECTION_DIR"
RECOGNITION_DIR = "PADDLEOCR_RECOGNITION_DIR"

# PaddleOCR's descriptions of the models in RapidOCR's wheel: names, preparation of input, decoding of output.
_WHEEL_DETECTION: dict[str, Any] = {
    "Global": {"model_name": "PP-OCRv6_small_det"},
    "PreProcess": {
        "transform_ops": [
            {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
            {"DetResizeForTest": None},
            {"NormalizeImage": {"mean": [0.5] * 3, "std": [0.5] * 3, "scale": "1./255.", "order": "hwc"}},
            {"ToCHWImage": None},
        ]
    },
    "PostProcess": {
        "name": "DBPostProcess",
        "thresh": 0.3,
        "box_thresh": 0.5,
        "unclip_ratio": 1.6,
        "use_dilation": True,
        "max_candidates": 1000,
    },
}
_WHEEL_RECOGNITION: dict[str, Any] = {
    "Global": {"model_name": "PP-OCRv6_small_rec"},
    "PreProcess": {
        "transform_ops": [
            {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
            {"RecResizeImg": {"image_shape": [3, 48, 320]}},
        ]
    },
}


@dataclass(frozen=True, slots=True)
class PaddleOptions:
    """The options that change results. The names in all but `folders` are part of the engine's fingerprint.

    folders: those of the detection and the recognition model; None for the weights in RapidOCR's wheel.
    """

    folders: tuple[Path, Path] | None = None
    lines: LineOptions = DEFAULT_LINES
    detector: DetectorSize = DEFAULT_DETECTOR_SIZE
    upscaled: DetectorSize = UPSCALED_DETECTOR_SIZE


def options_from_environment() -> PaddleOptions:
    """Options with the model folders of the environment variables; raises EngineUnavailable when only one is set."""
    detection, recognition = os.environ.get(DETECTION_DIR), os.environ.get(RECOGNITION_DIR)
    if bool(detection) != bool(recognition):
        raise EngineUnavailable(f"set both {DETECTION_DIR} and {RECOGNITION_DIR}, or neither of them")
    if not detection or not recognition:
        return PaddleOptions()
    return PaddleOptions((Path(detection), Path(recognition)))


def paddle_fingerprint(options: PaddleOptions | None = None) -> str:
    """The fingerprint of a PaddleEngine with the same options; loads no model."""
    used = options or options_from_environment()
    try:
        versions = [f"paddleocr {version('paddleocr')}", f"paddlex {version('paddlex')}"]
    except PackageNotFoundError as error:
        needed = extra_needed("the OCR engine paddleocr", "paddle", [error.name])
        raise EngineUnavailable(f"{needed}; best in a separate environment, as its versions differ") from error
    models = [_identity(folder) for folder in used.folders] if used.folders else _wheel_identities()
    reading = [
        EMBEDDING,
        f"reading {READING_VERSION}",
        f"lines={used.lines}",
        f"detector={used.detector}",
        f"upscaled={used.upscaled}",
    ]
    return "; ".join([*versions, *models, *reading])


class PaddleEngine(TwoPassEngine):
    """PaddleOCR's text detection and recognition, with `threads` threads for each model.

    Raises EngineUnavailable when the package or a model folder is missing.
    """

    def __init__(self, threads: int = 1, options: PaddleOptions | None = None) -> None:
        used = options or options_from_environment()
        self.fingerprint = paddle_fingerprint(used)
        self._options = used
        self._models = _PaddleModels(threads, used)
        self._embedder = Embedder(available_back_end(), threads)


def wheel_folders(parent: Path) -> tuple[Path, Path]:
    """Model folders for detection and recognition, made below `parent` from the weights in RapidOCR's wheel."""
    return (
        _wheel_folder(parent / "detection", DETECTOR, _WHEEL_DETECTION),
        _wheel_folder(parent / "recognition", RECOGNISER, _wheel_recognition()),
    )


class _PaddleModels(SizedModels):
    def __init__(self, threads: int, options: PaddleOptions) -> None:
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
        from paddleocr import TextDetection, TextRecognition

        with tempfile.TemporaryDirectory() as parent:
            detection, recognition = options.folders or wheel_folders(Path(parent))
            self._detection: Any = TextDetection(**_arguments(detection, threads))
            self._recognition: Any = TextRecognition(**_arguments(recognition, threads))
        self.size = options.detector

    def detect(self, picture: Picture) -> Sequence[Corners]:
        import cv2

        height, width = picture.shape[:2]
        new_width, new_height = self.size.of(width, height)
        resized = cv2.resize(picture, (new_width, new_height))[:, :, ::-1]
        # The picture has its size already: a limit of one grid step keeps PaddleOCR from scaling again.
        page = self._detection.predict(np.ascontiguousarray(resized), limit_side_len=GRID, limit_type="min")[0]
        scale = np.array([width / new_width, height / new_height])
        lines = [np.asarray(corners * scale, dtype=np.float32) for corners in page["dt_polys"]]
        return sorted(lines, key=lambda corners: (float(corners[0, 1]), float(corners[0, 0])))

    def recognise(self, lines: Sequence[Picture]) -> Sequence[Reading]:
        pixels = [np.ascontiguousarray(line[:, :, ::-1]) for line in lines]
        results = self._recognition.predict(pixels, batch_size=1)
        return [Reading(result["rec_text"], float(result["rec_score"])) for result in results]


def _identity(folder: Path) -> str:
    name, weights = _model_name(folder), _weights(folder)
    return f"{name} {hashlib.sha256(weights.read_bytes()).hexdigest()[:16]}"


def _wheel_identities() -> list[str]:
    for model in (DETECTOR, RECOGNISER):
        model_file(model)
    return [f"{model} of rapidocr {version('rapidocr')}" for model in (DETECTOR, RECOGNISER)]


def _arguments(folder: Path, threads: int) -> dict[str, Any]:
    arguments: dict[str, Any] = {"model_name": _model_name(folder), "model_dir": str(folder), "device": "cpu"}
    if _weights(folder).suffix != ".onnx":
        return {**arguments, "engine": "paddle", "cpu_threads": threads}
    sessions = {"intra_op_num_threads": threads, "inter_op_num_threads": 1}
    return {**arguments, "engine": "onnxruntime", "engine_config": sessions}


def _model_name(folder: Path) -> str:
    file = folder / "inference.yml"
    if not file.is_file():
        raise EngineUnavailable(f"{folder} is not a PaddleOCR model folder: it has no inference.yml")
    try:
        return str(yaml.safe_load(file.read_text(encoding="utf-8"))["Global"]["model_name"])
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise EngineUnavailable(f"{file} does not name a model (Global: model_name)") from error


def _weights(folder: Path) -> Path:
    if (folder / "inference.onnx").is_file():
        return folder / "inference.onnx"
    weights = folder / "inference.pdiparams"
    if not weights.is_file():
        raise EngineUnavailable(f"{folder} has neither inference.onnx nor inference.pdiparams")
    if find_spec("paddle") is None:
        raise EngineUnavailable(f"the model in {folder} needs Paddle itself: pip install paddlepaddle")
    return weights


def _wheel_folder(folder: Path, model: str, description: dict[str, Any]) -> Path:
    folder.mkdir()
    shutil.copyfile(model_file(model), folder / "inference.onnx")
    text = yaml.safe_dump(description, allow_unicode=True)
    (folder / "inference.yml").write_text(text, encoding="utf-8")
    return folder


def _wheel_recognition() -> dict[str, Any]:
    from onnxruntime import InferenceSession

    session = InferenceSession(str(model_file(RECOGNISER)), providers=["CPUExecutionProvider"])
    characters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    decoder = {"name": "CTCLabelDecode", "character_dict": characters}
    return {**_WHEEL_RECOGNITION, "PostProcess": decoder}
