"""The outline of the thing that a picture shows on a plain background.

A round thing seen from the front is as deep as it is wide; what tells it from a flat one is how its edges run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.picture import Picture
from ocr.token import OUTLINE_SAMPLES, OcrToken, Outline

MAX_SIDE = 256
"""Longest side in pixels at which the thing is cut out: edges of a few pixels are all that is asked for."""
PLAIN_WITHIN = 14
"""Levels of 255 by which a pixel of the picture's edge may differ from the background's colour."""
DIFFERS_FROM = 12
"""Levels of 255 from which a pixel is not background: above what JPEG adds, below the rim of a clear glass."""
LETTERS_REACH = 1.15
"""How much larger than its box the place of a text is taken, so that no rim of letters is left."""
SPANS = 0.98
"""Share of the picture's width or height from which a piece is a banner or a frame and not the thing."""

_Mask = NDArray[np.uint8]
_SMALLEST_SIDE = 8


def find_outline(picture: Picture, tokens: Sequence[OcrToken]) -> Outline | None:
    """The outline of the largest thing on `picture` (height, width, 3; RGB) that is no text; None without one.

    Lines thinner than 5 pixels of the shrunk picture are no things: dimension lines vanish.
    """
    import cv2

    height, width = picture.shape[:2]
    scale = min(1.0, MAX_SIDE / max(width, height))
    size = max(_SMALLEST_SIDE, round(width * scale)), max(_SMALLEST_SIDE, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.int16)
    edge = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    background = np.median(edge, axis=0)
    plain = float((np.abs(edge - background).max(axis=1) <= PLAIN_WITHIN).mean())
    mask = (np.abs(small - background).max(axis=2) > DIFFERS_FROM).astype(np.uint8)
    thing = _largest(_filled(_without_text(mask, tokens, scale)))
    return None if thing is None else _outline(thing, scale, plain)


def _without_text(mask: _Mask, tokens: Sequence[OcrToken], scale: float) -> _Mask:
    import cv2

    for token in tokens:
        corners = np.array(token.box) * scale
        centre = corners.mean(axis=0)
        grown = centre + (corners - centre) * LETTERS_REACH + np.sign(corners - centre)
        cv2.fillPoly(mask, [np.round(grown).astype(np.int32)], (0,))
    return mask


def _filled(mask: _Mask) -> _Mask:
    """The mask with what its closed contours surround, so that a clear glass is whole, and without thin lines."""
    import cv2

    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, contours, -1, (1,), -1)
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    return np.asarray(cv2.morphologyEx(filled, cv2.MORPH_OPEN, brush), dtype=np.uint8)


def _largest(mask: _Mask) -> tuple[_Mask, int, int] | None:
    """The largest piece cut out of the mask, with the column and row where it begins; banners only for want of else."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = mask.shape
    pieces = [
        (w < SPANS * width and h < SPANS * height, area, label, x, y, w, h)
        for label, (x, y, w, h, area) in enumerate(stats.tolist())
        if label > 0
    ]
    if not pieces:
        return None
    _, _, label, x, y, w, h = max(pieces)
    return (labels[y : y + h, x : x + w] == label).astype(np.uint8), x, y


def _outline(thing: tuple[_Mask, int, int], scale: float, plain: float) -> Outline:
    mask, x, y = thing
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
    """Evenly spaced rows of the mask; of one piece, every row has a pixel."""
    at = ((np.arange(OUTLINE_SAMPLES) + 0.5) / OUTLINE_SAMPLES * len(mask)).astype(int)
    return np.asarray(mask[at], dtype=np.uint8)


def _first(rows: _Mask) -> tuple[float, ...]:
    return _shares(rows.argmax(axis=1), rows.shape[1])


def _last(rows: _Mask) -> tuple[float, ...]:
    return _shares(rows.shape[1] - rows[:, ::-1].argmax(axis=1), rows.shape[1])


def _shares(pixels: NDArray[np.intp], of: int) -> tuple[float, ...]:
    return tuple(round(float(pixel) / of, 3) for pixel in pixels)
