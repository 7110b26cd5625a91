"""Scores predictions on labelled rows: every variant, every entity, intervals, mistakes, comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractor.evaluation.bootstrap import Interval, f1_difference, f1_intervals
from extractor.evaluation.coverage import CheckedAnswer, Coverages, Trust, coverages_of
from extractor.evaluation.inputs import LabelledRows
from extractor.evaluation.metrics import TEST_MIX, Score, Variant, official_mix_weights, outcome, places_of
from extractor.evaluation.mistakes import Mistake, mistakes_of
from rules.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalScore(Score):
    """A score with the interval of its F1 when pictures are resampled."""

    f1_interval_by_picture: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantScore(IntervalScore):
    """The score of all rows by one variant; `test_mix` has the entities in their official shares."""

    f1_interval_by_row: Interval
    test_mix: IntervalScore


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityScore(IntervalScore):
    """The score of one entity's rows by the accepted answers, and that by the primary ones."""

    primary: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedScore(Score):
    """The score of another system, its F1 less F1 of the main one, and the paired interval of that difference."""

    f1_difference: float
    f1_difference_interval_by_picture: Interval


@dataclass(frozen=True, slots=True)
class Comparison:
    """Another system on the same rows; `missing` as in `Evaluation`."""

    answered: int
    missing: tuple[str, ...]
    scores: Mapping[Variant, ComparedScore]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that is known of the predictions for labelled rows; entities and other systems by name.

    `stated` counts the rows whose primary answer is not empty. `missing` are the indices without a prediction
    (they count as empty), `extra` those of predictions without a row (they do not count).
    """

    rows: int
    pictures: int
    stated: int
    answered: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    scores: Mapping[Variant, VariantScore]
    entities: Mapping[str, EntityScore]
    mistakes: tuple[Mistake, ...]
    candidates_known: bool
    comparisons: Mapping[str, Comparison]
    coverage: Coverages | None = None


Outcomes = Mapping[Variant, Sequence[Outcome]]
"""What the rows count as, in their order, by each variant."""


def evaluate(
    labelled: LabelledRows,
    predictions: Mapping[str, str],
    *,
    candidates: Mapping[str, Sequence[str]] | None = None,
    trust: Mapping[str, Trust] | None = None,
    compared: Mapping[str, Mapping[str, str]] | None = None,
    seed: int = 0,
) -> Evaluation:
    """Scores predictions by index on the labelled rows, at least one, and beside them other systems' by name.

    `candidates` are the answers that the rules had to choose from and `trust` how far the predictions can be trusted,
    by index, where known. `seed` is that of the resampling.
    """
    rows = labelled.rows
    main = outcomes_of(labelled, predictions)
    known = {row.index for row in rows} | labelled.left_out
    return Evaluation(
        rows=len(rows),
        pictures=len(set(labelled.pictures)),
        stated=sum(label.primary is not None for label in labelled.labels),
        answered=answered(main),
        missing=_missing(labelled, predictions),
        extra=tuple(index for index in predictions if index not in known),
        scores=_variant_scores(main, labelled, seed),
        entities=_entity_scores(main, labelled, seed),
        mistakes=mistakes_of(labelled, predictions, candidates),
        candidates_known=candidates is not None,
        comparisons={name: _comparison(main, theirs, labelled, seed) for name, theirs in (compared or {}).items()},
        coverage=_coverage(main, labelled, trust) if trust else None,
    )


def outcomes_of(labelled: LabelledRows, predictions: Mapping[str, str]) -> Outcomes:
    """What the rows count as with these predictions, by index."""
    pairs = list(zip(labelled.answers(predictions), labelled.labels, strict=True))
    return {variant: [outcome(*pair, variant) for pair in pairs] for variant in Variant}


def answered(outcomes: Outcomes) -> int:
    """How many rows have an answer."""
    return sum(one in (Outcome.TP, Outcome.FP) for one in outcomes[Variant.PRIMARY])


def _missing(labelled: LabelledRows, predictions: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row.index for row in labelled.rows if row.index not in predictions)


def _variant_scores(main: Outcomes, labelled: LabelledRows, seed: int) -> dict[Variant, VariantScore]:
    weights = official_mix_weights([row.entity for row in labelled.rows])
    by_picture = f1_intervals(main.values(), labelled.pictures, seed)
    mix_by_picture = f1_intervals(main.values(), labelled.pictures, seed, weights)
    by_row = f1_intervals(main.values(), [row.index for row in labelled.rows], seed)
    return {
        variant: VariantScore.of(
            outcomes,
            f1_interval_by_picture=by_picture[i],
            f1_interval_by_row=by_row[i],
            test_mix=IntervalScore.of(outcomes, weights, f1_interval_by_picture=mix_by_picture[i]),
        )
        for i, (variant, outcomes) in enumerate(main.items())
    }


def _entity_scores(main: Outcomes, labelled: LabelledRows, seed: int) -> dict[str, EntityScore]:
    pictures = labelled.pictures
    scores = {}
    order = (*TEST_MIX, *labelled.entities.own_names)
    for entity, places in places_of([row.entity for row in labelled.rows], order).items():
        accepted, primary = ([main[variant][i] for i in places] for variant in (Variant.ACCEPTED, Variant.PRIMARY))
        (ends,) = f1_intervals([accepted], [pictures[i] for i in places], seed)
        scores[entity] = EntityScore.of(accepted, f1_interval_by_picture=ends, primary=Score.of(primary))
    return scores


def _coverage(main: Outcomes, labelled: LabelledRows, trust: Mapping[str, Trust]) -> Coverages:
    checked = [
        CheckedAnswer(row.entity, trust[row.index], one is Outcome.TP)
        for row, one in zip(labelled.rows, main[Variant.ACCEPTED], strict=True)
        if one in (Outcome.TP, Outcome.FP) and row.index in trust
    ]
    return coverages_of(checked, (*TEST_MIX, *labelled.entities.own_names))


def _comparison(main: Outcomes, predictions: Mapping[str, str], labelled: LabelledRows, seed: int) -> Comparison:
    outcomes = outcomes_of(labelled, predictions)
    scores = {}
    for variant, theirs in outcomes.items():
        difference, ends = f1_difference(theirs, main[variant], labelled.pictures, seed)
        scores[variant] = ComparedScore.of(theirs, f1_difference=difference, f1_difference_interval_by_picture=ends)
    return Comparison(answered(outcomes), _missing(labelled, predictions), scores)
