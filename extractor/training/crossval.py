"""Fits the ranker, with cross-validation by picture."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from extractor.evaluation.coverage import Coverages, coverages_of
from extractor.training.boosting import BoostOptions, features_of, fit_trees
from extractor.training.examples import Question
from extractor.training.priors import group_counts, with_other_rows, with_prior
from extractor.training.thresholds import STEPS, Calibration, HeldOut, answers_at, calibrate, counts_at, smoothed_best
from rules.constants import ENTITIES
from rules.counts import Counts
from rules.prior import GroupPrior
from rules.ranker import FORMAT
from rules.trees import TreeModel

GROUPS: dict[str, tuple[str, ...]] = {
    "width": ("width",),
    "height": ("height",),
    "depth": ("depth",),
    "stated": ("item_weight", "maximum_weight_recommendation", "voltage", "wattage", "item_volume"),
}
"""Entities that share trees: each dimension has a model of its own, the other entities have one together."""

WITH_PRIOR = frozenset({"depth"})
"""Entities that have a group prior; to width and height it gave nothing (docs/ranker.md)."""


@dataclass(frozen=True, slots=True)
class FittedGroup:
    """The trees of one group, fitted on all pictures, and its calibration, fitted on the held-out questions.

    `prior`: that of entities in `WITH_PRIOR`; others have none.
    """

    trees: TreeModel
    calibration: Calibration
    held_out: tuple[HeldOut, ...]
    prior: GroupPrior | None = None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted ranker: groups and their thresholds by name, and the counts of held-out rows by entity."""

    groups: dict[str, FittedGroup]
    thresholds: dict[str, float]
    counts: dict[str, Counts]

    @property
    def coverage(self) -> Coverages:
        """How many of the held-out answers can be used unseen."""
        answers = [
            answer
            for name, group in self.groups.items()
            for answer in answers_at(group.held_out, group.calibration, self.thresholds[name])
        ]
        return coverages_of(answers, ENTITIES)

    @property
    def total(self) -> Counts:
        """The counts of all held-out rows."""
        return sum(self.counts.values(), Counts())

    def to_json(self) -> str:
        """The ranker as `rules.ranker.LearnedRanker.from_json` reads it."""
        entities = {
            entity: {"trees": group, **asdict(self.groups[group].calibration), "threshold": self.thresholds[group]}
            for group, members in GROUPS.items()
            for entity in members
        }
        trees = {name: group.trees.to_json() for name, group in self.groups.items()}
        priors = {name: group.prior.to_json() for name, group in self.groups.items() if group.prior}
        ranker = {"format": FORMAT, "entities": entities, "trees": trees, "priors": priors}
        return json.dumps(ranker, separators=(",", ":"))


def fit_ranker(
    questions: Sequence[Question],
    extra: Sequence[Question],
    options: BoostOptions,
    *,
    with_extra: BoostOptions | None = None,
    folds: int = 5,
    seed: int = 0,
) -> Fitted:
    """Fits on all questions; the counts come from `questions`, each answered by models without its picture.

    `extra` questions are learned from in every fold (those of the fold's own pictures excepted), never measured on.
    The trees of a group that has some of them are grown by the options `with_extra` where these are given.
    """
    groups = {}
    for name, members in GROUPS.items():
        own = [q for q in questions if q.entity in members]
        more = [q for q in extra if q.entity in members]
        groups[name] = _fit_group(own, more, (with_extra if more else None) or options, folds, seed)
    thresholds = _thresholds(groups)
    counts = {
        entity: counts_at(
            [h for h in group.held_out if h.question.entity == entity], group.calibration, thresholds[name]
        )
        for name, group in groups.items()
        for entity in GROUPS[name]
    }
    return Fitted(groups, thresholds, counts)


def report(fitted: Fitted, own: int, more: int) -> list[str]:
    """The scores and thresholds of a ranker fitted to `own` questions labelled by eye and `more` of a catalogue."""
    total = fitted.total
    return [
        f"{own} rows by eye, {more} of a catalogue; F1 by cross-validation {total.f1:.3f} "
        f"(TP {total.tp}, FP {total.fp}, FN {total.fn})",
        *(f"  {entity:30s} F1 {fitted.counts[entity].f1:.3f}" for entity in ENTITIES),
        *(f"  threshold {name:20s} {threshold:.3f}" for name, threshold in fitted.thresholds.items()),
    ]


def _fit_group(
    own: Sequence[Question], more: Sequence[Question], options: BoostOptions, folds: int, seed: int
) -> FittedGroup:
    pictures = sorted({q.picture for q in own})
    random.Random(seed).shuffle(pictures)
    held_out: list[HeldOut] = []
    for fold in range(folds):
        left_out = set(pictures[fold::folds])
        trees, prior = _fit_model([q for q in (*own, *more) if q.picture not in left_out], options, seed)
        questions = with_prior([q for q in own if q.picture in left_out], prior)
        held_out += [HeldOut(q, tuple(trees.log_odds_of(features_of(q)))) for q in questions]
    trees, prior = _fit_model([*own, *more], options, seed)
    return FittedGroup(trees, calibrate(held_out), tuple(held_out), prior if prior.shifts else None)


def _fit_model(questions: Sequence[Question], options: BoostOptions, seed: int) -> tuple[TreeModel, GroupPrior]:
    """The trees, and the prior; an empty one for entities that are not in `WITH_PRIOR`."""
    if any(question.entity not in WITH_PRIOR for question in questions):
        return fit_trees(questions, options, seed), GroupPrior({})
    counts = group_counts(questions)
    return fit_trees(with_other_rows(questions, counts), options, seed), counts.prior()


def _thresholds(groups: Mapping[str, FittedGroup]) -> dict[str, float]:
    """Each group's threshold given the others'; from one half they settle in two rounds.

    A threshold has the highest mean of its group's F1 and the F1 of all rows. By F1 of all rows depth would stay empty:
    labels made by eye accept an empty depth so often that only near certainty pays, but catalogues ask for depths.
    """
    at = {name: [counts_at(g.held_out, g.calibration, step) for step in STEPS] for name, g in groups.items()}
    steps = dict.fromkeys(groups, STEPS.index(0.5))
    for _ in range(2):
        for name in groups:
            others = sum((at[other][steps[other]] for other in groups if other != name), Counts())
            steps[name] = smoothed_best([(own.f1 + (own + others).f1) / 2 for own in at[name]])
    return {name: STEPS[i] for name, i in steps.items()}
