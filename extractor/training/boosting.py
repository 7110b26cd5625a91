"""Boosted trees by scikit-learn, as the plain data of `rules.trees`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from extractor.stages.errors import ExtractorError
from extractor.training.examples import Question
from ocr.extras import extra_needed
from rules.ranker import log_odds, with_question
from rules.trees import Node, TreeModel


@dataclass(frozen=True, slots=True)
class BoostOptions:
    """How the trees are grown: parameters of scikit-learn's GradientBoostingClassifier, by their names there.

    The values were compared by cross-validation on pictures labelled by eye. `bags` is the number of models with
    different seeds whose log-odds are averaged. An accepted candidate that is not the best answer counts as wrong by
    the share `second_best`, as right by the rest.
    """

    n_estimators: int = 110
    max_depth: int = 6
    learning_rate: float = 0.05
    subsample: float = 0.6
    max_features: float = 0.25
    min_samples_leaf: int = 12
    bags: int = 3
    second_best: float = 0.3


FOR_MANY = BoostOptions(n_estimators=200, max_depth=5, learning_rate=0.06, min_samples_leaf=15, second_best=0.0)
"""For groups that mostly learn from further rows: with a catalogue's the stated amounts have ten times as many."""

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

    Raises ExtractorError when all candidates are right or all are wrong, ImportError without scikit-learn.
    """
    import pandas as pd
    from sklearn.ensemble import GradientBoostingClassifier

    parameters = asdict(options)
    bags, second_best = parameters.pop("bags"), parameters.pop("second_best")
    examples = [example for question in questions for example in _examples(question, second_best)]
    right = [example.right for example in examples]
    features = pd.DataFrame([example.features for example in examples])
    features = features.dropna(axis="columns", thresh=MIN_MENTIONS)
    if len(set(right)) < 2 or features.empty:
        raise ExtractorError("there are no right and wrong candidates to learn from; give more labelled rows")
    features = features.fillna(0.0).sort_index(axis="columns")
    weights = [example.weight for example in examples]
    models = [
        GradientBoostingClassifier(**parameters, random_state=seed + bag).fit(
            features.to_numpy(), right, sample_weight=weights
        )
        for bag in range(bags)
    ]
    trees = [_tree(stage[0].tree_, options.learning_rate / bags) for model in models for stage in model.estimators_]
    prior = models[0].init_.class_prior_[1]  # of all examples, and so the same for every bag
    return TreeModel(tuple(features.columns), round(log_odds(prior), 6), tuple(trees))


@dataclass(frozen=True, slots=True)
class _Example:
    """A candidate as the trees learn from it."""

    features: Mapping[str, float]
    right: bool
    weight: float


def _examples(question: Question, second_best: float) -> Iterator[_Example]:
    """Each candidate once, or twice where it is accepted and not the best answer: as right, and as wrong."""
    for choice, features in zip(question.choices, features_of(question), strict=True):
        as_wrong = second_best if choice.right and not choice.best else 0.0
        yield _Example(features, choice.right, question.weight * (1 - as_wrong))
        if as_wrong:
            yield _Example(features, False, question.weight * as_wrong)


def features_of(question: Question) -> list[dict[str, float]]:
    """The features of each candidate as the learned ranker sees them."""
    return [with_question(choice.features, question.entity) for choice in question.choices]


def _tree(tree: Any, share: float) -> tuple[Node, ...]:
    nodes = zip(tree.value[:, 0, 0], tree.feature, tree.threshold, tree.children_left, tree.children_right, strict=True)
    return tuple(
        (int(feature), float(f"{threshold:.6g}"), int(left), int(right))
        if left >= 0
        else round(float(value) * share, 5)
        for value, feature, threshold, left, right in nodes
    )
