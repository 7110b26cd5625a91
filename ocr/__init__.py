"""From a picture to what is printed on it: tokens with boxes and scores, and straight strokes."""

from ocr.token import Box, OcrResult, OcrToken, Point, Stroke

__all__ = ["Box", "OcrResult", "OcrToken", "Point", "Stroke"]
