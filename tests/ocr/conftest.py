"""Drawn pictures with known text, and the default engine loaded once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.engine import OcrEngine, create_engine
from ocr.picture import Picture

Draw = Callable[..., Picture]


@pytest.fixture(scope="session")
def rapid() -> OcrEngine:
    return create_engine("rapidocr", threads=2)


@pytest.fixture(scope="session")
def draw() -> Draw:
    """Black lines of text on white, 400 x 400 pixels, turned by `degrees` anticlockwise
    and then by `quarters` clockwise."""

    def drawn(lines: Sequence[str], quarters: int = 0, degrees: float = 0.0, size: int = 34) -> Picture:
        page = Image.new("RGB", (400, 400), "white")
        pen, font = ImageDraw.Draw(page), ImageFont.load_default(size)
        for row, line in enumerate(lines):
            pen.text((60, 70 + 2.5 * size * row), line, font=font, fill="black")
        page = page.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor="white")
        return np.ascontiguousarray(np.rot90(np.asarray(page), -quarters))

    return drawn
