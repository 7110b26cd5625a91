"""Fits the ranker, with cross-validation by picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from extractor.training.boosting import BoostOptions, features_of, fit_trees
from extractor.training.contrasts import contrasts
from extractor.training.examples import Question
from extractor.training.looks import look_prior, with_other_pictures
from extractor.training.priors import group_counts, with_other_rows, with_prior
from extractor.training.tested import GROUPS, Learn, Tested, cross_validated, tested
from extractor.training.thresholds import HeldOut
from rules.constants import DIMENSIONS, ENTITIES
from rules.prior import Prior
from rules.ranker import FORMAT
from rules.trees import TreeModel

WITH_GROUPS = frozenset({"depth"})
"""Entities whose prior knows product groups; to width and height these gave nothing (docs/ranker.md)."""
WITH_LOOKS = DIMENSIONS
"""Entities whose prior knows looks of pictures."""

REPEATS = 3
"""Divisions into folds: by one alone, the threshold of depth is 0.50, 0.60 or 0.63, and that is chance."""


@dataclass(frozen=True, slots=True)
class Model:
    """The trees of one group of entities, and what is known of it before a text is read."""

    trees: TreeModel
    prior: Prior

    def log_odds(self, questions: Sequence[Question]) -> list[HeldOut]:
        """The questions, which the model has not seen, with the log-odds of their candidates."""
        return [HeldOut(q, tuple(self.trees.log_odds_of(features_of(q)))) for q in with_prior(questions, self.prior)]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A ranker: a model for each group, fitted on all pictures, and what the questions held out from others say."""

    models: dict[str, Model]
    tested: Tested

    def to_json(self) -> str:
        """The ranker as `rules.ranker.LearnedRanker.from_json` reads it."""
        said = self.tested
        entities = {
            entity: {
                "trees": group,
                **asdict(said.groups[group].calibration),
                "threshold": said.thresholds[group],
                "verified_from": said.verified_from[entity],
            }
            for group, members in GROUPS.items()
            for entity in members
        }
        trees = {name: model.trees.to_json() for name, model in self.models.items()}
        groups = {name: model.prior.group.to_json() for name, model in self.models.items() if model.prior.group.shifts}
        looks = {name: model.prior.look.to_json() for name, model in self.models.items() if model.prior.look.weights}
        ranker = {"format": FORMAT, "entities": entities, "trees": trees, "priors": groups, "looks": looks}
        return json.dumps(ranker, separators=(",", ":"))


def fit_ranker(
    questions: Sequence[Question],
    extra: Sequence[Question],
    options: BoostOptions,
    *,
    for_many: BoostOptions | None = None,
    folds: int = 5,
    repeats: int = REPEATS,
    seed: int = 0,
) -> Fitted:
    """Fits on all questions; the counts come from `questions`, each answered by models without its picture.

    The pictures are divided into folds `repeats` times: calibration and thresholds come from all divisions, the counts
    from the first.

    `extra` questions are learned from in every fold (those of the fold's own pictures excepted), never measured on.
    The trees of a group with more of them than `questions` are grown by the options `for_many` where these are given.
    """
    models: dict[str, Model] = {}
    divisions: list[dict[str, tuple[HeldOut, ...]]] = [{} for _ in range(repeats)]
    for name, members in GROUPS.items():
        own = [q for q in questions if q.entity in members]
        more = [q for q in extra if q.entity in members]
        of_group = options_for(own, more, options, for_many or options)
        for i, division in enumerate(divisions, seed):
            division[name] = cross_validated(own, more, learner(of_group, i), folds, i)
        models[name] = fit_model([*own, *more], of_group, seed)
    return Fitted(models, tested(*divisions))


def options_for(
    own: Sequence[Question], more: Sequence[Question], options: BoostOptions, for_many: BoostOptions
) -> BoostOptions:
    """How the trees of a group are grown: by `for_many` where it learns from more other questions than its own."""
    return for_many if len(more) > len(own) else options


def fit_model(questions: Sequence[Question], options: BoostOptions, seed: int) -> Model:
    """The model of a group of entities, from questions on these."""
    entities = {question.entity for question in questions}
    as_unseen, prior = [*questions, *contrasts(questions)], Prior()
    if entities <= WITH_GROUPS:
        counts = group_counts(questions)
        as_unseen, prior = with_other_rows(as_unseen, counts), replace(prior, group=counts.prior())
    if entities <= WITH_LOOKS:
        as_unseen, prior = with_other_pictures(as_unseen, seed), replace(prior, look=look_prior(questions))
    return Model(fit_trees(as_unseen, options, seed), prior)


def learner(options: BoostOptions, seed: int) -> Learn:
    """How models of a group are fitted, for `cross_validated`."""
    return lambda questions: fit_model(questions, options, seed).log_odds


def report(said: Tested, own: int, more: int) -> list[str]:
    """The scores and thresholds of a ranker fitted to `own` questions and `more` that it only learned from."""
    total = said.total
    return [
        f"{own} rows by eye, {more} to learn from only; F1 by cross-validation {total.f1:.3f} "
        f"(TP {total.tp}, FP {total.fp}, FN {total.fn})",
        *(
            f"  {entity:30s} F1 {said.counts[entity].f1:.3f}, verified from {said.verified_from[entity]:.2f}"
            for entity in ENTITIES
        ),
        *(f"  threshold {name:20s} {threshold:.3f}" for name, threshold in said.thresholds.items()),
    ]
