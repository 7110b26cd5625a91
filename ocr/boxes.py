"""From a detector's heat to the places of lines: Differentiable Binarization as PaddleOCR and RapidOCR have it.

Written here because RapidOCR's own takes seconds to import. Its lines are widened by clipping polygons; those of a
rectangle are the same rectangle with a wider margin.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Corners = NDArray[np.float32]

HEAT = 0.3
"""Heat from which a pixel belongs to a line. This and the following are RapidOCR's settings for PP-OCRv6."""
MEAN_HEAT = 0.5
"""Least mean heat of a line."""
WIDENED = 1.6
"""A line is widened on all sides by this much of its area divided by its perimeter: the heat covers its core."""
LEAST_HEAT_SIDE = 3
"""Least shorter side of a line's core, in pixels of the heat; two more when it is widened."""
LEAST_SIDE = 3
"""Sides of at most so many pixels of the picture are too small for letters."""
MOST_LINES = 1000
_SAME_ROW = 10
"""Lines whose tops differ by less, in pixels of the picture, are read from left to right."""


def line_boxes(heat: NDArray[np.float32], width: int, height: int) -> list[Corners]:
    """The lines in the heat (rows, columns; 0 to 1) of a picture of `width` x `height`, in reading order.

    For each its four corners (4, 2) in whole pixels of the picture, clockwise from the one nearest to the top left.
    """
    import cv2

    core = cv2.dilate((heat > HEAT).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(core, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    scale = np.array([width / heat.shape[1], height / heat.shape[0]])
    boxes = []
    for contour in contours[:MOST_LINES]:
        centre, (long, short), angle = cv2.minAreaRect(contour)
        if min(long, short) < LEAST_HEAT_SIDE:
            continue
        if _mean_heat(heat, cv2.boxPoints((centre, (long, short), angle))) < MEAN_HEAT:
            continue
        margin = 2 * WIDENED * long * short / (2 * (long + short))
        corners = cv2.boxPoints((centre, (long + margin, short + margin), angle)) * scale
        box = _clockwise(np.clip(np.round(corners), 0, (width - 1, height - 1)).astype(np.float32))
        if min(int(np.linalg.norm(box[0] - box[1])), int(np.linalg.norm(box[0] - box[3]))) > LEAST_SIDE:
            boxes.append(box)
    return _in_reading_order(boxes)


def _mean_heat(heat: NDArray[np.float32], corners: Corners) -> float:
    import cv2

    last = (heat.shape[1] - 1, heat.shape[0] - 1)
    left, top = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, last)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, last)
    inside = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(inside, [(corners - (left, top)).astype(np.int32)], (1,))
    return float(cv2.mean(heat[top : bottom + 1, left : right + 1], inside)[0])


def _clockwise(corners: Corners) -> Corners:
    """The corners from the upper one of the two leftmost on."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    (top_left, bottom_left), (top_right, bottom_right) = (pair[np.argsort(pair[:, 1])] for pair in (by_x[:2], by_x[2:]))
    return np.array([top_left, top_right, bottom_right, bottom_left])


def _in_reading_order(boxes: list[Corners]) -> list[Corners]:
    """Rows from top to bottom, each from left to right; a row ends where the next top is `_SAME_ROW` lower."""
    rows: list[list[Corners]] = []
    top = -np.inf
    for box in sorted(boxes, key=lambda box: float(box[0, 1])):
        if box[0, 1] - top >= _SAME_ROW:
            rows.append([])
        rows[-1].append(box)
        top = box[0, 1]
    return [box for row in rows for box in sorted(row, key=lambda box: float(box[0, 0]))]
