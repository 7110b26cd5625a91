"""What held-out questions say of models: calibration, thresholds, counts, and which answers can be used unseen."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from extractor.evaluation.coverage import CheckedAnswer, Coverages, coverages_of
from extractor.evaluation.metrics import Variant
from extractor.training.examples import Question
from extractor.training.thresholds import (
    FEWEST_VERIFIED,
    STEPS,
    Calibration,
    HeldOut,
    answers_at,
    calibrate,
    counts_at,
    lowest_verified,
    smoothed_best,
)
from rules.constants import ENTITIES
from rules.counts import Counts

GROUPS: dict[str, tuple[str, ...]] = {
    "width": ("width",),
    "height": ("height",),
    "depth": ("depth",),
    "stated": ("item_weight", "maximum_weight_recommendation", "voltage", "wattage", "item_volume"),
}
"""Entities that share trees: each dimension has a model of its own, the other entities have one together."""
GROUP_OF: dict[str, str] = {entity: name for name, members in GROUPS.items() for entity in members}

Division = Mapping[str, tuple[HeldOut, ...]]
"""The held-out questions by group, from one division of the pictures into folds."""
Learn = Callable[[Sequence[Question]], Callable[[Sequence[Question]], Sequence[HeldOut]]]
"""Makes of questions a model, which gives others their log-odds."""


@dataclass(frozen=True, slots=True)
class TestedGroup:
    """The held-out questions of a group of entities, and the calibration that was fitted to them."""

    held_out: tuple[HeldOut, ...]
    calibration: Calibration

    def held_out_of(self, entity: str) -> list[HeldOut]:
        """The held-out questions on one entity."""
        return [one for one in self.held_out if one.question.entity == entity]

    def verified_from(self, entities: Sequence[str], threshold: float) -> dict[str, float]:
        """The confidence from which answers are verified, by entity; 1 for never.

        There the answers of the group keep the promise, and so do the entity's own, however few they are.
        """
        answers = list(answers_at(self.held_out, self.calibration, threshold, 0.0))
        start = lowest_verified(answers, fewest=FEWEST_VERIFIED)
        return {entity: lowest_verified([a for a in answers if a.entity == entity], start) for entity in entities}


@dataclass(frozen=True, slots=True)
class Tested:
    """All groups by name, their thresholds, and by entity the confidence that is verified and the counts of rows."""

    groups: Mapping[str, TestedGroup]
    thresholds: dict[str, float]
    verified_from: dict[str, float]
    counts: dict[str, Counts]

    @property
    def answers(self) -> Iterator[CheckedAnswer]:
        """The held-out answers."""
        for name, group in self.groups.items():
            for entity in GROUPS[name]:
                held_out, step = group.held_out_of(entity), self.verified_from[entity]
                yield from answers_at(held_out, group.calibration, self.thresholds[name], step)

    @property
    def coverage(self) -> Coverages:
        """How many of the held-out answers can be used unseen."""
        return coverages_of(list(self.answers), ENTITIES)

    @property
    def total(self) -> Counts:
        """The counts of all held-out rows."""
        return sum(self.counts.values(), Counts())


def tested(*divisions: Division) -> Tested:
    """What the held-out questions of all groups say together.

    The divisions are the same questions, held out in other folds. Each has a say in calibration and thresholds, so that
    the chance of one does not decide, and the promise of `verified` is kept in all. The counts are those of the first.
    """
    calibrations = {name: calibrate([h for division in divisions for h in division[name]]) for name in divisions[0]}
    repeats = [
        {name: TestedGroup(held_out, calibrations[name]) for name, held_out in division.items()}
        for division in divisions
    ]
    thresholds = _thresholds(repeats)
    verified_from: dict[str, float] = {}
    counts = {}
    for name, group in repeats[0].items():
        verified_from |= kept_in_all([(groups[name], thresholds[name]) for groups in repeats], GROUPS[name])
        for entity in GROUPS[name]:
            counts[entity] = counts_at(group.held_out_of(entity), group.calibration, thresholds[name])
    return Tested(repeats[0], thresholds, verified_from, counts)


def kept_in_all(groups: Sequence[tuple[TestedGroup, float]], entities: Sequence[str]) -> dict[str, float]:
    """The lowest confidence by entity at which each group, with its threshold, keeps the promise; 1 for never."""
    of_groups = [group.verified_from(entities, threshold) for group, threshold in groups]
    return {entity: max(lowest[entity] for lowest in of_groups) for entity in entities}


def cross_validated(
    own: Sequence[Question], more: Sequence[Question], learn: Learn, folds: int, seed: int, share: float = 1.0
) -> tuple[HeldOut, ...]:
    """Each question of `own` with the log-odds by a model that had not seen its picture.

    Models learn from a `share` of the other pictures, and of `more` from all questions but those on the fold's
    pictures.
    """
    pictures = sorted({q.picture for q in own})
    random.Random(seed).shuffle(pictures)
    held_out: list[HeldOut] = []
    for fold in range(folds):
        left_out = set(pictures[fold::folds])
        others = [picture for picture in pictures if picture not in left_out]
        seen = set(others[: round(share * len(others))])
        model = learn([*(q for q in own if q.picture in seen), *(q for q in more if q.picture not in left_out)])
        held_out += model([q for q in own if q.picture in left_out])
    return tuple(held_out)


def _thresholds(repeats: Sequence[Mapping[str, TestedGroup]]) -> dict[str, float]:
    """Each group's threshold given the others', by the counts of all repeats; from one half they settle in two rounds.

    A threshold has the highest mean of its group's F1 and the F1 of all rows, each by all accepted answers and by the
    best ones alone. By the accepted answers of all rows depth would stay empty: labels made by eye accept an empty
    depth so often that only near certainty pays, but catalogues ask for depths, and the best answer is mostly a value.
    """
    names = list(repeats[0])
    at, best_at = (
        {name: _at_each_step([groups[name] for groups in repeats], variant) for name in names}
        for variant in (Variant.ACCEPTED, Variant.PRIMARY)
    )
    steps = dict.fromkeys(names, STEPS.index(0.5))
    for _ in range(2):
        for name in names:
            others, best_of_others = (
                sum((counts[other][steps[other]] for other in names if other != name), Counts())
                for counts in (at, best_at)
            )
            steps[name] = smoothed_best(
                [
                    fmean([own.f1, (own + others).f1, best.f1, (best + best_of_others).f1])
                    for own, best in zip(at[name], best_at[name], strict=True)
                ]
            )
    return {name: STEPS[i] for name, i in steps.items()}


def _at_each_step(groups: Sequence[TestedGroup], variant: Variant) -> list[Counts]:
    return [
        sum((counts_at(group.held_out, group.calibration, step, variant) for group in groups), Counts())
        for step in STEPS
    ]
