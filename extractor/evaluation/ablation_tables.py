"""How an ablation is shown: as tables for people, and as JSON for machines.

Keys of the JSON are only ever added; `format` changes if one must change. They are the fields of
`extractor.evaluation.ablation.Ablation` and of all it is made of, beside these:

    format   1
    labels   {file, columns}: the evaluation file and the columns its labels stand in
    blank    what stands in the picture's place in arms with blank_picture

An interval is [low, high], 95 %. Numbers are not rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extractor.evaluation.ablation import Ablation, GroupScore
from extractor.evaluation.metrics import Score, Variant
from extractor.evaluation.tables import json_of, print_tables, score_table, signed_range

HEADING: dict[Variant, str] = {
    Variant.ACCEPTED: "accepted",
    Variant.PRIMARY: "primary",
    Variant.WITHIN_2_PERCENT: "2 %",
    Variant.EXACT_STRING: "exact",
}


def ablation_json(ablation: Ablation, *, file: str, columns: Sequence[str]) -> dict[str, Any]:
    """The ablation as a dictionary that `json.dumps` takes."""
    return json_of(ablation, file, columns, blank="plain white")


def print_ablation(ablation: Ablation, console: Console) -> None:
    """Prints all tables."""
    heading = f"rows {ablation.rows}, pictures {ablation.pictures}, reader {ablation.reader}, OCR {ablation.ocr}"
    names = [arm.name for arm in ablation.arms]
    tables = [
        _scores(ablation),
        _groups("entity", names, [arm.entities for arm in ablation.arms]),
        _groups("picture size", names, [arm.sizes for arm in ablation.arms]),
    ]
    if all(arm.cues is not None for arm in ablation.arms):
        tables.append(_groups("cue", names, [arm.cues or {} for arm in ablation.arms]))
    print_tables(heading, [*tables, _outcomes(ablation)], console)


def _scores(ablation: Ablation) -> Table:
    numbers = (*(HEADING[variant] for variant in ablation.arms[0].scores), "to (a)", "95 %")
    table = score_table("F1, and the difference to (a) by the accepted answers", numbers)
    for arm in ablation.arms:
        ends = arm.difference_to_a_interval
        table.add_row(
            f"{arm.name}  {arm.title}",
            *(f"{score.f1:.3f}" for score in arm.scores.values()),
            f"{arm.difference_to_a:+.3f}" if ends else "",
            signed_range(ends) if ends else "",
        )
    table.caption = "intervals: paired bootstrap by picture"
    return table


def _groups(kind: str, names: Sequence[str], of_arms: Sequence[Mapping[str, GroupScore]]) -> Table:
    """F1 of every arm on every group; beneath it the difference to (a), with * where 0 is outside its interval."""
    title = f"F1 by {kind} (accepted); difference to (a), * where its 95 % interval leaves out 0"
    table = score_table(title, ("rows", *names))
    for group, first in of_arms[0].items():
        scores = [groups[group] for groups in of_arms]
        table.add_row(escape(group), f"{first.rows:.0f}", *map(_f1, scores))
        table.add_row("", "", "", *map(_difference, scores[1:]), style="dim")
    return table


def _outcomes(ablation: Ablation) -> Table:
    table = score_table("Rows by outcome, of them right", [arm.name for arm in ablation.arms])
    for outcome in dict.fromkeys(name for arm in ablation.arms for name in arm.outcomes):
        scores = [arm.outcomes.get(outcome) for arm in ablation.arms]
        table.add_row(escape(outcome), *(f"{one.rows:.0f}: {one.tp + one.tn:.0f}" if one else "-" for one in scores))
    return table


def _f1(score: Score) -> str:
    """F1, or a dash where nothing is stated and nothing was answered."""
    return f"{score.f1:.3f}" if score.tp or score.fp or score.fn else "-"


def _difference(score: GroupScore) -> str:
    ends = score.difference_to_a_interval
    return f"{score.difference_to_a:+.3f}{'*' if ends.low > 0 or ends.high < 0 else ''}"
