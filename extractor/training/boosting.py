"""Boosted trees by scikit-learn, as the plain data of `rules.trees`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from extractor.stages.errors import ExtractorError
from extractor.training.examples import Question
from ocr.extras import extra_needed
from rules.ranker import with_question
from rules.trees import Node, TreeModel


@dataclass(frozen=True, slots=True)
class BoostOptions:
    """How the trees are grown. The values were compared by cross-validation on pictures labelled by eye."""

    rounds: int = 70
    depth: int = 4
    learning_rate: float = 0.06
    subsample: float = 0.6
    features_per_fork: float = 0.25
    smallest_leaf: int = 8
    bags: int = 3
    """Models with different seeds whose log-odds are averaged."""


FOR_MANY = BoostOptions(rounds=200, depth=5, smallest_leaf=15)
"""For groups with catalogue rows: with them the stated amounts have ten times as many candidates."""

MIN_MENTIONS = 5
"""A feature that fewer candidates have is left out."""


def check_sklearn() -> None:
    """Raises ExtractorError without scikit-learn."""
    try:
        import sklearn.ensemble  # noqa: F401
    except ImportError as error:
        raise ExtractorError(extra_needed("fitting", "fit", ["scikit-learn"])) from error


def fit_trees(questions: Sequence[Question], options: BoostOptions, seed: int) -> TreeModel:
    """The trees that tell right candidates of the questions from wrong ones.

    Raises ExtractorError without scikit-learn, and when all candidates are right or all are wrong.
    """
    check_sklearn()
    import numpy as np
    from sklearn.ensemble import GradientBoostingClassifier

    examples = [(features_of(q, i), choice.right, q.weight) for q in questions for i, choice in enumerate(q.choices)]
    mentions = Counter(name for features, _, _ in examples for name in features)
    names = sorted(name for name, count in mentions.items() if count >= MIN_MENTIONS)
    right = [label for _, label, _ in examples]
    if len(set(right)) < 2 or not names:
        raise ExtractorError("there are no right and wrong candidates to learn from; give more labelled rows")
    matrix = np.array([[features.get(name, 0.0) for name in names] for features, _, _ in examples])
    models = [
        GradientBoostingClassifier(
            n_estimators=options.rounds,
            max_depth=options.depth,
            learning_rate=options.learning_rate,
            subsample=options.subsample,
            max_features=options.features_per_fork,
            min_samples_leaf=options.smallest_leaf,
            random_state=seed + bag,
        ).fit(matrix, right, sample_weight=[weight for _, _, weight in examples])
        for bag in range(options.bags)
    ]
    trees = [
        _tree(stage[0].tree_, options.learning_rate / options.bags) for model in models for stage in model.estimators_
    ]
    prior = models[0].init_.class_prior_[1]  # of all examples, and so the same for every bag
    return TreeModel(tuple(names), round(math.log(prior / (1 - prior)), 6), tuple(trees))


def features_of(question: Question, choice: int) -> dict[str, float]:
    """The features of a candidate as the learned ranker sees them."""
    return with_question(question.choices[choice].features, question.entity)


def _tree(tree: Any, share: float) -> tuple[Node, ...]:
    return tuple(
        round(float(tree.value[i, 0, 0]) * share, 5)
        if tree.children_left[i] < 0
        else (
            int(tree.feature[i]),
            float(f"{tree.threshold[i]:.6g}"),
            int(tree.children_left[i]),
            int(tree.children_right[i]),
        )
        for i in range(tree.node_count)
    )
