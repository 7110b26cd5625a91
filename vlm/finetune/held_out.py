"""Score and temperature of a finished adapter, from the answers that `predict` would get to held-out rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rules.counts import Counts
from rules.outcome import Outcome, count
from vlm.finetune.calibrate import Calibration, fit_temperature
from vlm.finetune.collate import open_picture
from vlm.finetune.examples import Example
from vlm.finetune.score import outcome_of_text
from vlm.load import create_reader
from vlm.reader import PictureQuestions, ReaderOptions

MIN_ROWS = 50
"""With fewer rows, or when all answers are right or all wrong, no temperature is fitted."""


@dataclass(frozen=True, slots=True)
class HeldOutScore:
    """The score of the reader's constrained answers, and the calibration where there were enough rows."""

    score: Counts
    calibration: Calibration | None


def score_held_out(adapter: Path, examples: Sequence[Example], options: ReaderOptions) -> HeldOutScore:
    """The score of the adapter in a folder on held-out examples; those without their picture do not count.

    Raises `vlm.reader.ReaderUnavailableError`.
    """
    opened = [(picture, e) for e in examples if (picture := open_picture(e.picture)) is not None]
    reader = create_reader(str(adapter), options)
    answers = [answer for (answer,) in reader.read([PictureQuestions(p, e.page, (e.entity,)) for p, e in opened])]
    outcomes = [outcome_of_text(answer.text, e) for answer, (_, e) in zip(answers, opened, strict=True)]
    right = [outcome in (Outcome.TP, Outcome.TN) for outcome in outcomes]
    calibration = None
    if len(right) >= MIN_ROWS and 0 < sum(right) < len(right):
        calibration = fit_temperature([answer.confidence for answer in answers], right)
    return HeldOutScore(count(outcomes), calibration)
