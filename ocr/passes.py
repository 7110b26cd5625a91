"""The two passes of an engine that has a detector and a recogniser: they differ in what the detector sees.

The first one also looks at the picture as a whole.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Protocol, Self

from ocr.embedding import Embedder
from ocr.lines import LineModels, LineOptions, have_digits, read_lines
from ocr.picture import Picture
from ocr.sizes import DetectorSize
from ocr.token import OcrResult


class PassOptions(Protocol):
    """The options of an engine, as far as the passes need them."""

    @property
    def lines(self) -> LineOptions:
        """How lines are turned and dropped."""

    @property
    def upscaled(self) -> DetectorSize:
        """The size in which the detector sees a picture in the upscaled pass."""


class SizedModels(LineModels, Protocol):
    """Models whose detector sees pictures in a `size`."""

    size: DetectorSize

    def seeing(self, size: DetectorSize) -> Self:
        """The same models, with pictures in another size for the detector."""
        other = copy(self)
        other.size = size
        return other


class TwoPassEngine:
    """Reads with `_models`, by `_options`; these and `_embedder` are set by the engines that are made of it."""

    _models: SizedModels
    _options: PassOptions
    _embedder: Embedder

    def read(self, picture: Picture) -> OcrResult:
        """All text of `picture` (height, width, 3; RGB, upright) with boxes in its pixels."""
        page = read_lines(picture, self._models, self._options.lines)
        return replace(page, embedding=self._embedder(picture)) if have_digits(page.tokens) else page

    def read_upscaled(self, picture: Picture, first: OcrResult) -> OcrResult:
        """Text alone, by a detector that sees the picture in the size `upscaled` of the options."""
        models, lines = self._models.seeing(self._options.upscaled), self._options.lines
        return read_lines(picture, models, lines, drawing=False, known=first.tokens)
