"""Learns from labelled rows what the look of a picture tells of an entity: is it stated, and is the thing round."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from extractor.training.examples import Choice, Question
from extractor.training.priors import with_features
from rules.dimension_table import DIAMETER
from rules.prior import LOOKS_ROUND, LOOKS_STATED, LookPrior
from rules.ranker import log_odds

FOLDS = 5
STRENGTH = 0.01
"""Inverse of the penalty on the weights: the best of 0.01 to 1 (docs/ranker.md)."""
FEWEST = 20
"""Rows of each kind that it takes to learn from looks."""


def look_prior(questions: Sequence[Question]) -> LookPrior:
    """The prior for pictures that are not among those of the questions, which are about one entity."""
    found = {name: _weights(questions, fact) for name, fact in _FACTS.items()}
    return LookPrior({name: weights for name, weights in found.items() if weights})


def with_other_pictures(questions: Sequence[Question], seed: int) -> list[Question]:
    """The questions with the features for each candidate as other pictures give them.

    By their own pictures the features would tell the labels.
    """
    pictures = sorted({question.picture for question in questions})
    random.Random(seed).shuffle(pictures)
    priors: dict[str, LookPrior] = {}
    for fold in range(FOLDS):
        left_out = set(pictures[fold::FOLDS])
        priors |= dict.fromkeys(left_out, look_prior([q for q in questions if q.picture not in left_out]))
    return [with_features(q, priors[q.picture].features(q.embedding)) for q in questions]


def _is_round(question: Question) -> bool:
    """Whether an accepted amount stands at a horizontal line or is a diameter: such a depth is a round thing's."""
    return any(choice.right and _is_across(choice) for choice in question.choices)


def _is_across(choice: Choice) -> bool:
    features = dict(choice.features)
    across = features.get("line_horizontal", 0.0)
    return f"role_{DIAMETER}" in features or across > max(
        features.get("line_vertical", 0.0), features.get("line_oblique", 0.0)
    )


_FACTS: dict[str, Callable[[Question], bool]] = {LOOKS_STATED: lambda q: q.stated, LOOKS_ROUND: _is_round}


def _weights(questions: Sequence[Question], fact: Callable[[Question], bool]) -> tuple[float, ...]:
    """The constant, and the weight of each component; empty where there is too little to learn from."""
    from sklearn.linear_model import LogisticRegression

    seen = [question for question in questions if question.embedding]
    true = [fact(question) for question in seen]
    if min(sum(true), len(true) - sum(true)) < FEWEST:
        return ()
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit([question.embedding for question in seen], true)
    usual = log_odds(sum(true) / len(true))
    constant, own = float(model.intercept_[0]) - usual, model.coef_[0]
    return tuple(round(float(weight), 4) for weight in (constant, *own))
