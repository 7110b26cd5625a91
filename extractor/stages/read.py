"""Read: from a picture to a page of tokens, as it is (first pass) or enlarged (upscaled pass)."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from extractor.stages.reason import Failure, PictureUnusableError, Reason
from ocr.engine import OcrEngine
from ocr.picture import Picture
from ocr.token import OcrResult
from ocr.upscale import read_upscaled

logger = logging.getLogger(__name__)


class Pages(Protocol):
    """The pages of one picture, each read when it is needed."""

    @property
    def first(self) -> OcrResult:
        """What the engine reads of the picture as it is. Raises PictureUnusableError."""

    @property
    def upscaled(self) -> OcrResult | None:
        """What it reads of the enlarged picture; None where that fails, which costs nothing of the first page."""


def with_drawing(upscaled: OcrResult, first: OcrResult) -> OcrResult:
    """The page of the enlarged picture, with strokes and embedding: the first pass alone looks for them."""
    return replace(upscaled, strokes=first.strokes, embedding=first.embedding)


class PicturePages:
    """The pages of a picture in memory (height, width, 3; RGB, upright), each read once."""

    def __init__(self, picture: Picture, engine: OcrEngine, first: OcrResult | None = None) -> None:
        """`first` is the first page where it is known already."""
        self._picture = picture
        self._engine = engine
        self._known = first

    @cached_property
    def first(self) -> OcrResult:
        """What the engine reads of the picture as it is. Raises PictureUnusableError."""
        if self._known is not None:
            return self._known
        try:
            return self._engine.read(self._picture)
        except Exception as error:  # engines are others' code and fail in their own ways
            failure = Failure(Reason.OCR_FAILED, f"{type(error).__name__}: {error}")
            raise PictureUnusableError(failure) from error

    @cached_property
    def upscaled(self) -> OcrResult | None:
        """What it reads of the enlarged picture; None where that fails."""
        try:
            return read_upscaled(self._picture, self._engine, self.first)
        except Exception:
            logger.info("the upscaled pass failed", exc_info=True)
            return None
