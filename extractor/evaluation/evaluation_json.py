"""The evaluation as JSON for machines. Keys are only ever added; `format` changes if one must change.

    format        1
    labels        {file, columns}: the evaluation file and the columns its labels stand in
    predictions   where they come from: a file, or "pipeline"
    rows, pictures, stated, answered     counts; stated: rows whose primary answer is not empty
    missing, extra                       indices without a prediction; predicted indices without a row
    scores        by variant (accepted, primary, within_2_percent, exact_string): SCORE with
                  f1_interval_by_picture, f1_interval_by_row ([low, high], 95 %),
                  test_mix: {f1, precision, recall, f1_interval_by_picture} with the entities re-weighted to
                  their shares in the official test set
    entities      by entity, by the accepted answers: SCORE with rows, f1_interval_by_picture, primary: SCORE
    mistakes      one for each row that is wrong by the accepted answers: {index, entity, image_link, kind,
                  label, accepted, prediction, right_among_candidates}; the last is null when not known
    comparisons   by name: {answered, missing, scores: by variant SCORE with f1_difference (the other system
                  less the main one) and f1_difference_interval_by_picture (paired)}

SCORE is {f1, precision, recall, tp, fp, fn, tn}. Numbers are not rounded.
"""

from __future__ import annotations

from typing import Any

from extractor.evaluation.bootstrap import Interval
from extractor.evaluation.evaluate import Comparison, EntityScore, Evaluation, VariantScore
from extractor.evaluation.mistakes import Mistake
from rules.counts import Counts

FORMAT = 1


def evaluation_json(evaluation: Evaluation, *, file: str, columns: tuple[str, ...], predictions: str) -> dict[str, Any]:
    """The evaluation as a dictionary that `json.dumps` takes; its keys are those listed above."""
    return {
        "format": FORMAT,
        "labels": {"file": file, "columns": list(columns)},
        "predictions": predictions,
        "rows": evaluation.rows,
        "pictures": evaluation.pictures,
        "stated": evaluation.stated,
        "answered": evaluation.answered,
        "missing": list(evaluation.missing),
        "extra": list(evaluation.extra),
        "scores": {score.variant.value: _variant(score) for score in evaluation.scores},
        "entities": {score.entity: _entity(score) for score in evaluation.entities},
        "mistakes": [_mistake(mistake) for mistake in evaluation.mistakes],
        "comparisons": {comparison.name: _comparison(comparison) for comparison in evaluation.comparisons},
    }


def _variant(score: VariantScore) -> dict[str, Any]:
    return {
        **_counts(score.counts),
        "f1_interval_by_picture": _ends(score.by_picture),
        "f1_interval_by_row": _ends(score.by_row),
        "test_mix": {**_ratios(score.mix), "f1_interval_by_picture": _ends(score.mix_by_picture)},
    }


def _entity(score: EntityScore) -> dict[str, Any]:
    return {
        "rows": score.counts.total,
        **_counts(score.counts),
        "f1_interval_by_picture": _ends(score.f1_interval),
        "primary": _counts(score.primary),
    }


def _mistake(mistake: Mistake) -> dict[str, Any]:
    return {
        "index": mistake.row.index,
        "entity": mistake.row.entity,
        "image_link": mistake.row.image_link,
        "kind": mistake.kind.value,
        "label": mistake.label.text,
        "accepted": ["" if answer is None else str(answer) for answer in mistake.label.others],
        "prediction": mistake.prediction,
        "right_among_candidates": mistake.right_among_candidates,
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "answered": comparison.answered,
        "missing": list(comparison.missing),
        "scores": {
            difference.variant.value: {
                **_counts(difference.counts),
                "f1_difference": difference.difference,
                "f1_difference_interval_by_picture": _ends(difference.by_picture),
            }
            for difference in comparison.differences
        },
    }


def _counts(counts: Counts) -> dict[str, Any]:
    return {**_ratios(counts), "tp": counts.tp, "fp": counts.fp, "fn": counts.fn, "tn": counts.tn}


def _ratios(counts: Counts) -> dict[str, Any]:
    return {"f1": counts.f1, "precision": counts.precision, "recall": counts.recall}


def _ends(interval: Interval) -> list[float]:
    return [interval.low, interval.high]
