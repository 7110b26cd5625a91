"""The result on one picture of a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from extractor.stages.answer import Answer
from extractor.stages.reason import FAULTS_OF_READING, Failure


class Origin(StrEnum):
    """Where a picture came from: a file of the user's, the web just now, or the web in an earlier run."""

    LOCAL = "local"
    FETCHED = "fetched"
    CACHED = "cached"


@dataclass(frozen=True, slots=True)
class PictureResult:
    """The answers on one picture, or why there are none.

    `link` is the picture's; `origin` is None when it could not be had, `path` when there is no file.
    `page_cached`: its page had been read before; `upscaled_now`: it was read once more, enlarged, in this run. Seconds
    are those of this run.
    """

    link: str = ""
    origin: Origin | None = None
    sha256: str | None = None
    path: Path | None = None
    answers: tuple[Answer, ...] = ()
    failure: Failure | None = None
    page_cached: bool = False
    upscaled_now: bool = False
    fetch_seconds: float = 0.0
    ocr_seconds: float = 0.0

    @property
    def available(self) -> bool:
        """Whether there is a picture, even if it could not be read."""
        return self.failure is None or self.failure.reason in FAULTS_OF_READING
