"""From a picture to its text: tokens with boxes and scores."""

from ocr.token import Box, OcrResult, OcrToken, Point

__all__ = ["Box", "OcrResult", "OcrToken", "Point"]
