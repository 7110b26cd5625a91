"""Scores predictions on labelled rows: every variant, every entity, intervals, mistakes, comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractor.evaluation.bootstrap import Interval, f1_difference, f1_replicates, interval, tally
from extractor.evaluation.inputs import LabelledRows
from extractor.evaluation.metrics import TEST_MIX, Score, Variant, official_mix_weights, outcome
from extractor.evaluation.mistakes import Mistake, mistakes_of
from rules.outcome import Outcome, count


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


@dataclass(frozen=True, slots=True)
class _System:
    predictions: tuple[str, ...]
    missing: tuple[str, ...]
    outcomes: Mapping[Variant, tuple[Outcome, ...]]

    @property
    def answered(self) -> int:
        blank = (Outcome.FN, Outcome.TN)
        return sum(result not in blank for result in self.outcomes[Variant.PRIMARY])


def evaluate(
    labelled: LabelledRows,
    predictions: Mapping[str, str],
    *,
    candidates: Mapping[str, Sequence[str]] | None = None,
    compared: Mapping[str, Mapping[str, str]] | None = None,
    seed: int = 0,
) -> Evaluation:
    """Scores predictions by index on the labelled rows, at least one, and beside them other systems' by name.

    `candidates` are the answers that the rules had to choose from, by index, where known. `seed` is that of the
    resampling.
    """
    rows, labels = labelled.rows, labelled.labels
    main = _system(labelled, predictions)
    known = {row.index for row in rows} | labelled.left_out
    return Evaluation(
        rows=len(rows),
        pictures=len(set(labelled.pictures)),
        stated=sum(label.primary is not None for label in labels),
        answered=main.answered,
        missing=main.missing,
        extra=tuple(index for index in predictions if index not in known),
        scores=_variant_scores(main, labelled, seed),
        entities=_entity_scores(main, labelled, seed),
        mistakes=mistakes_of(rows, labels, main.predictions, candidates),
        candidates_known=candidates is not None,
        comparisons={
            name: _comparison(main, _system(labelled, theirs), labelled.pictures, seed)
            for name, theirs in (compared or {}).items()
        },
    )


def _system(labelled: LabelledRows, predictions: Mapping[str, str]) -> _System:
    answers = tuple(predictions.get(row.index, "") for row in labelled.rows)
    pairs = tuple(zip(answers, labelled.labels, strict=True))
    outcomes = {variant: tuple(outcome(*pair, variant) for pair in pairs) for variant in Variant}
    missing = tuple(row.index for row in labelled.rows if row.index not in predictions)
    return _System(answers, missing, outcomes)


def _variant_scores(system: _System, labelled: LabelledRows, seed: int) -> dict[Variant, VariantScore]:
    weights = official_mix_weights([row.entity for row in labelled.rows])
    plain = [tally(system.outcomes[variant]) for variant in Variant]
    mixed = [tally(system.outcomes[variant], weights) for variant in Variant]
    by_picture = f1_replicates(plain, labelled.pictures, seed)
    mix_by_picture = f1_replicates(mixed, labelled.pictures, seed)
    by_row = f1_replicates(plain, [row.index for row in labelled.rows], seed)
    return {
        variant: VariantScore.of(
            count(system.outcomes[variant]),
            f1_interval_by_picture=interval(by_picture[i]),
            f1_interval_by_row=interval(by_row[i]),
            test_mix=IntervalScore.of(
                count(system.outcomes[variant], weights), f1_interval_by_picture=interval(mix_by_picture[i])
            ),
        )
        for i, variant in enumerate(Variant)
    }


def _entity_scores(system: _System, labelled: LabelledRows, seed: int) -> dict[str, EntityScore]:
    pictures = labelled.pictures
    scores = {}
    for entity in TEST_MIX:
        mine = [i for i, row in enumerate(labelled.rows) if row.entity == entity]
        if mine:
            accepted = [system.outcomes[Variant.ACCEPTED][i] for i in mine]
            primary = [system.outcomes[Variant.PRIMARY][i] for i in mine]
            (replicates,) = f1_replicates([tally(accepted)], [pictures[i] for i in mine], seed)
            scores[entity] = EntityScore.of(
                count(accepted), f1_interval_by_picture=interval(replicates), primary=Score.of(count(primary))
            )
    return scores


def _comparison(main: _System, other: _System, pictures: Sequence[str], seed: int) -> Comparison:
    scores = {}
    for variant, theirs in other.outcomes.items():
        difference, ends = f1_difference(theirs, main.outcomes[variant], pictures, seed)
        scores[variant] = ComparedScore.of(
            count(theirs), f1_difference=difference, f1_difference_interval_by_picture=ends
        )
    return Comparison(other.answered, other.missing, scores)
