"""One rater's review: the rows of an audit, and the log that grows with every decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

from extractor.review.decisions import Action, Decision, DecisionError, check_same_row, decide, time_now
from extractor.review.items import ReviewItems
from extractor.review.log import DecisionLog
from extractor.tables.formats import stem_of

LONGEST_PAUSE = 120.0
"""Seconds between two decisions from which the rater was away."""
PACE_FROM = 5
"""Decisions in a row from which the time left is told."""
PACE_OF = 50
"""Decisions that the pace is taken from, the newest."""
_RATER = re.compile(r"\w[\w .@-]{0,63}")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a review is. `next`: the position of the next row without a decision, None when all have one.

    `seconds_left` is None where the pace is not known yet.
    """

    rater: str
    total: int
    decided: int
    next: int | None
    seconds_left: float | None


class ReviewSession:
    """A review by `rater`. Its methods may be called by several threads."""

    def __init__(self, items: ReviewItems, log: DecisionLog, rater: str) -> None:
        """Raises InputError where the log has decisions on other rows."""
        self.items = items
        self._log = log
        self._rater = rater
        self._positions = {index: position for position, index in enumerate(items.indices)}
        for one in log.standing:
            position = self._positions.get(one.index)
            check_same_row(one, None if position is None else items[position].audit)

    def progress(self, after: int = -1) -> Progress:
        """How far the review is; the next row is the first open one behind the position `after`, else the first."""
        standing = self._log.standing
        decided = {self._positions[one.index] for one in standing}
        open_rows = [position for position in range(len(self.items)) if position not in decided]
        following = next((position for position in open_rows if position > after), None)
        pace = seconds_per_decision(standing)
        return Progress(
            self._rater,
            len(self.items),
            len(decided),
            open_rows[0] if following is None and open_rows else following,
            None if pace is None else pace * len(open_rows),
        )

    def decision_on(self, position: int) -> Decision | None:
        """The decision that stands for a row."""
        index = self.items.indices[position]
        return next((one for one in reversed(self._log.standing) if one.index == index), None)

    def decide(self, position: int, action: Action, typed: str) -> None:
        """Logs a decision. Raises DecisionError, and OutputError where it cannot be written."""
        item = self.items[position]
        self._log.append(decide(item.audit, action, typed, self._rater, table=item.table))

    def undo(self) -> int:
        """Takes the last decision back; the position of its row. Raises DecisionError where there is none."""
        standing = self._log.standing
        if not standing:
            raise DecisionError("there is no decision to take back")
        last = standing[-1]
        self._log.append(replace(last, action=Action.UNDO, value="", rater=self._rater, time=time_now()))
        return self._positions[last.index]


def seconds_per_decision(decisions: Sequence[Decision]) -> float | None:
    """The median of the seconds between the newest decisions, pauses left out; None where there are too few."""
    times = [datetime.fromisoformat(one.time) for one in decisions[-PACE_OF:]]
    seconds = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    steps = [one for one in seconds if 0 <= one <= LONGEST_PAUSE]
    return median(steps) if len(steps) + 1 >= PACE_FROM else None


def check_rater(rater: str) -> str:
    """The rater's name, which a file is named by. Raises DecisionError."""
    if not _RATER.fullmatch(rater):
        raise DecisionError(f"{rater!r} is no name for a rater: up to 64 letters, digits, blanks and . - @")
    return rater


def log_path(audit_csv: Path, rater: str) -> Path:
    """The rater's log beside an audit: `audit.csv` -> `audit_kim.jsonl`."""
    return audit_csv.with_name(f"{stem_of(audit_csv)}_{rater}.jsonl")
