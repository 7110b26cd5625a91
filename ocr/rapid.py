"""RapidOCR with the models inside its wheel, on OpenVINO where that is installed, else on ONNX Runtime."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np

from ocr.errors import EngineUnavailable
from ocr.lines import DEFAULT_LINES, READING_VERSION, Corners, LineOptions, Reading, read_lines
from ocr.picture import Picture
from ocr.sizes import DEFAULT_DETECTOR_SIZE, DetectorSize
from ocr.token import OcrResult
from ocr.wheel import DETECTOR, RECOGNISER, model_file


class BackEnd(StrEnum):
    """Runtimes for the models; the values are the names of RapidOCR and of the packages."""

    OPENVINO = "openvino"
    ONNXRUNTIME = "onnxruntime"


@dataclass(frozen=True, slots=True)
class RapidOptions:
    """The options that change results. Their names are part of the engine's fingerprint.

    lines, detector: see their classes.
    line_height, min_line_width, line_width_step: the recogniser sees a line scaled to this height and padded to a
        width of min_line_width plus a multiple of line_width_step, as every new shape costs memory.
    max_line_width: longer lines are compressed.
    """

    lines: LineOptions = DEFAULT_LINES
    detector: DetectorSize = DEFAULT_DETECTOR_SIZE
    line_height: int = 48
    min_line_width: int = 160
    line_width_step: int = 64
    max_line_width: int = 3200


DEFAULT_OPTIONS = RapidOptions()


def available_back_end() -> BackEnd:
    """The fastest installed back end; raises EngineUnavailable without one."""
    for back_end in BackEnd:
        if find_spec(back_end) is not None:
            return back_end
    raise EngineUnavailable("RapidOCR needs OpenVINO or ONNX Runtime: pip install onnxruntime")


def rapid_fingerprint(back_end: BackEnd | None = None, options: RapidOptions = DEFAULT_OPTIONS) -> str:
    """The fingerprint of a RapidEngine made with the same arguments; loads no model."""
    used = back_end or available_back_end()
    for model in (DETECTOR, RECOGNISER):
        model_file(model)
    values = [f"{f.name}={getattr(options, f.name)}" for f in fields(options)]
    parts = [f"rapidocr {version('rapidocr')}", f"{used} {version(used)}", DETECTOR, RECOGNISER]
    return "; ".join([*parts, f"reading {READING_VERSION}", *values])


class RapidEngine:
    """PP-OCRv6 small through RapidOCR, with `threads` threads for each model.

    Raises EngineUnavailable when RapidOCR, its models or a back end are missing.
    """

    def __init__(
        self, threads: int = 1, back_end: BackEnd | None = None, options: RapidOptions = DEFAULT_OPTIONS
    ) -> None:
        self.fingerprint = rapid_fingerprint(back_end, options)
        self._lines = options.lines
        self._models = _RapidModels(threads, back_end or available_back_end(), options)

    def read(self, picture: Picture) -> OcrResult:
        """All text of `picture` (height, width, 3; RGB, upright) with boxes in its pixels."""
        return read_lines(picture, self._models, self._lines)


class _RapidModels:
    def __init__(self, threads: int, back_end: BackEnd, options: RapidOptions) -> None:
        from rapidocr import EngineType, RapidOCR
        from rapidocr.ch_ppocr_det import TextDetector
        from rapidocr.ch_ppocr_rec import TextRecognizer

        engine = EngineType(back_end.value)
        config = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Det.engine_type": engine,
                "Det.model_path": str(model_file(DETECTOR)),
                "Rec.engine_type": engine,
                "Rec.model_path": str(model_file(RECOGNISER)),
                "EngineConfig.openvino.inference_num_threads": threads,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        ).cfg
        for stage in (config.Det, config.Rec):
            stage.engine_cfg = config.EngineConfig[back_end.value]
        config.Rec.font_path = None
        self._detector: Any = TextDetector(config.Det)
        self._recogniser: Any = TextRecognizer(config.Rec)
        self._options = options

    def detect(self, picture: Picture) -> Sequence[Corners]:
        import cv2

        height, width = picture.shape[:2]
        resized = cv2.resize(picture, self._options.detector.of(width, height))
        pixels = np.ascontiguousarray(resized[:, :, ::-1].transpose(2, 0, 1), dtype=np.float32) / 127.5 - 1
        heat = self._detector.session(pixels[np.newaxis])
        corners, _ = self._detector.postprocess_op(heat, (height, width))
        return list(self._detector.sorted_boxes(corners))

    def recognise(self, lines: Sequence[Picture]) -> Sequence[Reading]:
        return [self._reading(line) for line in lines]

    def _reading(self, line: Picture) -> Reading:
        height, width = line.shape[:2]
        padded = padded_width(width, height, self._options)
        # RapidOCR takes the padded width as a ratio to the line's height and rounds down.
        ratio = (padded + 0.5) / self._options.line_height
        pixels = self._recogniser.resize_norm_img(line[:, :, ::-1], ratio)[np.newaxis].astype(np.float32)
        readings, _ = self._recogniser.postprocess_op(self._recogniser.session(pixels))
        text, score = readings[0]
        return Reading(text, float(score))


def padded_width(width: int, height: int, options: RapidOptions) -> int:
    """Width in pixels in which the recogniser sees a line of `width` x `height`."""
    scaled = math.ceil(width * options.line_height / height)
    steps = max(0, math.ceil((scaled - options.min_line_width) / options.line_width_step))
    return min(options.min_line_width + steps * options.line_width_step, options.max_line_width)
