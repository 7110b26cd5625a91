"""The straight strokes of a picture: dimension lines, arrows, edges.

They tell several lengths around a product apart: each stands beside the line that it measures.
"""

from __future__ import annotations

import numpy as np

from ocr.picture import Picture
from ocr.token import Stroke

MAX_SIDE = 900
"""Longest side in pixels of the picture that strokes are detected on: dimension lines are easy to see."""
MIN_LENGTH = 0.02
"""Length of the shortest stroke, as a share of the picture's longer side."""
MAX_STROKES = 400
"""Largest number of strokes, the longest ones: photographs and patterns have thousands."""


def find_strokes(picture: Picture) -> tuple[Stroke, ...]:
    """The straight strokes of `picture` (height, width, 3; RGB), longest first, with their ends in its pixels."""
    import cv2

    height, width = picture.shape[:2]
    scale = min(1.0, MAX_SIDE / max(width, height))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    if scale < 1.0:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    segments = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if segments is None:
        return ()
    ends = np.asarray(segments, dtype=np.float64).reshape(-1, 4) / scale
    lengths = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    longest = np.argsort(-lengths, kind="stable")[:MAX_STROKES]
    longest = longest[lengths[longest] >= MIN_LENGTH * max(width, height)]
    return tuple(Stroke(*(round(float(x), 1) for x in row)) for row in ends[longest])
