"""A fake OCR engine that reads whole pages off the pictures of `fake_engines`.

It promises: of the picture that `picture_bytes(N)` made it reads, each in a line of its own, `Width N cm`,
`Height N+1 cm`, `Depth N+2 cm`, `Net weight N g` and `Protein N+1 g`, and no strokes.
"""

import json

from ocr.token import OcrResult, OcrToken

ENGINE = "fake_pages:PageEngine"
LINES = ("Width {} cm", "Height {} cm", "Depth {} cm", "Net weight {} g", "Protein {} g")
ADDED = (0, 1, 2, 0, 1)


def page_of(number):
    texts = [line.format(number + added) for line, added in zip(LINES, ADDED, strict=True)]
    return OcrResult(tuple(_token(text, 40.0 + 60 * row) for row, text in enumerate(texts)), 500, 500)


class PageEngine:
    fingerprint = "fake pages 1"

    def __init__(self, threads):
        pass

    def read(self, picture):
        low, high, _ = map(int, picture[0, 0])
        return page_of(low + 256 * high)


def _token(text, y):
    right = 20.0 + 10 * len(text)
    return OcrToken(text, ((20.0, y), (right, y), (right, y + 20), (20.0, y + 20)), 0.99)


def dumped(number, name):
    """The page of `number` as a line of a token dump."""
    page = page_of(number)
    tokens = [{"t": t.text, "s": t.score, "b": t.box} for t in page.tokens]
    return json.dumps({"image": name, "w": page.width, "h": page.height, "tokens": tokens})
