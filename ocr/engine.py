"""OCR engines by name; a model is loaded only when an engine is created."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from ocr.errors import EngineUnavailable
from ocr.picture import Picture
from ocr.token import OcrResult

__all__ = ["ENGINE_NAMES", "EngineUnavailable", "OcrEngine", "UpscalingEngine", "create_engine", "engine_fingerprint"]

ENGINE_NAMES = ("rapidocr", "paddleocr", "none")


@runtime_checkable
class OcrEngine(Protocol):
    """Reads the text of pictures. One engine serves one thread at a time."""

    @property
    def fingerprint(self) -> str:
        """Engine, version, back end, models and options: equal fingerprints mean equal results on one machine."""

    def read(self, picture: Picture) -> OcrResult:
        """All text of `picture` (height, width, 3; RGB, upright) with boxes in its pixels."""


@runtime_checkable
class UpscalingEngine(OcrEngine, Protocol):
    """An engine that can look for smaller letters by itself, without an enlarged picture."""

    def read_upscaled(self, picture: Picture, first: OcrResult) -> OcrResult:
        """All text of `picture`, small letters too, with boxes in its pixels; strokes do not matter.

        `first` is what `read` found on it: lines read without doubt need not be read again.
        """


def create_engine(name: str, threads: int = 1) -> OcrEngine:
    """The engine called `name`, with its models loaded; it computes in `threads` threads.

    Raises ValueError for a name not in ENGINE_NAMES, EngineUnavailable when it cannot run on this machine.
    """
    _check(name)
    if name == "rapidocr":
        from ocr.rapid import RapidEngine

        return RapidEngine(threads)
    if name == "paddleocr":
        from ocr.paddle import PaddleEngine

        return PaddleEngine(threads)
    from ocr.none import NoneEngine

    return NoneEngine()


def engine_fingerprint(name: str) -> str:
    """The `fingerprint` of the engine of `create_engine`, in whatever number of threads, without loading models.

    Raises as `create_engine` does.
    """
    _check(name)
    if name == "rapidocr":
        from ocr.rapid import rapid_fingerprint

        return rapid_fingerprint()
    if name == "paddleocr":
        from ocr.paddle import paddle_fingerprint

        return paddle_fingerprint()
    from ocr.none import FINGERPRINT

    return FINGERPRINT


def _check(name: str) -> None:
    if name not in ENGINE_NAMES:
        raise ValueError(f"unknown OCR engine {name!r}; there are: {', '.join(ENGINE_NAMES)}")
