from dataclasses import replace

import numpy as np
import pytest

from ocr.sizes import DEFAULT_DETECTOR_SIZE, UPSCALED_DETECTOR_SIZE
from ocr.token import OcrResult, OcrToken
from ocr.upscale import LONGEST_SIDE, read_upscaled, upscale_factor

EMPTY = OcrResult((), 0, 0)


class CornerEngine:
    """Promises a token over the upper left quarter of whatever it is given, and remembers its shape."""

    fingerprint = "corner 1"

    def read(self, picture):
        height, width = picture.shape[:2]
        self.shape = (height, width)
        box = ((0.0, 0.0), (width / 2, 0.0), (width / 2, height / 2), (0.0, height / 2))
        return OcrResult((OcrToken("34 g", box, 0.9),), width, height)


@pytest.mark.parametrize(
    ("width", "height", "times"),
    [
        (1000, 1000, 2.0),
        (800, 1200, 2.0),
        (368, 368, 4.0),
        (184, 1000, 4.0),
        (2500, 2000, 1.6),
        (3500, 100, 1.0),
        (1, 1, 1.0),
        (900, 7, 1.0),
    ],
)
def test_small_pictures_are_enlarged_most(width, height, times):
    assert upscale_factor(width, height) == pytest.approx(times)


@pytest.mark.parametrize(("width", "height"), [(200, 300), (368, 368), (600, 600), (900, 700), (1000, 1000)])
def test_our_detectors_see_a_larger_picture_than_at_first(width, height):
    first, second = (size.of(width, height) for size in (DEFAULT_DETECTOR_SIZE, UPSCALED_DETECTOR_SIZE))
    assert min(second) >= 1.35 * min(first)


def test_upscaled_pictures_have_a_longest_side():
    assert all(
        max(w, h) * upscale_factor(w, h) <= max(LONGEST_SIDE, w, h) for w in (1, 50, 2000, 9000) for h in (1, 3000)
    )


def test_boxes_are_in_pixels_of_the_picture():
    engine = CornerEngine()
    page = read_upscaled(np.zeros((600, 1000, 3), np.uint8), engine, EMPTY)
    assert engine.shape == (1472, 2453)
    assert (page.width, page.height) == (1000, 600)
    (token,) = page.tokens
    assert token.box[2] == pytest.approx((500, 300), abs=0.5)


def test_an_engine_that_can_looks_closer_by_itself():
    class ClosingEngine(CornerEngine):
        """Promises one more text when it looks closer."""

        def read_upscaled(self, picture, first):
            return replace(first, tokens=(*first.tokens, replace(first.tokens[0], text="12 V")))

    engine = ClosingEngine()
    picture = np.zeros((600, 1000, 3), np.uint8)
    page = read_upscaled(picture, engine, engine.read(picture))
    assert engine.shape == (600, 1000)
    assert [token.text for token in page.tokens] == ["34 g", "12 V"]


def test_a_large_picture_is_not_read_again():
    page = read_upscaled(np.zeros((3900, 3900, 3), np.uint8), CornerEngine(), EMPTY)
    assert page == OcrResult((), 3900, 3900)
