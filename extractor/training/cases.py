"""What the rules and a reader say of labelled rows: the cases that a policy is fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.run.options import PredictOptions, Way
from extractor.run.pipeline import run_ways, session_of
from extractor.run.progress import ProgressWatcher
from extractor.stages.answer import Decision
from extractor.tables.labels import Label
from extractor.tables.rows import Row

if TYPE_CHECKING:
    from vlm.answer import VlmAnswer


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled row with the rules' decision and the reader's answer, None where it has none; and its picture."""

    entity: str
    ocr: Decision
    vlm: VlmAnswer | None
    label: Label
    picture: str


def cases_of(
    rows: Sequence[Row], labels: Sequence[Label], options: PredictOptions, watcher: ProgressWatcher
) -> list[Case]:
    """A case for each row whose picture can be used; `options.vlm` must name a reader. Raises as `run` does."""
    with session_of(options) as session:
        by_rules, by_reader = run_ways(rows, session, (Way(vlm=False), Way()), watcher)
    return [
        Case(one.row.entity, one.decision, other.decision.vlm, label, one.row.picture)
        for one, other, label in zip(by_rules.traces, by_reader.traces, labels, strict=True)
        if one.decision.outcome
    ]
