"""Rankers turn the features of a candidate into a score and a probability, by hand-set weights or a learned model."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from rules.constants import ENTITIES, ENTITY_UNITS
from rules.features import Features
from rules.prior import GroupPrior, LookPrior, Prior
from rules.trees import TreeModel
from rules.weight_table import BIAS, FEATURE_WEIGHT, OWN_BIAS, OWN_WEIGHT

HAND_SET = "hand-set"
"""The name of the ranker with hand-set weights."""
LEARNED = "learned"
"""The name of the learned ranker that comes with the package."""
OTHER_NAMES = {"none": HAND_SET}
"""Other spellings of the names above."""
FORMAT = 4
"""The format of ranker files."""
READABLE_FORMATS = (1, 2, 3, FORMAT)
"""Files of format 1 have no priors; those before 3 do not say from which confidence on answers are verified; those
before 4 know no looks of pictures."""
VERIFIED_FROM = 0.8
"""Confidence from which an answer is verified by a ranker that says nothing of it. Set by hand."""


class Ranker(Protocol):
    """Scores candidates. The best one is the answer if its score is above 0."""

    @property
    def exclusive(self) -> bool:
        """Whether a group answers one of width, depth and height at most, or two if it is a diameter."""

    def scores(self, candidates: Sequence[Features], entity: str) -> list[float]:
        """The score of each candidate for the entity."""

    def probability(self, score: float, entity: str) -> float:
        """The probability that a candidate with this score is right."""


@runtime_checkable
class PriorRanker(Ranker, Protocol):
    """A ranker that has features of its own for all candidates of a page."""

    def prior_features(self, group: str, embedding: Sequence[float], entity: str) -> Features:
        """What the product group and the picture's embedding tell of the entity before a text is read."""


@runtime_checkable
class TestedRanker(Ranker, Protocol):
    """A ranker that knows how often its answers were right on pictures that it had not seen."""

    def verified_from(self, entity: str) -> float:
        """The confidence from which its answers can be used unseen; 1 where none can."""


def verified_from(ranker: Ranker, entity: str) -> float:
    """The `verified_from` of a ranker that has it, else `VERIFIED_FROM`."""
    return ranker.verified_from(entity) if isinstance(ranker, TestedRanker) else VERIFIED_FROM


def prior_features(ranker: Ranker, group: str, embedding: Sequence[float], entity: str) -> Features:
    """The `prior_features` of a ranker that has them, else none."""
    return ranker.prior_features(group, embedding, entity) if isinstance(ranker, PriorRanker) else ()


class HandSetRanker:
    """Weighs features by `rules.weight_table`. Its probabilities are not calibrated."""

    exclusive = True

    def scores(self, candidates: Sequence[Features], entity: str) -> list[float]:
        """The bias of the entity and its weights times the features."""
        return [_weighted_sum(features, entity) for features in candidates]

    def probability(self, score: float, entity: str) -> float:
        """The logistic function of the score."""
        return logistic(score)


class WithOwn:
    """A ranker of the official entities that scores those of the user's own by hand-set weights, not calibrated."""

    def __init__(self, official: Ranker) -> None:
        self._official = official

    @property
    def exclusive(self) -> bool:
        """As of the ranker of the official entities."""
        return self._official.exclusive

    def scores(self, candidates: Sequence[Features], entity: str) -> list[float]:
        """The scores by the ranker of the official entities, or the weights for those of the user's own."""
        if entity in ENTITY_UNITS:
            return self._official.scores(candidates, entity)
        return [_sum(features, OWN_BIAS, OWN_WEIGHT) for features in candidates]

    def probability(self, score: float, entity: str) -> float:
        """The ranker's probability, or the logistic function of the score."""
        return self._official.probability(score, entity) if entity in ENTITY_UNITS else logistic(score)

    def prior_features(self, group: str, embedding: Sequence[float], entity: str) -> Features:
        """Those of the ranker of the official entities; none for the user's own."""
        return prior_features(self._official, group, embedding, entity) if entity in ENTITY_UNITS else ()

    def verified_from(self, entity: str) -> float:
        """That of the ranker of the official entities; `VERIFIED_FROM` for the user's own."""
        return verified_from(self._official, entity) if entity in ENTITY_UNITS else VERIFIED_FROM


@dataclass(frozen=True, slots=True)
class EntityModel:
    """The learned model of one entity.

    Calibrated log-odds are `slope` times the trees' log-odds plus `shift`. From the probability `threshold` on, an
    answer improves F1; from the confidence `verified_from` on, answers kept the promise of `verified` on pictures that
    the model had not seen (1 where none did).
    """

    trees: TreeModel
    slope: float
    shift: float
    threshold: float
    verified_from: float = VERIFIED_FROM

    def __post_init__(self) -> None:
        if not 0 < self.verified_from <= 1:
            raise ValueError(f"verified_from {self.verified_from} must be above 0, and 1 at most")
        if not (math.isfinite(self.slope) and math.isfinite(self.shift) and 0 < self.threshold < 1):
            raise ValueError(
                f"slope {self.slope} and shift {self.shift} must be finite, threshold {self.threshold} between 0 and 1"
            )


class LearnedRanker:
    """Boosted trees per entity, fitted by `python -m extractor fit`."""

    exclusive = False

    def __init__(self, models: Mapping[str, EntityModel], priors: Mapping[str, Prior] | None = None) -> None:
        missing = sorted(set(ENTITIES) - set(models))
        if missing:
            raise ValueError(f"the ranker has no model for {', '.join(missing)}")
        self._models = dict(models)
        self._priors = dict(priors or {})

    def scores(self, candidates: Sequence[Features], entity: str) -> list[float]:
        """The calibrated log-odds, less those of the threshold."""
        model = self._models[entity]
        raw = model.trees.log_odds_of([with_question(features, entity) for features in candidates])
        return [model.slope * odds + model.shift - log_odds(model.threshold) for odds in raw]

    def probability(self, score: float, entity: str) -> float:
        """The calibrated probability."""
        return logistic(score + log_odds(self._models[entity].threshold))

    def verified_from(self, entity: str) -> float:
        """As the fit found it on pictures that the models had not seen."""
        return self._models[entity].verified_from

    def prior_features(self, group: str, embedding: Sequence[float], entity: str) -> Features:
        """By the prior of the entity; none where it has none."""
        prior = self._priors.get(entity)
        return prior.features(group, embedding) if prior else ()

    @classmethod
    def from_json(cls, text: str) -> LearnedRanker:
        """The ranker that `fit` wrote; raises ValueError for any other text, and for another format."""
        try:
            data: Mapping[str, Any] = json.loads(text)
            if data["format"] not in READABLE_FORMATS:
                raise ValueError(f"its format is {data['format']}, not {FORMAT}; fit it again")
            trees = {name: TreeModel.from_json(model) for name, model in data["trees"].items()}
            models = {entity: _entity_model(trees[own["trees"]], own) for entity, own in data["entities"].items()}
            groups = {entity: GroupPrior.from_json(prior) for entity, prior in data.get("priors", {}).items()}
            looks = {entity: LookPrior.from_json(prior) for entity, prior in data.get("looks", {}).items()}
        except (AttributeError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError(f"not a ranker: {error}") from error
        none = Prior()
        return cls(
            models,
            {entity: Prior(groups.get(entity, none.group), looks.get(entity, none.look)) for entity in groups | looks},
        )


def _entity_model(trees: TreeModel, own: Mapping[str, Any]) -> EntityModel:
    numbers = {name: float(own[name]) for name in ("slope", "shift", "threshold")}
    return EntityModel(trees, **numbers, verified_from=float(own.get("verified_from", VERIFIED_FROM)))


def ranker_of(name: str) -> Ranker:
    """The ranker called `name`: `HAND_SET`, `LEARNED`, one of `OTHER_NAMES`, or the path of a file that `fit` wrote.

    Raises OSError when the file cannot be read and ValueError when it does not hold a ranker.
    """
    name = ranker_name(name)
    if name == HAND_SET:
        return HandSetRanker()
    return _shipped() if name == LEARNED else LearnedRanker.from_json(Path(name).read_text(encoding="utf-8"))


def ranker_name(name: str) -> str:
    """`name` in its usual spelling."""
    return OTHER_NAMES.get(name, name)


def with_question(features: Features, entity: str) -> dict[str, float]:
    """The input of the trees: the features, the entity in question, and the score by hand-set weights."""
    # The names of features are the ranker's: rules/ranker.json knows the entity as asked_*.
    return dict(features) | {f"asked_{entity}": 1.0, "hand_set": _weighted_sum(features, entity)}


def logistic(x: float) -> float:
    """1 / (1 + e^-x), for any x."""
    return 1 / (1 + math.exp(-max(min(x, 50.0), -50.0)))


def log_odds(p: float) -> float:
    """The log-odds of a probability strictly between 0 and 1."""
    return math.log(p / (1 - p))


@cache
def _shipped() -> Ranker:
    return LearnedRanker.from_json(files("rules").joinpath("ranker.json").read_text(encoding="utf-8"))


def _weighted_sum(features: Features, entity: str) -> float:
    return _sum(features, BIAS[entity], FEATURE_WEIGHT[entity])


def _sum(features: Features, bias: float, weights: Mapping[str, float]) -> float:
    return bias + sum(weights.get(name, 0.0) * value for name, value in features)
