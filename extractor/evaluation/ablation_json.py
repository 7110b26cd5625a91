"""The ablation as JSON for machines. Keys are only ever added; `format` changes if one must change.

    format          1
    labels          {file, columns}: the evaluation file and the columns its labels stand in
    reader, ocr     the reader and the OCR engine by name
    rows, pictures  counts; seed: of the resampling
    blank           what stood in the picture's place in arms with blank_picture
    arms            one for each way: {name, title, vlm, ocr_in_prompt, fallback, blank_picture, f1 (accepted),
                    difference_to_a (of f1), difference_to_a_interval (paired, by picture, 95 %; null for a),
                    answered, scores: by variant SCORE with f1_interval_by_picture, difference_to_a and
                    difference_to_a_interval,
                    entities, sizes, cues (null without such a column): by group SCORE with rows, difference_to_a,
                    difference_to_a_interval,
                    outcomes: by outcome of the policy SCORE with rows}

SCORE is {f1, precision, recall, tp, fp, fn, tn}. Numbers are not rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extractor.evaluation.ablation import Ablation, ArmScore, GroupScore
from extractor.evaluation.bootstrap import Interval
from extractor.evaluation.evaluate import Difference, VariantScore
from extractor.evaluation.metrics import Variant
from rules.counts import Counts

FORMAT = 1


def ablation_json(ablation: Ablation, *, file: str, columns: tuple[str, ...]) -> dict[str, Any]:
    """The ablation as a dictionary that `json.dumps` takes; its keys are those listed above."""
    compared = {comparison.name: comparison.differences for comparison in ablation.arms[0].evaluation.comparisons}
    return {
        "format": FORMAT,
        "labels": {"file": file, "columns": list(columns)},
        "reader": ablation.reader,
        "ocr": ablation.ocr,
        "rows": ablation.rows,
        "pictures": ablation.pictures,
        "seed": ablation.seed,
        "blank": "plain white",
        "arms": [_arm(score, compared.get(score.arm.name, ())) for score in ablation.arms],
    }


def _arm(score: ArmScore, differences: tuple[Difference, ...]) -> dict[str, Any]:
    to_first = {difference.variant: difference for difference in differences}
    groups = {kind: {one.group: _group(one) for one in of_kind} for kind, of_kind in score.groups}
    scores = {one.variant.value: _variant(one, to_first) for one in score.evaluation.scores}
    accepted = scores[Variant.ACCEPTED.value]
    return {
        "name": score.arm.name,
        "title": score.arm.title,
        "vlm": score.arm.vlm,
        "ocr_in_prompt": score.arm.ocr_in_prompt,
        "fallback": score.arm.fallback,
        "blank_picture": score.arm.blank_picture,
        "f1": accepted["f1"],
        "difference_to_a": accepted["difference_to_a"],
        "difference_to_a_interval": accepted["difference_to_a_interval"],
        "answered": score.evaluation.answered,
        "scores": scores,
        "entities": groups["entity"],
        "sizes": groups["picture size"],
        "cues": groups.get("cue"),
        "outcomes": {one.outcome: {"rows": one.counts.total, **_counts(one.counts)} for one in score.outcomes},
    }


def _variant(score: VariantScore, to_first: Mapping[Variant, Difference]) -> dict[str, Any]:
    difference = to_first.get(score.variant)
    return {
        **_counts(score.counts),
        "f1_interval_by_picture": _ends(score.by_picture),
        "difference_to_a": difference.difference if difference else 0.0,
        "difference_to_a_interval": _ends(difference.by_picture) if difference else None,
    }


def _group(score: GroupScore) -> dict[str, Any]:
    return {
        "rows": score.counts.total,
        **_counts(score.counts),
        "difference_to_a": score.difference,
        "difference_to_a_interval": _ends(score.difference_interval),
    }


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "f1": counts.f1,
        "precision": counts.precision,
        "recall": counts.recall,
        "tp": counts.tp,
        "fp": counts.fp,
        "fn": counts.fn,
        "tn": counts.tn,
    }


def _ends(interval: Interval) -> list[float]:
    return [interval.low, interval.high]
