"""What became of one picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from extractor.stages.answer import Decision
from extractor.stages.reasons import FAULTS_OF_READING, Failure


class Origin(StrEnum):
    """Where a picture came from: a file of the user's, the web just now, or the web in an earlier run."""

    LOCAL = "local"
    FETCHED = "fetched"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Answered:
    """The decision on one entity: the seconds it took, and whether it had been made before."""

    entity: str
    decision: Decision
    seconds: float
    kept: bool


@dataclass(frozen=True, slots=True)
class PictureOutcome:
    """What one picture gave: its digest and the decisions asked for, or the failure that kept it from that.

    `origin` is None when it could not be had, `path` when its file was not needed; `page_kept` says that it had been
    read before, `looked_again` that it was now read once more, enlarged.
    """

    link: str
    origin: Origin | None = None
    content: str | None = None
    path: Path | None = None
    answers: tuple[Answered, ...] = ()
    fetch_seconds: float = 0.0
    ocr_seconds: float = 0.0
    page_kept: bool = False
    looked_again: bool = False
    failure: Failure | None = None

    @property
    def had(self) -> bool:
        """Whether there is a picture, even if it could not be read."""
        return self.failure is None or self.failure.reason in FAULTS_OF_READING

    def answer_for(self, entity: str) -> Answered:
        """The decision on one of the entities that were asked for. Raises KeyError for another."""
        for answer in self.answers:
            if answer.entity == entity:
                return answer
        raise KeyError(entity)
