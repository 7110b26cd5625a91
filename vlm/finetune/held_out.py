"""Score and temperature of a finished adapter, from the answers that `predict` would get to held-out rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rules.outcome import Outcome, count
from vlm.finetune.calibrate import Calibration, fit_temperature
from vlm.finetune.examples import Example
from vlm.finetune.score import answered, metrics_of, outcome_of_text
from vlm.load import create_reader
from vlm.reader import ReaderOptions

MIN_ROWS = 50
"""With fewer rows, or when all answers are right or all wrong, no temperature is fitted."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The score of the reader's constrained answers, and the calibration where there were enough rows."""

    rows: float
    f1: float
    precision: float
    recall: float
    calibration: Calibration | None


def score_held_out(adapter: Path, examples: Sequence[Example], options: ReaderOptions) -> HeldOut:
    """The score of the adapter in a folder on held-out examples; those without their picture do not count.

    Raises `vlm.reader.ReaderUnavailableError`.
    """
    confidences, outcomes = [], []
    for example, answer in answered(create_reader(str(adapter), options), examples):
        confidences.append(answer.confidence)
        outcomes.append(outcome_of_text(answer.text, example))
    right = [outcome in (Outcome.TP, Outcome.TN) for outcome in outcomes]
    usable = len(right) >= MIN_ROWS and 0 < sum(right) < len(right)
    calibration = fit_temperature(confidences, right) if usable else None
    return HeldOut(**metrics_of(count(outcomes)), calibration=calibration)
