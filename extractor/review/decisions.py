"""What a reviewer decided of a label."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from extractor.review.verdicts import NOT_STATED, Audit
from extractor.stages.errors import ExtractorError
from extractor.tables.csv_file import InputError
from rules.amount import Rejection
from rules.entities import OFFICIAL, EntityTable
from rules.normalise import normalise


class Action(StrEnum):
    """What a reviewer did."""

    KEEP = "keep"
    TAKE = "take"
    NOT_STATED = NOT_STATED
    VALUE = "value"
    UNSURE = "unsure"
    UNDO = "undo"


class Outcome(StrEnum):
    """What becomes of the label, however the reviewer came to it."""

    KEPT = "kept"
    EMPTIED = "emptied"
    CHANGED = "changed"
    OPEN = "open"


class DecisionError(ExtractorError):
    """A decision that makes no sense; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A reviewer's decision on a row, as the log keeps it; UNDO takes back the last one on this row.

    `index`, `image_link`, `entity`, `label`, `verdict` and `suggestion` are those of the audit. `value` is the label
    from now on, "" for not stated, and "" where `action` decides nothing. `time` is in UTC, as ISO 8601 writes it.
    """

    index: str
    image_link: str
    entity: str
    label: str
    verdict: str
    suggestion: str
    action: Action
    value: str
    rater: str
    time: str

    @property
    def outcome(self) -> Outcome:
        """What becomes of the label."""
        if self.action in (Action.UNSURE, Action.UNDO):
            return Outcome.OPEN
        if self.value == self.label:
            return Outcome.KEPT
        return Outcome.CHANGED if self.value else Outcome.EMPTIED


def decide(
    audit: Audit, action: Action, typed: str, rater: str, time: str | None = None, table: EntityTable = OFFICIAL
) -> Decision:
    """The decision on an audited row; `typed` is the text of VALUE. Raises DecisionError."""
    row = audit.row
    undecided = Decision(
        index=row.index,
        image_link=row.image_link,
        entity=row.entity,
        label=audit.label.text,
        verdict=str(audit.verdict),
        suggestion=audit.suggestion,
        action=action,
        value="",
        rater=rater,
        time=time or time_now(),
    )
    return with_value(undecided, typed, table)


def with_value(decision: Decision, typed: str, table: EntityTable = OFFICIAL) -> Decision:
    """The decision with the value that its action gives the label; raises DecisionError where it gives none."""
    match decision.action:
        case Action.KEEP:
            value = decision.label
        case Action.TAKE:
            if not decision.suggestion:
                raise DecisionError("there is no suggestion here: keep the label, or type a value")
            value = "" if decision.suggestion == NOT_STATED else decision.suggestion
        case Action.VALUE:
            value = value_of(typed, decision.entity, table)
        case _:
            value = ""
    return replace(decision, value=value)


def time_now() -> str:
    """The time in UTC, as ISO 8601 writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def check_same_row(decision: Decision, audit: Audit | None) -> None:
    """Raises InputError unless the decision is on the row of this audit, None for a row that the audit lacks."""
    if audit is not None:
        row = audit.row
        if (decision.entity, decision.image_link, decision.label) == (row.entity, row.image_link, audit.label.text):
            return
    raise InputError(f"row {decision.index} of the log is none of this audit's: the log belongs to another audit")


def value_of(typed: str, entity: str, table: EntityTable = OFFICIAL) -> str:
    """What a person typed as an allowed value of the entity: `12cm` -> `12.0 centimetre`. Raises DecisionError."""
    amount = normalise(typed, entity, table)
    if not isinstance(amount, Rejection):
        return str(amount)
    units = ", ".join(sorted(table[entity].units))
    match amount:
        case Rejection.EMPTY:
            problem = "type a number and a unit, or say that the picture does not state it"
        case Rejection.NO_UNIT | Rejection.UNKNOWN_UNIT | Rejection.NO_NUMBER:
            problem = f"{typed!r} is no number with a unit; units of {entity}: {units}"
        case Rejection.WRONG_UNIT:
            problem = f"{typed!r} has no unit of {entity}, which are {units}"
        case Rejection.AMBIGUOUS:
            problem = f"{typed!r} states several measures; type one"
        case Rejection.NOT_POSITIVE | Rejection.IMPLAUSIBLE:
            problem = f"{typed!r} cannot be the {entity} of a product"
        case _:
            problem = f"{typed!r} states no value"
    raise DecisionError(problem)
