"""Cross-validation by picture, and the ranker that comes of it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extractor.training.boosting import BoostOptions, features_of, fit_trees
from extractor.training.examples import Question
from extractor.training.thresholds import STEPS, Calibration, Held, calibrate, counts_at, smoothed_best
from rules.constants import ENTITIES
from rules.counts import Counts
from rules.ranker import FORMAT
from rules.trees import TreeModel

GROUPS: dict[str, tuple[str, ...]] = {
    "width": ("width",),
    "height": ("height",),
    "depth": ("depth",),
    "stated": ("item_weight", "maximum_weight_recommendation", "voltage", "wattage", "item_volume"),
}
"""Entities that share trees: the extents have a model each, the stated measures one together."""


@dataclass(frozen=True, slots=True)
class FittedGroup:
    """The trees of one group fitted on all pictures, with what its cross-validation gave."""

    trees: TreeModel
    calibration: Calibration
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted ranker: groups by name, a threshold for each, and the counts held-out rows gave per entity."""

    groups: dict[str, FittedGroup]
    thresholds: dict[str, float]
    counts: dict[str, Counts]

    @property
    def total(self) -> Counts:
        """The counts of all held-out rows."""
        return sum(self.counts.values(), Counts())

    def to_json(self) -> str:
        """The ranker as `rules.ranker.LearnedRanker.from_json` reads it."""
        entities = {
            entity: {
                "trees": group,
                "slope": self.groups[group].calibration.slope,
                "shift": self.groups[group].calibration.shift,
                "threshold": self.thresholds[group],
            }
            for group, members in GROUPS.items()
            for entity in members
        }
        trees = {name: group.trees.to_json() for name, group in self.groups.items()}
        return json.dumps({"format": FORMAT, "entities": entities, "trees": trees}, separators=(",", ":"))


def fit_ranker(
    held_out: Sequence[Question],
    extra: Sequence[Question],
    options: BoostOptions,
    *,
    with_extra: BoostOptions | None = None,
    folds: int = 5,
    seed: int = 0,
) -> Fitted:
    """Fits on all questions; the figures come from `held_out` ones, each by models without its picture.

    `extra` questions are learned from in every fold (those of the fold's own pictures excepted), never measured on.
    A group that has some of them is grown by the options `with_extra`, if there are any.
    """
    extended = {name for name, members in GROUPS.items() if any(q.entity in members for q in extra)}
    groups = {
        name: _fit_group(name, held_out, extra, (name in extended and with_extra) or options, folds, seed)
        for name in GROUPS
    }
    thresholds = _thresholds(groups)
    counts = {
        entity: counts_at(
            [h for h in groups[name].held if h.question.entity == entity], groups[name].calibration, thresholds[name]
        )
        for name, members in GROUPS.items()
        for entity in members
    }
    return Fitted(groups, thresholds, {entity: counts[entity] for entity in ENTITIES})


def _fit_group(
    name: str, held_out: Sequence[Question], extra: Sequence[Question], options: BoostOptions, folds: int, seed: int
) -> FittedGroup:
    own = [q for q in held_out if q.entity in GROUPS[name]]
    more = [q for q in extra if q.entity in GROUPS[name]]
    fold_of = _folds({q.picture for q in own}, folds, seed)
    held: list[Held] = []
    for fold in range(folds):
        left_out = {picture for picture, f in fold_of.items() if f == fold}
        seen = [q for q in (*own, *more) if q.picture not in left_out]
        trees = fit_trees(seen, options, seed)
        held += [_held(q, trees) for q in own if q.picture in left_out]
    return FittedGroup(fit_trees([*own, *more], options, seed), calibrate(held), tuple(held))


def _folds(pictures: Iterable[str], folds: int, seed: int) -> dict[str, int]:
    shuffled = sorted(pictures)
    random.Random(seed).shuffle(shuffled)
    return {picture: i % folds for i, picture in enumerate(shuffled)}


def _held(question: Question, trees: TreeModel) -> Held:
    return Held(question, tuple(trees.log_odds(features_of(question, i)) for i in range(len(question.choices))))


def _thresholds(groups: Mapping[str, FittedGroup]) -> dict[str, float]:
    """Each group's threshold given the others'; two rounds from one half settle.

    A threshold has the highest mean of its group's F1 and the F1 of all rows. By the latter alone depth would never be
    answered: labels made by eye accept an empty depth so often that only near certainty pays. Catalogues do ask for it.
    """
    at = {name: [counts_at(g.held, g.calibration, step) for step in STEPS] for name, g in groups.items()}
    chosen = dict.fromkeys(groups, STEPS.index(0.5))
    for _ in range(2):
        for name in groups:
            others = sum((at[other][chosen[other]] for other in groups if other != name), Counts())
            chosen[name] = smoothed_best([(own.f1 + (own + others).f1) / 2 for own in at[name]])
    return {name: STEPS[i] for name, i in chosen.items()}
