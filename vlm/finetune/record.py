"""`reader.json` of a trained adapter: the reader's settings, and how it was trained."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from rules.counts import Counts
from vlm.finetune.calibrate import Calibration
from vlm.finetune.data import FolderDigests
from vlm.finetune.stage import StageResult
from vlm.quantise import Quantisation
from vlm.settings import ReaderSettings


@dataclass(frozen=True)
class HeldOutMetrics:
    """The score of the finished adapter on `rows` held-out rows; no calibration where they are too few."""

    rows: float
    f1: float
    precision: float
    recall: float
    calibration: Calibration | None

    @classmethod
    def of(cls, score: Counts, calibration: Calibration | None) -> HeldOutMetrics:
        """The metrics of the counts."""
        return cls(score.total, score.f1, score.precision, score.recall, calibration)


@dataclass(frozen=True, kw_only=True)
class AdapterRecord(ReaderSettings):
    """`held_out` is None when nothing was held out."""

    base: str
    quantisation: Quantisation
    data: tuple[FolderDigests, ...]
    stages: tuple[StageResult, ...]
    held_out: HeldOutMetrics | None = None
