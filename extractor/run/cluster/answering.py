"""The answers to the rows of a unit, from what came of its pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from extractor.run.cluster.units import Unit
from extractor.run.options import RunOptions
from extractor.run.products import answers_of_products
from extractor.run.result import PictureResult
from extractor.run.row_answer import row_answer
from extractor.run.vlm import Question
from extractor.stages.ask import Reply
from extractor.stages.reason import LATE_AFTER_READING, Failure, Reason
from extractor.tables.trace import RowAnswer

FAULTS = (Reason.RULES_FAILED, Reason.VLM_FAILED, *LATE_AFTER_READING)
"""Reasons of answers on a picture that was read, where something went wrong after that."""


@dataclass(frozen=True, slots=True)
class UnitAnswers:
    """The answers to the rows of a unit, in their order.

    `finished`: nothing in it is worth another try. Otherwise a later run does the whole unit again.
    """

    unit: Unit
    answers: tuple[RowAnswer, ...]
    finished: bool


def unit_answers(
    unit: Unit, results: Mapping[str, PictureResult], replies: Mapping[Question, Reply], options: RunOptions
) -> UnitAnswers:
    """The answers to the rows of a unit, from the results by link and a VLM's replies."""
    alone = partial(row_answer, results, replies, options.variant, options.entities)
    answers = tuple(answers_of_products([one.row for one in unit.rows], alone, options.entities))
    of_unit = [results[job.link] for job in unit.pictures]
    return UnitAnswers(unit, answers, _is_finished(of_unit, replies))


def _is_finished(results: Sequence[PictureResult], replies: Mapping[Question, Reply]) -> bool:
    """Whether all pictures were read, the rules came to their end, and the VLM answered all that it was asked."""
    if any(result.failure is not None for result in results):
        return False
    answers = [(result.sha256, answer) for result in results for answer in result.answers]
    if any(answer.reason in FAULTS for _, answer in answers):
        return False
    heard = (replies.get(Question(sha256 or "", answer.entity)) for sha256, answer in answers)
    return not any(reply is not None and isinstance(reply.answer, Failure) for reply in heard)
