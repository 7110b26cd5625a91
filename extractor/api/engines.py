"""OCR engines by name: those of the `ocr` package, and your own as `module:factory`.

A factory takes the number of threads and returns an `ocr.engine.OcrEngine`. It must be quick, since it
is also called to learn the engine's fingerprint: load models when the first picture is read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from extractor.api.own_modules import own_model
from extractor.stages.errors import ExtractorError

if TYPE_CHECKING:
    from ocr.engine import OcrEngine


logger = logging.getLogger(__name__)

DEFAULT_OCR = "rapidocr"
OCR_OFF = "none"
"""The engine that reads nothing."""


class EngineError(ExtractorError):
    """An engine that does not exist or cannot run here."""


def engine_of(name: str, threads: int = 1) -> OcrEngine:
    """The engine called `name`, ready to read. Raises EngineError."""
    started = time.perf_counter()
    engine = _own_engine(name, threads) if ":" in name else _our_engine(name, threads)
    logger.info("OCR engine loaded in %.2f s: %s", time.perf_counter() - started, engine.fingerprint)
    return engine


def fingerprint_of(name: str) -> str:
    """What identifies the engine's results, without loading models. Raises EngineError."""
    if ":" in name:
        return f"{name} {_own_engine(name, 1).fingerprint}"
    from ocr.engine import engine_fingerprint

    with _explained(name):
        return engine_fingerprint(name)


def _our_engine(name: str, threads: int) -> OcrEngine:
    from ocr.engine import create_engine

    with _explained(name):
        return create_engine(name, threads)


def _own_engine(name: str, threads: int) -> OcrEngine:
    engine: OcrEngine = own_model(name, threads, "OCR engine", "ocr.engine.OcrEngine", EngineError)
    return engine


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Raises EngineError where the `ocr` package has no such engine, or it cannot run here."""
    from ocr.engine import ENGINE_NAMES, EngineUnavailable

    if name not in ENGINE_NAMES:
        known = ", ".join(ENGINE_NAMES)
        raise EngineError(f"unknown OCR engine {name!r}; there are {known}, or your own as module:factory")
    try:
        yield
    except EngineUnavailable as error:
        raise EngineError(str(error)) from error
