"""The ablation as tables for people."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extractor.evaluation.ablation import Ablation, ArmScore, GroupScore
from extractor.evaluation.bootstrap import Interval
from extractor.evaluation.evaluation_table import score_table
from extractor.evaluation.metrics import Variant
from rules.counts import Counts

HEADING: dict[Variant, str] = {
    Variant.ACCEPTED: "accepted",
    Variant.PRIMARY: "primary",
    Variant.WITHIN_2_PERCENT: "2 %",
    Variant.EXACT_STRING: "exact",
}


def print_ablation(ablation: Ablation, console: Console) -> None:
    """Prints all tables."""
    heading = f"rows {ablation.rows}, pictures {ablation.pictures}, reader {ablation.reader}, OCR {ablation.ocr}"
    console.print(escape(heading), highlight=False)
    kinds = [kind for kind, _ in ablation.arms[0].groups]
    for table in [_scores(ablation), *(_groups(ablation, kind) for kind in kinds), _outcomes(ablation)]:
        console.print()
        console.print(table)


def _scores(ablation: Ablation) -> Table:
    variants = [HEADING[score.variant] for score in ablation.arms[0].evaluation.scores]
    table = score_table("F1, and the difference to (a) by the accepted answers", ("",), (*variants, "to (a)", "95 %"))
    differences = {
        comparison.name: next(d for d in comparison.differences if d.variant is Variant.ACCEPTED)
        for comparison in ablation.arms[0].evaluation.comparisons
    }
    for score in ablation.arms:
        difference = differences.get(score.arm.name)
        table.add_row(
            f"{score.arm.name}  {score.arm.title}",
            *(f"{one.counts.f1:.3f}" for one in score.evaluation.scores),
            f"{difference.difference:+.3f}" if difference else "",
            _range(difference.by_picture) if difference else "",
        )
    table.caption = "intervals: paired bootstrap by picture"
    return table


def _groups(ablation: Ablation, kind: str) -> Table:
    """F1 of every arm on every group; beneath it the difference to (a), with * where 0 is outside its interval."""
    of_arms = [_groups_of(score, kind) for score in ablation.arms]
    title = f"F1 by {kind} (accepted); difference to (a), * where its 95 % interval leaves out 0"
    table = score_table(title, ("",), ("rows", *(score.arm.name for score in ablation.arms)))
    for one in zip(*of_arms, strict=True):
        table.add_row(escape(one[0].group), f"{one[0].counts.total:.0f}", *(_f1(group.counts) for group in one))
        table.add_row("", "", "", *map(_difference, one[1:]), style="dim")
    return table


def _outcomes(ablation: Ablation) -> Table:
    names = list(dict.fromkeys(one.outcome for score in ablation.arms for one in score.outcomes))
    table = score_table("Rows by outcome, of them right", ("",), [score.arm.name for score in ablation.arms])
    for name in names:
        cells = []
        for score in ablation.arms:
            counts = next((one.counts for one in score.outcomes if one.outcome == name), None)
            cells.append(f"{counts.total:.0f}: {counts.tp + counts.tn:.0f}" if counts else "-")
        table.add_row(escape(name), *cells)
    return table


def _groups_of(score: ArmScore, kind: str) -> tuple[GroupScore, ...]:
    return dict(score.groups)[kind]


def _f1(counts: Counts) -> str:
    """F1, or a dash where nothing is stated and nothing was answered."""
    return f"{counts.f1:.3f}" if counts.tp or counts.fp or counts.fn else "-"


def _difference(score: GroupScore) -> str:
    ends = score.difference_interval
    return f"{score.difference:+.3f}{'*' if ends.low > 0 or ends.high < 0 else ''}"


def _range(interval: Interval) -> str:
    return f"{interval.low:+.3f} to {interval.high:+.3f}"
