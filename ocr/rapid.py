"""The models inside RapidOCR's wheel, on OpenVINO where that is installed, else on ONNX Runtime."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib.metadata import version
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from ocr.boxes import Corners, line_boxes
from ocr.embedding import EMBEDDING, Embedder
from ocr.lines import DEFAULT_LINES, READING_VERSION, LineOptions, Reading
from ocr.passes import SizedModels, TwoPassEngine
from ocr.picture import Picture
from ocr.sessions import BackEnd, Batch, available_back_end, open_detector, open_recogniser
from ocr.sizes import DEFAULT_DETECTOR_SIZE, UPSCALED_DETECTOR_SIZE, DetectorSize
from ocr.wheel import DETECTOR, RECOGNISER, model_file

_BLANK = 0
BATCH_WIDTH = 640
"""Pixels of lines side by side that are recognised at once: more gain nothing on a CPU, and take memory."""


@dataclass(frozen=True, slots=True)
class RapidOptions:
    """The options that change results. Their names are part of the engine's fingerprint.

    lines: see its class.
    detector, upscaled: the size in which the detector sees a picture in the first and in the upscaled pass.
    line_height, min_line_width, line_width_step: the recogniser sees a line scaled to this height and padded to a
        width of min_line_width plus a multiple of line_width_step, as every new shape costs memory.
    max_line_width: longer lines are compressed.
    """

    lines: LineOptions = DEFAULT_LINES
    detector: DetectorSize = DEFAULT_DETECTOR_SIZE
    upscaled: DetectorSize = UPSCALED_DETECTOR_SIZE
    line_height: int = 48
    min_line_width: int = 160
    line_width_step: int = 64
    max_line_width: int = 1600


DEFAULT_OPTIONS = RapidOptions()


def rapid_fingerprint(back_end: BackEnd | None = None, options: RapidOptions = DEFAULT_OPTIONS) -> str:
    """The fingerprint of a RapidEngine made with the same arguments; loads no model."""
    used = back_end or available_back_end()
    for model in (DETECTOR, RECOGNISER):
        model_file(model)
    values = [f"{f.name}={getattr(options, f.name)}" for f in fields(options)]
    parts = [f"rapidocr {version('rapidocr')}", f"{used} {version(used)}", DETECTOR, RECOGNISER]
    return "; ".join([*parts, EMBEDDING, f"reading {READING_VERSION}", *values])


class RapidEngine(TwoPassEngine):
    """PP-OCRv6 small, with `threads` threads for each model.

    Raises EngineUnavailable when RapidOCR, its models or a back end are missing.
    """

    def __init__(
        self, threads: int = 1, back_end: BackEnd | None = None, options: RapidOptions = DEFAULT_OPTIONS
    ) -> None:
        self.fingerprint = rapid_fingerprint(back_end, options)
        self._options = options
        used = back_end or available_back_end()
        self._models = _RapidModels(threads, used, options)
        self._embedder = Embedder(used, threads)


class _RapidModels(SizedModels):
    def __init__(self, threads: int, back_end: BackEnd, options: RapidOptions) -> None:
        side = options.detector.max_side
        self._detector = open_detector(model_file(DETECTOR), back_end, threads, (1, 3, side, side))
        self._recogniser = open_recogniser(model_file(RECOGNISER), back_end, threads)
        self._characters = np.array(["", *self._recogniser.characters(), " "])
        self._options = options
        self.size = options.detector

    def detect(self, picture: Picture) -> Sequence[Corners]:
        import cv2

        height, width = picture.shape[:2]
        resized = cv2.resize(picture, self.size.of(width, height))
        pixels = np.ascontiguousarray(resized[:, :, ::-1].transpose(2, 0, 1), dtype=np.float32)
        pixels /= 127.5
        pixels -= 1
        return line_boxes(self._detector(pixels[np.newaxis])[0, 0], width, height)

    def recognise(self, lines: Sequence[Picture]) -> Sequence[Reading]:
        widths = [padded_width(line.shape[1], line.shape[0], self._options) for line in lines]
        readings: dict[int, Reading] = {}
        by_width = sorted(range(len(lines)), key=widths.__getitem__)
        for width, group in groupby(by_width, key=widths.__getitem__):
            same, size = list(group), max(1, BATCH_WIDTH // width)
            for batch in (same[i : i + size] for i in range(0, len(same), size)):
                pixels = np.stack([_prepared(lines[index], width, self._options.line_height) for index in batch])
                for index, steps in zip(batch, self._recogniser(pixels), strict=True):
                    readings[index] = self._decoded(steps)
        return [readings[index] for index in range(len(lines))]

    def _decoded(self, steps: NDArray[np.float32]) -> Reading:
        """The text of the likeliest class at each step (steps, classes): a class that goes on is one character."""
        classes, probabilities = steps.argmax(axis=1), steps.max(axis=1)
        new = (classes != _BLANK) & np.append([True], classes[1:] != classes[:-1])
        score = float(probabilities[new].mean()) if new.any() else 0.0
        return Reading("".join(self._characters[classes[new]]), round(score, 5))


def _prepared(line: Picture, width: int, height: int) -> Batch:
    """The line as the recogniser takes it: (3, height, width), BGR from -1 to 1, padded with zeros on its right."""
    import cv2

    scaled = min(width, math.ceil(height * line.shape[1] / line.shape[0]))
    pixels = np.zeros((3, height, width), dtype=np.float32)
    resized = cv2.resize(line[:, :, ::-1], (scaled, height)).astype(np.float32)
    pixels[:, :, :scaled] = (resized.transpose(2, 0, 1) / 255 - 0.5) / 0.5
    return pixels


def padded_width(width: int, height: int, options: RapidOptions) -> int:
    """Width in pixels in which the recogniser sees a line of `width` x `height`."""
    scaled = math.ceil(width * options.line_height / height)
    steps = max(0, math.ceil((scaled - options.min_line_width) / options.line_width_step))
    return min(options.min_line_width + steps * options.line_width_step, options.max_line_width)
