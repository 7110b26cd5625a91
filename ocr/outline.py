"""The outline of the object that a picture shows on a plain background.

A round object seen from the front is as deep as it is wide; its edges tell it from a flat one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.picture import Picture
from ocr.token import OUTLINE_SAMPLES, OcrToken, Outline

MAX_SIDE = 256
"""Longest side in pixels of the picture that the object is cut out of: coarse edges are enough."""
PLAIN_WITHIN = 14
"""Largest difference, in levels of 255, between the colours of the picture's edge and of the background."""
BACKGROUND_WITHIN = 12
"""The same for a pixel of the background: above the noise of JPEG, below the contrast of a clear glass."""
TEXT_MARGIN = 1.15
"""Factor by which the box of a text grows before it is blanked, so that no rim of letters is left."""
BANNER_SHARE = 0.98
"""Share of the picture's width or height from which a piece is a banner or a frame."""

_Mask = NDArray[np.uint8]
_SMALLEST_SIDE = 8


def find_outline(picture: Picture, tokens: Sequence[OcrToken]) -> Outline | None:
    """The outline of the largest object on `picture` (height, width, 3; RGB) apart from its text; None without one.

    Lines thinner than 5 pixels of the reduced picture, such as dimension lines, do not count.
    """
    import cv2

    height, width = picture.shape[:2]
    scale = min(1.0, MAX_SIDE / max(width, height))
    size = max(_SMALLEST_SIDE, round(width * scale)), max(_SMALLEST_SIDE, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.int16)
    edge = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    background = np.median(edge, axis=0)
    plain = float((np.abs(edge - background).max(axis=1) <= PLAIN_WITHIN).mean())
    mask = (np.abs(small - background).max(axis=2) > BACKGROUND_WITHIN).astype(np.uint8)
    piece = _largest(_filled(_without_text(mask, tokens, scale)))
    return None if piece is None else _outline(piece, scale, plain)


def _without_text(mask: _Mask, tokens: Sequence[OcrToken], scale: float) -> _Mask:
    import cv2

    for token in tokens:
        corners = np.array(token.box) * scale
        centre = corners.mean(axis=0)
        grown = centre + (corners - centre) * TEXT_MARGIN + np.sign(corners - centre)
        cv2.fillPoly(mask, [np.round(grown).astype(np.int32)], (0,))
    return mask


def _filled(mask: _Mask) -> _Mask:
    """The mask with its closed contours filled, so that a clear glass is whole, and without thin lines."""
    import cv2

    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, contours, -1, (1,), -1)
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    return np.asarray(cv2.morphologyEx(filled, cv2.MORPH_OPEN, brush), dtype=np.uint8)


def _largest(mask: _Mask) -> tuple[_Mask, int, int] | None:
    """The largest piece cut out of the mask, with its first column and row; a banner only without another piece."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = mask.shape
    pieces = [
        (w < BANNER_SHARE * width and h < BANNER_SHARE * height, area, label, x, y, w, h)
        for label, (x, y, w, h, area) in enumerate(stats.tolist())
        if label > 0
    ]
    if not pieces:
        return None
    _, _, label, x, y, w, h = max(pieces)
    return (labels[y : y + h, x : x + w] == label).astype(np.uint8), x, y


def _outline(piece: tuple[_Mask, int, int], scale: float, plain: float) -> Outline:
    mask, x, y = piece
    height, width = mask.shape
    rows, columns = _sampled(mask), _sampled(np.ascontiguousarray(mask.T))
    return Outline(
        left=round(x / scale, 1),
        top=round(y / scale, 1),
        right=round((x + width) / scale, 1),
        bottom=round((y + height) / scale, 1),
        plain=round(plain, 3),
        lefts=_first(rows),
        rights=_last(rows),
        uppers=_first(columns),
        lowers=_last(columns),
    )


def _sampled(mask: _Mask) -> _Mask:
    """Evenly spaced rows of the mask of a piece, each with a pixel of it."""
    at = ((np.arange(OUTLINE_SAMPLES) + 0.5) / OUTLINE_SAMPLES * len(mask)).astype(int)
    return np.asarray(mask[at], dtype=np.uint8)


def _first(rows: _Mask) -> tuple[float, ...]:
    return _shares(rows.argmax(axis=1), rows.shape[1])


def _last(rows: _Mask) -> tuple[float, ...]:
    return _shares(rows.shape[1] - rows[:, ::-1].argmax(axis=1), rows.shape[1])


def _shares(pixels: NDArray[np.intp], length: int) -> tuple[float, ...]:
    return tuple(round(float(pixel) / length, 3) for pixel in pixels)
