"""How an ablation is shown to people; `extractor.evaluation.tables` makes its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from extractor.evaluation.ablation import ARMS, Ablation, ArmScore, GroupScore
from extractor.evaluation.metrics import Score, Variant
from extractor.evaluation.tables import add_row, print_tables, score_table, signed_range

HEADING: dict[Variant, str] = {
    Variant.ACCEPTED: "accepted",
    Variant.PRIMARY: "primary",
    Variant.WITHIN_2_PERCENT: "2 %",
    Variant.EXACT_STRING: "exact",
}


def print_ablation(ablation: Ablation, console: Console) -> None:
    """Prints all tables."""
    heading = f"rows {ablation.rows}, pictures {ablation.pictures}, reader {ablation.reader}, OCR {ablation.ocr}"
    arms = ablation.arms
    tables = [
        _scores(arms),
        _groups("entity", [arm.entities for arm in arms]),
        _groups("picture size", [arm.sizes for arm in arms]),
    ]
    cues = [arm.cues for arm in arms if arm.cues is not None]
    if cues:
        tables.append(_groups("cue", cues))
    print_tables(heading, [*tables, _outcomes(arms)], console)


def _scores(arms: Sequence[ArmScore]) -> Table:
    headings = [HEADING[variant] for variant in arms[0].scores]
    table = score_table("F1, and the difference to (a) by the accepted answers", *headings, "to (a)", "95 %")
    for arm in arms:
        ends = arm.difference_to_a_interval
        difference = (f"{arm.difference_to_a:+.3f}", signed_range(ends)) if ends else ()
        add_row(table, f"{arm.name}  {arm.title}", *(score.f1 for score in arm.scores.values()), *difference)
    table.caption = "intervals: paired bootstrap by picture"
    return table


def _groups(kind: str, of_arms: Sequence[Mapping[str, GroupScore]]) -> Table:
    """F1 of every arm on every group; beneath it the difference to (a), with * where 0 is outside its interval."""
    title = f"F1 by {kind} (accepted); difference to (a), * where its 95 % interval leaves out 0"
    table = score_table(title, "rows", *(arm.name for arm in ARMS))
    table.row_styles = ["", "dim"]
    for group, first in of_arms[0].items():
        scores = [groups[group] for groups in of_arms]
        add_row(table, group, first.rows, *map(_f1, scores))
        add_row(table, "", "", "", *map(_difference, scores[1:]))
    return table


def _outcomes(arms: Sequence[ArmScore]) -> Table:
    table = score_table("Rows by outcome, of them right", *(arm.name for arm in arms))
    for outcome in dict.fromkeys(name for arm in arms for name in arm.outcomes):
        scores = [arm.outcomes.get(outcome) for arm in arms]
        add_row(table, outcome, *(f"{one.rows}: {one.tp + one.tn}" if one else "-" for one in scores))
    return table


def _f1(score: Score) -> float | str:
    """F1, or a dash where nothing is stated and nothing was answered."""
    return score.f1 if score.tp or score.fp or score.fn else "-"


def _difference(score: GroupScore) -> str:
    ends = score.difference_to_a_interval
    return f"{score.difference_to_a:+.3f}{'*' if ends.low > 0 or ends.high < 0 else ''}"
