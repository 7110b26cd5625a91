"""Fits the temperature of a finished adapter: how sure it may be of its answers, from held-out rows.

The adapter is asked as `predict` asks it: by the reader, with constrained answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rules.counts import Counts
from vlm.calibrate import Calibration, fit_temperature
from vlm.collate import open_picture
from vlm.examples import Example
from vlm.load import create_reader
from vlm.reader import PictureQuestions, ReaderOptions
from vlm.score import score_texts

MIN_ROWS = 50
"""With fewer rows, or when all answers are right or all wrong, no temperature is fitted."""


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """The score of the reader's constrained answers, and the calibration where there were enough rows."""

    score: Counts
    calibration: Calibration | None


def ask_held_out(adapter: Path, examples: Sequence[Example], options: ReaderOptions) -> AskedAgain:
    """What the adapter in a folder says about held-out examples. Raises `vlm.reader.ReaderUnavailableError`."""
    opened = [(picture, e) for e in examples if (picture := open_picture(e.picture)) is not None]
    asked = [example for _, example in opened]
    reader = create_reader(str(adapter), options)
    answers = [said for (said,) in reader.read([PictureQuestions(p, e.page, (e.entity,)) for p, e in opened])]
    texts = [answer.text for answer in answers]
    outcomes = [score_texts([text], [example]) for text, example in zip(texts, asked, strict=True)]
    right = [bool(one.tp or one.tn) for one in outcomes]
    calibration = None
    if len(right) >= MIN_ROWS and 0 < sum(right) < len(right):
        calibration = fit_temperature([answer.confidence for answer in answers], right)
    return AskedAgain(sum(outcomes, Counts()), calibration)
