"""A second look at a picture, enlarged, for letters that were too small to be found or read at first."""

from __future__ import annotations

from dataclasses import replace

from ocr.engine import OcrEngine
from ocr.picture import Picture
from ocr.sizes import DEFAULT_DETECTOR_SIZE, holds_letters
from ocr.token import OcrResult, OcrToken

UPSCALE_VERSION = 1
"""To be raised whenever the same engine would give other pages: stored results depend on it."""

TIMES = 2.0
"""How much larger the engine sees the picture than at first, at least."""

LONGEST_SIDE = 4000
"""Pixels of an enlarged picture: 48 MB at most. Detectors shrink larger ones anyway."""

_WORTH_IT = 1.25


def enlargement(width: int, height: int) -> float:
    """How many times larger a picture is to be shown; 1.0 where it is too large or too small for anything to be gained.

    Detectors enlarge small pictures by themselves, so these are enlarged beyond what they were seen at.
    """
    if not holds_letters(width, height):
        return 1.0
    wanted = max(TIMES, TIMES * DEFAULT_DETECTOR_SIZE.min_side / min(width, height))
    possible = min(wanted, LONGEST_SIDE / max(width, height))
    return possible if possible >= _WORTH_IT else 1.0


def second_look(picture: Picture, engine: OcrEngine) -> OcrResult:
    """The texts that the engine reads on the enlarged picture, with boxes in the pixels of `picture`; no strokes.

    No texts where enlarging is not worth it.
    """
    import cv2

    height, width = picture.shape[:2]
    times = enlargement(width, height)
    if times == 1.0:
        return OcrResult((), width, height)
    enlarged = cv2.resize(picture, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    tokens = engine.read(enlarged).tokens
    return OcrResult(tuple(_shrunk(token, width / enlarged.shape[1]) for token in tokens), width, height)


def _shrunk(token: OcrToken, share: float) -> OcrToken:
    a, b, c, d = ((x * share, y * share) for x, y in token.box)
    return replace(token, box=(a, b, c, d))
