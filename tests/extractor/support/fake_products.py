"""A fake OCR engine that reads what was written into a picture.

It promises: of the picture that `written("W 30 cm", "Net weight 5 kg")` made it reads these lines, one below the other
and far apart, each as one token with a score of its own, and no strokes.
"""

import io
from zlib import crc32

import numpy as np
from PIL import Image

from ocr.token import OcrResult, OcrToken

ENGINE = "fake_products:WrittenEngine"
SIDE = 400
LINE_DISTANCE = 130.0


def written(*lines):
    """The bytes of a picture with these lines."""
    data = "\n".join(lines).encode()
    pixels = np.full((SIDE, SIDE, 3), 255, dtype=np.uint8)
    pixels[0, 0] = len(data) // 256, len(data) % 256, 0
    pixels[1, : len(data), 0] = list(data)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


class WrittenEngine:
    fingerprint = "written 1"

    def __init__(self, threads):
        pass

    def read(self, picture):
        high, low, _ = map(int, picture[0, 0])
        lines = bytes(picture[1, : 256 * high + low, 0]).decode().splitlines()
        score = 0.9 + crc32("\n".join(lines).encode()) % 1000 / 10_000
        tokens = tuple(_token(text, LINE_DISTANCE * row, score) for row, text in enumerate(lines))
        return OcrResult(tokens, SIDE, SIDE)


def _token(text, top, score):
    right = 10.0 * len(text)
    return OcrToken(text, ((0.0, top), (right, top), (right, top + 20), (0.0, top + 20)), score)
