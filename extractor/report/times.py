"""What each stage of a run took, over its pictures or rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from extractor.tables.trace import RowAnswer, StageSeconds

_OF_PICTURE = ("fetch", "ocr")
"""Stages that are done once for a picture; a trace states their seconds in each of its rows."""


@dataclass(frozen=True, slots=True)
class StageTime:
    """Seconds of one stage: of the `timed` pictures or rows (`per`) that took any, all together and of one.

    Those from an earlier run took none, and do not count.
    """

    stage: str
    per: str
    timed: int
    total: float
    median: float
    slow: float
    """95 of 100 took no longer."""


def stage_times(answers: Sequence[RowAnswer]) -> tuple[StageTime, ...]:
    """The times of the stages that took any, in their order."""
    of_picture = list({one.row.picture: one.seconds for one in answers}.values())
    of_row = [one.seconds for one in answers]
    times = (
        _time(field.name, *(("picture", of_picture) if field.name in _OF_PICTURE else ("row", of_row)))
        for field in fields(StageSeconds)
    )
    return tuple(time for time in times if time is not None)


def _time(stage: str, per: str, seconds: Sequence[StageSeconds]) -> StageTime | None:
    taken = [value for one in seconds if (value := getattr(one, stage)) > 0]
    if not taken:
        return None
    median, slow = map(float, np.quantile(taken, [0.5, 0.95]))
    return StageTime(stage, per, len(taken), sum(taken), median, slow)
