"""Select: from the pages of a picture to one answer for each entity, by the rules.

A picture is read once more, enlarged, for a stated measure (weight, load, voltage, power, volume) whose answer is
unsure, or for which nothing could be the answer. For a dimension it is not: numbers that small are rarely those of a
dimension line, most pictures without any state none, and unsure answers stay what they were (docs/ranker.md).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from extractor.stages.answer import Answer, Candidate
from extractor.stages.read import Pages, with_drawing
from extractor.stages.reason import Announce, Reason, Stage, tell_nobody
from rules import select as rules
from rules.entities import OFFICIAL, EntityTable
from rules.ranker import Ranker, WithOwn, verified_from
from rules.select import ParsedPage, Selection

CANDIDATES_KEPT = 10
SELECT_VERSION = 4
"""To be raised whenever this module would give other answers on the same pages: stored answers depend on it."""
UNSURE = 0.6
"""Confidence below which an answer is looked at again; docs/accuracy.md compares others."""
UPSCALED = "read on the enlarged picture"
_EMPTY_PAGE = frozenset({Reason.NO_TEXT, Reason.NO_CANDIDATE})


def select(
    pages: Pages,
    entities: Iterable[str],
    ranker: Ranker,
    *,
    table: EntityTable = OFFICIAL,
    group: str = "",
    upscale: bool = True,
    announce: Announce = tell_nobody,
) -> Iterator[Answer]:
    """One answer for each entity of the table, each as soon as it is final; those of the upscaled pass come last.

    `group` is the product group, "" where it is not known. Without `upscale` there is only the first pass. `announce`
    is told each stage before it begins. Raises PictureUnusableError when the picture cannot be read at all.
    """
    announce(Stage.READ)
    first = pages.first
    parsed = ParsedPage(first, table, group)
    ranker = WithOwn(ranker)
    announce(Stage.SELECT)
    open_answers = []
    for entity in entities:
        answer = answer_on(parsed, entity, ranker)
        if upscale and needs_upscaled_pass(answer, table):
            open_answers.append(answer)
        else:
            yield answer
    if open_answers:
        announce(Stage.UPSCALED_PASS)
        second = pages.upscaled
        announce(Stage.SELECT)
        if second is None:
            yield from open_answers
        else:
            larger = ParsedPage(with_drawing(second, first), table, group)
            yield from _better(open_answers, larger, ranker)


def needs_upscaled_pass(answer: Answer, table: EntityTable = OFFICIAL) -> bool:
    """Whether the enlarged picture may tell more than the first pass did."""
    return is_unsure(answer, table) or (answer.entity not in table.dimensions and is_empty_handed(answer))


def is_unsure(answer: Answer, table: EntityTable = OFFICIAL) -> bool:
    """Whether there is an answer for a stated measure that may well be wrong."""
    return answer.entity not in table.dimensions and answer.amount is not None and answer.confidence < UNSURE


def is_empty_handed(answer: Answer) -> bool:
    """Whether nothing was found that could be the answer."""
    return answer.reason in _EMPTY_PAGE


def _better(answers: Iterable[Answer], page: ParsedPage, ranker: Ranker) -> Iterator[Answer]:
    """The answers on the upscaled page where it has any, else those of the first pass."""
    for first in answers:
        second = answer_on(page, first.entity, ranker)
        seconds = first.seconds + second.seconds
        if second.amount is None:
            yield replace(first, seconds=seconds)
        else:
            yield replace(second, seconds=seconds, upscaled=True, detail=UPSCALED)


def answer_on(page: ParsedPage, entity: str, ranker: Ranker) -> Answer:
    """The answer on one entity of a page, empty where the rules fail on it."""
    started = time.perf_counter()
    try:
        answer = _of_selection(rules.selection_of(page, entity, ranker), ranker)
    except Exception as error:  # one entity that the rules fail on costs no other
        answer = Answer(entity, None, Reason.RULES_FAILED, 0.0, detail=f"{type(error).__name__}: {error}")
    return replace(answer, seconds=time.perf_counter() - started)


def _of_selection(selection: Selection, ranker: Ranker) -> Answer:
    best = selection.candidates[:CANDIDATES_KEPT]
    if selection.chosen is not None and selection.chosen not in best:
        best = (*best[:-1], selection.chosen)
    answered = selection.chosen is not None and selection.answer is not None
    return Answer(
        selection.entity,
        selection.answer,
        Reason(selection.reason),
        float(selection.confidence),
        evidence=selection.chosen.quantity.tokens if selection.chosen and answered else (),
        candidates=tuple(_candidate(one, selection.entity, ranker) for one in best),
        verified_from=verified_from(ranker, selection.entity),
    )


def _candidate(candidate: rules.Candidate, entity: str, ranker: Ranker) -> Candidate:
    return Candidate(
        candidate.answer,
        float(candidate.score),
        float(ranker.probability(candidate.score, entity)),
        candidate.quantity.text,
        tuple((name, float(value)) for name, value in candidate.features),
        candidate.quantity.tokens,
    )
