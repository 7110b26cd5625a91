"""The upscaled pass: reads an enlarged picture, for letters too small to find or read in the first pass."""

from __future__ import annotations

from dataclasses import replace

from ocr.engine import OcrEngine, UpscalingEngine
from ocr.picture import Picture
from ocr.sizes import DEFAULT_DETECTOR_SIZE, holds_letters
from ocr.token import OcrResult, OcrToken

UPSCALE_VERSION = 2
"""To be raised whenever the same engine would give other pages: stored results depend on it."""
FACTOR = 2.0
"""Factor between what the detector sees in the first and in the upscaled pass."""
LONGEST_SIDE = 4000
"""Pixels of an enlarged picture: 48 MB at most. Detectors shrink larger ones anyway."""
_WORTHWHILE_FACTOR = 1.25


def read_upscaled(picture: Picture, engine: OcrEngine, first: OcrResult) -> OcrResult:
    """The text that the engine reads in the upscaled pass, with boxes in the pixels of `picture`; no strokes.

    Any engine but an `UpscalingEngine` gets the enlarged picture. An empty page where `upscale_factor` is 1.0.
    """
    if isinstance(engine, UpscalingEngine):
        return engine.read_upscaled(picture, first)
    return _read_enlarged(picture, engine)


def _read_enlarged(picture: Picture, engine: OcrEngine) -> OcrResult:
    import cv2

    height, width = picture.shape[:2]
    factor = upscale_factor(width, height)
    if factor == 1.0:
        return OcrResult((), width, height)
    enlarged = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    tokens = engine.read(enlarged).tokens
    return OcrResult(tuple(_scaled(token, width / enlarged.shape[1]) for token in tokens), width, height)


def upscale_factor(width: int, height: int) -> float:
    """The factor to enlarge a picture by; 1.0 for pictures too large or too small to gain from it.

    Engines enlarge small pictures themselves, so these are enlarged beyond the size that engines see at first.
    """
    if not holds_letters(width, height):
        return 1.0
    wanted = max(FACTOR, FACTOR * DEFAULT_DETECTOR_SIZE.min_side / min(width, height))
    possible = min(wanted, LONGEST_SIDE / max(width, height))
    return possible if possible >= _WORTHWHILE_FACTOR else 1.0


def _scaled(token: OcrToken, factor: float) -> OcrToken:
    a, b, c, d = ((x * factor, y * factor) for x, y in token.box)
    return replace(token, box=(a, b, c, d))
