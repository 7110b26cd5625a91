"""From a picture to a page: tokens with boxes and scores, straight strokes, and an embedding."""

from ocr.token import Box, OcrResult, OcrToken, Point, Stroke

__all__ = ["Box", "OcrResult", "OcrToken", "Point", "Stroke"]
