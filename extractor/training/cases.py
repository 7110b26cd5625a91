"""What the rules and a reader say of labelled rows: the cases that a policy is fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor.run.local import run_variants, session_of
from extractor.run.options import RunOptions, RunVariant
from extractor.run.progress import ProgressWatcher
from extractor.stages.answer import Answer
from extractor.tables.labels import Label
from extractor.tables.rows import Row
from vlm.answer import VlmAnswer


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled row with the rules' answer and the reader's answer, None where it has none; and its picture."""

    rules: Answer
    vlm: VlmAnswer | None
    label: Label
    picture: str


async def cases_of(
    rows: Sequence[Row], labels: Sequence[Label], options: RunOptions, watcher: ProgressWatcher
) -> list[Case]:
    """A case for each row whose picture can be used; `options.vlm` must name a reader. Raises as `run` does."""
    with session_of(options) as session:
        by_rules, by_reader = await run_variants(rows, session, (RunVariant(vlm=False), RunVariant()), watcher)
    return [
        Case(one.answer, other.answer.vlm, label, one.row.picture)
        for one, other, label in zip(by_rules.rows, by_reader.rows, labels, strict=True)
        if one.answer.outcome
    ]
