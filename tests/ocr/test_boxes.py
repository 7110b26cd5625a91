"""Boxes of lines out of heat, beside RapidOCR's own."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.boxes import line_boxes


def heat_of(*rectangles, shape=(320, 480), level=0.9):
    """Heat of `level` within rectangles (centre, (width, height), degrees)."""
    heat = np.zeros(shape, np.float32)
    for rectangle in rectangles:
        cv2.fillPoly(heat, [np.round(cv2.boxPoints(rectangle)).astype(np.int32)], level)
    return heat


def test_a_line_is_wider_than_its_core_and_in_pixels_of_the_picture():
    (box,) = line_boxes(heat_of(((240, 160), (200, 20), 0)), 960, 640)
    left, top = box[0]
    assert box.shape == (4, 2)
    assert (left, top) == pytest.approx((2 * (140 - 14.5), 2 * (150 - 14.5)), abs=4)
    assert np.allclose(box[2], 2 * np.array([340 + 14.5, 170 + 14.5]), atol=4)


@pytest.mark.parametrize("degrees", [-60, -20, 0, 15, 45, 80])
def test_corners_run_clockwise_from_the_top_left(degrees):
    (box,) = line_boxes(heat_of(((240, 160), (150, 24), degrees)), 480, 320)
    edges = np.roll(box, -1, axis=0) - box
    turns = [a[0] * b[1] - a[1] * b[0] for a, b in zip(edges, np.roll(edges, -1, axis=0), strict=True)]
    assert min(turns) > 0  # y runs downwards
    assert box[0, 0] <= sorted(box[:, 0])[1]


def test_lines_are_in_reading_order():
    places = [(100, 200), (300, 60), (100, 64), (300, 203)]
    boxes = line_boxes(heat_of(*((place, (80, 16), 0) for place in places)), 480, 320)
    assert [tuple(np.round(box.mean(axis=0) / 100)) for box in boxes] == [(1, 1), (3, 1), (1, 2), (3, 2)]


@pytest.mark.parametrize(
    "heat",
    [
        heat_of(),
        heat_of(((50, 50), (60, 1), 0)),
        heat_of(((240, 160), (200, 20), 0), level=0.4),
        np.zeros((32, 32), np.float32),
    ],
)
def test_what_is_too_small_or_too_faint_is_left_out(heat):
    assert line_boxes(heat, 480, 320) == []


def test_boxes_stay_in_the_picture():
    boxes = line_boxes(heat_of(((0, 0), (200, 30), 10), ((480, 320), (200, 30), 0)), 480, 320)
    assert len(boxes) == 2
    assert all((box >= 0).all() and (box[:, 0] < 480).all() and (box[:, 1] < 320).all() for box in boxes)


def test_boxes_are_those_of_rapidocr():
    """Its polygons are cut to whole pixels of the heat, ours are not: corners differ by up to two of these."""
    from rapidocr.ch_ppocr_det.main import TextDetector
    from rapidocr.ch_ppocr_det.utils import DBPostProcess

    theirs = DBPostProcess(
        thresh=0.3, box_thresh=0.5, max_candidates=1000, unclip_ratio=1.6, use_dilation=True, score_mode="fast"
    )
    random = np.random.default_rng(0)
    compared = 0
    for _ in range(20):
        rectangles = [
            (tuple(random.uniform(40, 280, 2)), tuple(random.uniform(2, 90, 2)), random.uniform(-90, 90))
            for _ in range(8)
        ]
        heat = cv2.GaussianBlur(heat_of(*rectangles), (5, 5), 0)
        expected, _ = theirs(heat[None, None], (320, 480))
        ours = line_boxes(heat, 480, 320)
        assert len(ours) == len(expected)
        for box, other in zip(ours, TextDetector.sorted_boxes(expected), strict=True):
            compared += 1
            assert np.abs(box - other).max() <= 4
    assert compared > 50
