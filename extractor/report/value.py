"""The report as a value: the figures of a run and its rows, from the answers and, where there are any, the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from extractor.evaluation.ablation import Ablation
from extractor.evaluation.calibration import Calibration, calibration_of
from extractor.evaluation.evaluate import Evaluation
from extractor.evaluation.inputs import LabelledRows, answers_of_run
from extractor.evaluation.mistakes import Mistake
from extractor.evaluation.unit_confusions import UnitConfusion, unit_confusions
from extractor.report.times import StageTime, stage_times
from extractor.run.summary import Counts, counted
from extractor.stages.answer import UNSURE_STATUSES
from extractor.tables.labels import Label
from extractor.tables.trace import RowAnswer


class Result(StrEnum):
    """What an answer is beside its label: a right one, a wrong one, none though the picture states one."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"
    UNLABELLED = "unlabelled"


@dataclass(frozen=True, slots=True)
class Scored:
    """Labelled rows of a run and how their answers score."""

    labelled: LabelledRows
    evaluation: Evaluation


@dataclass(frozen=True, slots=True)
class ReportRow:
    """An answer beside its label; None where the row has none. `mistake` is set for wrong and missing answers."""

    answered: RowAnswer
    label: Label | None
    mistake: Mistake | None

    @property
    def result(self) -> Result:
        """What the answer is beside its label."""
        if self.label is None:
            return Result.UNLABELLED
        if self.mistake is None:
            return Result.RIGHT
        return Result.WRONG if self.mistake.prediction else Result.MISSING

    @property
    def rank(self) -> int:
        """How much it is worth a look: 0 for a wrong or missing answer, 1 for an unsure one, 2 for others."""
        if self.mistake is not None:
            return 0
        return 1 if self.answered.answer.status in UNSURE_STATUSES else 2


@dataclass(frozen=True, slots=True)
class Report:
    """A run to look at, its rows in the order of the run.

    `statuses` and `reasons` (those of rows without an answer) are counts, most frequent first. `evaluation` and
    `calibration` are None without labels, `ablation` where none is given.
    """

    title: str
    rows: tuple[ReportRow, ...]
    pictures: int
    statuses: Counts
    reasons: Counts
    times: tuple[StageTime, ...]
    evaluation: Evaluation | None = None
    calibration: Calibration | None = None
    confusions: tuple[UnitConfusion, ...] = ()
    ablation: Ablation | None = None


def report_of(
    title: str, answers: Sequence[RowAnswer], scored: Scored | None = None, ablation: Ablation | None = None
) -> Report:
    """The report on a run."""
    labels, mistakes = {}, {}
    if scored is not None:
        indices = [row.index for row in scored.labelled.rows]
        labels = dict(zip(indices, scored.labelled.labels, strict=True))
        mistakes = {mistake.index: mistake for mistake in scored.evaluation.mistakes}
    rows = tuple(ReportRow(one, labels.get(one.row.index), mistakes.get(one.row.index)) for one in answers)
    return Report(
        title,
        rows,
        pictures=len({one.row.picture for one in answers}),
        statuses=counted(one.answer.status for one in answers),
        reasons=counted(one.answer.reason for one in answers if one.answer.amount is None),
        times=stage_times(answers),
        evaluation=scored.evaluation if scored else None,
        calibration=_calibration(rows) if scored else None,
        confusions=unit_confusions(scored.labelled, answers_of_run(answers).predictions) if scored else (),
        ablation=ablation,
    )


def _calibration(rows: Sequence[ReportRow]) -> Calibration:
    checked = [row for row in rows if row.label is not None and row.answered.answer.amount is not None]
    confidences = [row.answered.answer.confidence for row in checked]
    return calibration_of(confidences, [row.result is Result.RIGHT for row in checked])
