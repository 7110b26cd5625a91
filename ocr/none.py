"""OCR switched off: every picture is without text."""

from __future__ import annotations

from ocr.picture import Picture
from ocr.token import OcrResult

FINGERPRINT = "none"


class NoneEngine:
    """Finds no text; for runs without OCR."""

    fingerprint = FINGERPRINT

    def read(self, picture: Picture) -> OcrResult:
        """An empty page of the picture's size."""
        height, width = picture.shape[:2]
        return OcrResult((), width, height)
