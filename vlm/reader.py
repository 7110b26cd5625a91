"""The reader's interface: (picture, OCR page, entities) in, one answer per entity out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ocr.picture import Picture
from ocr.token import OcrResult
from vlm.answer import VlmAnswer
from vlm.decoding import DEFAULT_DECODING, Decoding


class ReaderUnavailableError(Exception):
    """A reader that cannot be made; the message says what to install or which readers there are."""


@dataclass(frozen=True, slots=True, eq=False)
class PictureQuestions:
    """One picture with a question for each entity; `page` is None when OCR is off."""

    picture: Picture
    page: OcrResult | None
    entities: tuple[str, ...]


class VlmReader(Protocol):
    """Answers questions about pictures. `fingerprint` changes with everything that the answers depend on."""

    fingerprint: str

    def read(self, items: Sequence[PictureQuestions]) -> list[tuple[VlmAnswer, ...]]:
        """Per item one answer for each of its entities, in their order."""


@runtime_checkable
class PreparingReader(VlmReader, Protocol):
    """A reader that makes pictures ready ahead of `read`, on other threads."""

    def prepared(self, picture: Picture) -> Picture:
        """All of the picture that `read` needs, at best small: scaled to what the model sees."""


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """The options of a reader.

    device: "auto" (CUDA before MPS before CPU) or torch's name of one, such as "cuda:1".
    precision: "fp32", "bf16", "4bit" (NF4), or "auto": bf16 on a CUDA GPU that has it, else fp32, and over it NF4 where
    the reader's settings say so and this machine can.
    decoding: what can be generated beside `unanswerable`.
    batch_size: questions generated at a time; halved for good when the GPU's memory is not enough.
    max_new_tokens: length at which free answers are cut off; others are always complete.
    picture_workers: threads that prepare pictures.
    bars: the libraries may draw progress bars on stderr while they download and load.
    """

    device: str = "auto"
    precision: str = "auto"
    decoding: Decoding = DEFAULT_DECODING
    batch_size: int = 8
    max_new_tokens: int = 16
    picture_workers: int = 2
    bars: bool = False


DEFAULT_OPTIONS = ReaderOptions()
