"""Questions that teach what an amount is not: the weight of a thing is not the load that it bears.

Nobody labels the load of a picture that states a weight alone, so the labelled rows never show such a weight as wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.training.examples import Question

RIVAL = {"item_weight": "maximum_weight_recommendation", "maximum_weight_recommendation": "item_weight"}
"""Entities of the same units, of which an amount answers one alone."""

CONTRAST_SHARE = 0.3
"""What a contrast counts against the row that it was made of: the best of 0, 0.1, 0.3 and 1 (docs/ranker.md)."""


def contrasts(questions: Sequence[Question]) -> list[Question]:
    """For each question on an entity with a rival the same one on the rival, to which its right candidates are wrong.

    Left out where the rival itself is asked, as some amounts are both.
    """
    asked = {(question.picture, question.entity) for question in questions}
    return [
        _contrast(question, rival)
        for question in questions
        if (rival := RIVAL.get(question.entity)) and question.stated and (question.picture, rival) not in asked
    ]


def _contrast(question: Question, rival: str) -> Question:
    wrong = tuple(replace(choice, right=False, best=False) for choice in question.choices if choice.right)
    weight = CONTRAST_SHARE * question.weight
    return replace(
        question, entity=rival, stated=False, best_stated=False, may_be_empty=True, choices=wrong, weight=weight
    )
