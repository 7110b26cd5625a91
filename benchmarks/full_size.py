"""The default engine with a detector that sees pictures in full size: `--ocr benchmarks.full_size:engine`.

That is how it was before pictures were looked at with a long side of 736 pixels first.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from ocr.picture import Picture
from ocr.rapid import DEFAULT_OPTIONS, RapidEngine, rapid_fingerprint
from ocr.sizes import DetectorSize
from ocr.token import OcrResult

OPTIONS = replace(DEFAULT_OPTIONS, detector=DetectorSize(736, 2000), upscaled=DetectorSize(1472, 2000))


def engine(threads: int) -> FullSizeEngine:
    """The engine; its models are loaded when the first picture is read."""
    return FullSizeEngine(threads)


class FullSizeEngine:
    """RapidEngine with other sizes."""

    def __init__(self, threads: int) -> None:
        self.fingerprint = rapid_fingerprint(options=OPTIONS)
        self._threads = threads

    def read(self, picture: Picture) -> OcrResult:
        """See `ocr.engine.OcrEngine`."""
        return self._engine.read(picture)

    def read_upscaled(self, picture: Picture, first: OcrResult) -> OcrResult:
        """See `ocr.engine.UpscalingEngine`."""
        return self._engine.read_upscaled(picture, first)

    @cached_property
    def _engine(self) -> RapidEngine:
        return RapidEngine(self._threads, options=OPTIONS)
