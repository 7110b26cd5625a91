"""The audit of a label: how it stands to its picture, how suspicious it is, and what to put in its place."""

from __future__ import annotations

from extractor.review.grounds import Grounds
from extractor.review.peers import Peers
from extractor.review.reasons import reason_for
from extractor.review.suspicion import suspicion_of
from extractor.review.verdicts import NOT_STATED, SUSPICIOUS_FROM, Audit, Verdict
from extractor.stages.answer import Answer
from extractor.tables.labels import Label, WrittenAmount
from extractor.tables.rows import Row
from rules.amount import Amount
from rules.entities import OFFICIAL, EntityTable


def audit(row: Row, label: Label, answer: Answer, peers: Peers | None = None, table: EntityTable = OFFICIAL) -> Audit:
    """Sets the label of a row against the answer on its picture; `peers` are the sizes of the labels beside it.

    `table` has the row's entity.
    """
    grounds = Grounds(row, label, answer, peers, table)
    suspicion = suspicion_of(grounds)
    suspicious = suspicion >= SUSPICIOUS_FROM
    verdict = _verdict(grounds, suspicious=suspicious)
    suggestion = _suggestion(grounds, suspicious=suspicious)
    return Audit(row, label, answer, verdict, suspicion, suggestion, reason_for(verdict, grounds))


def _verdict(grounds: Grounds, *, suspicious: bool) -> Verdict:
    if not grounds.allowed:
        return Verdict.UNIT_NOT_ALLOWED
    if grounds.is_range:
        return Verdict.RANGE
    match, answered = grounds.match, grounds.answer.amount is not None
    if match is not None and (match.of_answer or not suspicious):
        return Verdict.AGREES if match.same_unit else Verdict.OTHER_UNIT
    if grounds.absurd:
        return Verdict.ABSURD
    if grounds.unread:
        return Verdict.NO_PICTURE
    if grounds.empty and not answered:
        return Verdict.AGREES
    return Verdict.OTHER_VALUE if answered else Verdict.NOT_IN_PICTURE


def _suggestion(grounds: Grounds, *, suspicious: bool) -> str:
    if not grounds.allowed and grounds.match is not None:
        return _text_of(grounds.amounts[0])
    if suspicious and not grounds.unread:
        return grounds.answer.text or NOT_STATED
    if grounds.is_range and grounds.allowed:
        return _text_of(grounds.amounts[0])
    return ""


def _text_of(amount: WrittenAmount) -> str:
    return str(Amount(amount.number or 0.0, amount.unit))
