"""The suspicion of a label: the probability that a person would change it, by Bayes' rule from what is known of it.

The odds that it is right begin at what people found of such labels, and are multiplied by how much likelier each thing
seen is with a right label than with a wrong one: whether it is among the candidates of the picture and how likely that
candidate is right, how sure the rules are of another answer, and its size beside its peers. docs/review.md says where
the numbers are from; none is fitted to the rows that the audit is measured on.
"""

from __future__ import annotations

import math

from extractor.review.grounds import Grounds
from extractor.review.peers import Peers

RIGHT_LABELS = 0.73
"""Share of catalogue labels that people left as they were: 592 of 812 rows of the challenge's train.csv."""
MISSED = 0.04
"""Share of right labels that are not among the candidates of their picture: 12 of 322 rows labelled by eye."""
CHANCE = 0.32
"""Share of wrong labels that the picture states for something else: of those 812 rows people changed 220, and gave 70
of these labels to another entity of the same picture."""
UNIT_CHANGED = 0.9
"""Least suspicion of a label in a unit that its entity does not have: people changed 7 of 8 among those 812."""
LEAST_CONFIDENCE = 0.02
"""What a matching candidate counts at least: the label itself is a hint that the ranker did not have."""
MISPLACED = 0.1
"""Share of wrong labels whose size is off at random, the others being as plausible as right ones. An assumption."""
DECADES = 12.0
"""Factors of ten over which such a size may be: those of `rules.entities.PLAUSIBLE`, 9 to 11, and some beyond."""
LEAST_BY_SIZE = 0.05
"""Least that a size alone multiplies the odds by: a strange size is a hint and no proof."""
SURE = 0.999
"""Probabilities go from 1 - SURE to SURE: nothing here is certain."""


def suspicion_of(grounds: Grounds) -> float:
    """The probability that the label is wrong, 0 to 1."""
    if grounds.empty:
        return _of_empty(grounds)
    odds = [odds_of_size(grounds.size, grounds.peers)]
    if grounds.match is not None:
        odds.append(odds_of_match(grounds.match.found.confidence, grounds.candidates))
    elif not grounds.unread:
        odds.append(odds_of_absence(grounds.answer.confidence if grounds.answer.amount is not None else 0.0))
    suspected = suspicion(*odds)
    return suspected if grounds.allowed else max(suspected, UNIT_CHANGED)


def suspicion(*odds: float) -> float:
    """The probability that a label is wrong, after all that multiplies the odds that it is right."""
    right = math.prod(odds, start=RIGHT_LABELS / (1 - RIGHT_LABELS))
    return _bounded(1 / (1 + right))


def odds_of_match(confidence: float, candidates: int) -> float:
    """How much likelier a label equals this candidate when it is right than when it is wrong.

    `confidence`: the probability that this candidate is right; `candidates`: how many there are, at least one.
    """
    confidence = _bounded(max(confidence, LEAST_CONFIDENCE))
    return confidence / ((1 - confidence) * CHANCE / candidates)


def odds_of_absence(confidence: float) -> float:
    """How much likelier a label equals no candidate when it is right; `confidence`: that of another answer, if any."""
    return MISSED * (1 - _bounded(confidence)) / (1 - CHANCE)


def odds_of_size(size: float | None, peers: Peers | None) -> float:
    """How much likelier this size is with a right label than with a wrong one; 1 where nothing is known.

    Sizes of right labels follow Student's t with three degrees of freedom around their peers' median.
    """
    if size is None or peers is None:
        return 1.0
    right = 6 * math.sqrt(3) / (math.pi * (3 + peers.deviation(size) ** 2) ** 2) / peers.spread
    wrong = (1 - MISPLACED) * right + MISPLACED / DECADES
    return max(right / wrong, LEAST_BY_SIZE)


def _of_empty(grounds: Grounds) -> float:
    """An empty label is wrong where the picture states a value."""
    if grounds.unread:
        return 1 - RIGHT_LABELS
    confidences = [one.confidence for one in grounds.answer.candidates]
    return _bounded(grounds.answer.confidence if grounds.answer.amount is not None else max(confidences, default=0.0))


def _bounded(probability: float) -> float:
    return min(max(probability, 1 - SURE), SURE)
