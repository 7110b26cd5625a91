"""Vision-language readers by name: those of the `vlm` package, and your own as `module:factory`.

A name is `nano` (comes with the package), a folder with a model or an adapter, or a hub id. A factory takes a
ReaderChoice and returns a `vlm.reader.VlmReader`. It must be quick, since it is also called to learn the reader's
fingerprint: load weights when the first picture is read.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.api.engines import OCR_OFF
from extractor.api.own_modules import own_model
from extractor.stages.errors import ExtractorError
from ocr.extras import extra_needed
from vlm.decoding import DEFAULT_DECODING, Decoding

if TYPE_CHECKING:
    from ocr.picture import Picture
    from vlm.answer import VlmAnswer
    from vlm.reader import PictureQuestions, ReaderOptions, VlmReader

logger = logging.getLogger(__name__)

NO_VLM = "none"
DEFAULT_BATCH = 8
DEFAULT_DEVICE = "auto"
DEFAULT_PRECISION = "auto"
OWN_READER = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class ReaderError(ExtractorError):
    """A reader that does not exist or cannot run here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ReaderChoice:
    """Which reader, and how it is run: `device` is auto, cpu, cuda, ...; `batch` counts questions.

    `decoding` is what it may write, `precision` is auto, fp32, bf16 or 4bit, see `vlm.reader.ReaderOptions`. With
    `bars` the libraries may draw progress bars on stderr while they download and load it.
    """

    spec: str
    decoding: Decoding = DEFAULT_DECODING
    batch: int = DEFAULT_BATCH
    device: str = DEFAULT_DEVICE
    bars: bool = False
    precision: str = DEFAULT_PRECISION


def check_packages(choice: ReaderChoice) -> None:
    """Raises ReaderError when packages that the reader needs are missing; nothing is loaded or fetched for this."""
    if not OWN_READER.fullmatch(choice.spec):
        with explained(choice):
            from vlm import load

            load.check_packages(choice.spec)


@contextmanager
def explained(choice: ReaderChoice) -> Iterator[None]:
    """Raises ReaderError where the `vlm` package has no such reader, it cannot run here, or packages are missing."""
    from vlm.reader import ReaderUnavailableError

    try:
        yield
    except ReaderUnavailableError as error:
        raise ReaderError(str(error)) from error
    except ImportError as error:
        needed = extra_needed(f"the reader {choice.spec}", "vlm", [error.name or "other packages"])
        raise ReaderError(f"{needed}; or use --vlm none ({error})") from error


def path_taken(reader: ReaderChoice | None, ocr: str, why: str = "") -> str:
    """One line that names the sources of the answers, and why no reader is asked where it was not the user's choice."""
    if reader is None:
        return f"reader    none: {ocr} and the rules alone{why and '; '}{why}"
    if ocr == OCR_OFF:
        return f"reader    {reader.spec}, without OCR; the rules check its answers"
    return f"reader    {reader.spec}, with what {ocr} reads in its prompt; the rules check and weigh its answers"


class LazyReader:
    """A reader whose fingerprint is known at once and whose weights are loaded when they are first needed."""

    def __init__(self, choice: ReaderChoice) -> None:
        """Raises ReaderError when there is no such reader."""
        self._choice = choice
        self._reader: VlmReader | None = None
        self.fingerprint = _fingerprint_of(choice)

    @property
    def batch(self) -> int:
        """Questions that are answered in one go."""
        return self._choice.batch

    def load(self) -> None:
        """Loads the weights unless they are loaded. Raises ReaderError."""
        if self._reader is None:
            started = time.perf_counter()
            self._reader = _reader_of(self._choice)
            logger.info("reader loaded in %.1f s: %s", time.perf_counter() - started, self.fingerprint)

    @property
    def prepares(self) -> bool:
        """Whether the reader scales pictures ahead of `read`; known once it is loaded."""
        from vlm.reader import PreparingReader

        return isinstance(self._reader, PreparingReader)

    def prepared(self, picture: Picture) -> Picture:
        """The picture as the loaded reader needs it, smaller for one that scales it anyway; for other threads."""
        from vlm.reader import PreparingReader

        return self._reader.prepared(picture) if isinstance(self._reader, PreparingReader) else picture

    def read(self, items: Sequence[PictureQuestions]) -> list[tuple[VlmAnswer, ...]]:
        """For each picture the answers to its questions, in their order."""
        self.load()
        assert self._reader is not None
        return self._reader.read(items)


def _fingerprint_of(choice: ReaderChoice) -> str:
    if OWN_READER.fullmatch(choice.spec):
        return f"{choice.spec} {_own_reader(choice).fingerprint}"
    with explained(choice):
        from vlm.load import reader_fingerprint

        return reader_fingerprint(choice.spec, _options(choice))


def _reader_of(choice: ReaderChoice) -> VlmReader:
    if OWN_READER.fullmatch(choice.spec):
        return _own_reader(choice)
    with explained(choice):
        from vlm.load import create_reader

        return create_reader(choice.spec, _options(choice))


def _options(choice: ReaderChoice) -> ReaderOptions:
    from vlm.reader import ReaderOptions

    return ReaderOptions(choice.device, choice.precision, choice.decoding, choice.batch, bars=choice.bars)


def _own_reader(choice: ReaderChoice) -> VlmReader:
    reader: VlmReader = own_model(choice.spec, choice, "reader", "vlm.reader.VlmReader", ReaderError)
    return reader
