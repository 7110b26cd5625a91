"""The evaluation as tables for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extractor.evaluation.bootstrap import Interval
from extractor.evaluation.evaluate import Evaluation
from extractor.evaluation.metrics import Variant
from extractor.evaluation.mistakes import Kind, Mistake
from rules.counts import Counts

WIDTH = 100
INDICES_SHOWN = 5
EXAMPLE_WIDTH = 48
NAME_WIDTH = 22

RIGHT_WHEN: dict[Variant, str] = {
    Variant.ACCEPTED: "unit and number (0.1 %) of any accepted answer",
    Variant.PRIMARY: "unit and number (0.1 %) of the primary answer",
    Variant.WITHIN_2_PERCENT: "unit and number (2 %) of the primary answer",
    Variant.EXACT_STRING: "the very text of the label",
}

KIND_TEXT: dict[Kind, str] = {
    Kind.MISSED: "left empty though stated",
    Kind.ANSWERED_THOUGH_EMPTY: "answered though not stated",
    Kind.NOT_A_MEASURE: "not a number and a unit",
    Kind.OTHER_ENTITY: "value of another entity",
    Kind.CLOSE: "within 2 % of the right number",
    Kind.SAME_AMOUNT: "right amount, unit not accepted",
    Kind.WRONG_UNIT: "right number, wrong unit",
    Kind.FACTOR_OF_TEN: "decimal point misplaced",
    Kind.ANOTHER_VALUE: "another wrong value",
}


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Prints all tables, at most `WIDTH` columns wide."""
    console.print(escape(_heading(evaluation)), highlight=False)
    tables = [_scores(evaluation), _entities(evaluation)]
    if evaluation.mistakes:
        tables.append(_mistakes(evaluation))
    if evaluation.comparisons:
        tables.append(_comparisons(evaluation))
    for table in tables:
        console.print()
        console.print(table)


def evaluation_console() -> Console:
    """A console on standard output that the tables fit; plain text when it is not a terminal."""
    console = Console(highlight=False)
    if not console.is_terminal or console.width > WIDTH:
        console.width = WIDTH
    return console


def _heading(evaluation: Evaluation) -> str:
    lines = [
        f"rows {evaluation.rows}, pictures {evaluation.pictures}, "
        f"labels with a value {evaluation.stated}, answered {evaluation.answered}"
    ]
    if evaluation.missing:
        lines.append(f"without a prediction, counted as empty: {_some(evaluation.missing)}")
    if evaluation.extra:
        lines.append(f"predictions for no row, not counted: {_some(evaluation.extra)}")
    return "\n".join(lines)


def _some(indices: Sequence[str]) -> str:
    shown = ", ".join(indices[:INDICES_SHOWN])
    more = f", ... ({len(indices)} in all)" if len(indices) > INDICES_SHOWN else ""
    return f"index {shown}{more}"


def _scores(evaluation: Evaluation) -> Table:
    numbers = ("F1", "95 % by picture", "95 % by row", "precision", "recall", "F1 at test mix")
    table = score_table("Score", ("",), numbers)
    for score in evaluation.scores:
        table.add_row(
            score.variant.value,
            f"{score.counts.f1:.3f}",
            _range(score.by_picture),
            _range(score.by_row),
            f"{score.counts.precision:.3f}",
            f"{score.counts.recall:.3f}",
            f"{score.mix.f1:.3f}",
        )
    table.caption = "\n".join(f"{variant.value}: {right}" for variant, right in RIGHT_WHEN.items())
    return table


def _entities(evaluation: Evaluation) -> Table:
    numbers = ("rows", "F1", "95 %", "P", "R", "TP", "FP", "FN", "TN", "primary")
    table = score_table("By entity (accepted; last column: F1 by the primary answers)", ("",), numbers)
    for score in evaluation.entities:
        counts = score.counts
        table.add_row(
            score.entity,
            str(counts.total),
            f"{counts.f1:.3f}",
            _range(score.f1_interval),
            f"{counts.precision:.3f}",
            f"{counts.recall:.3f}",
            *_outcomes(counts),
            f"{score.primary.f1:.3f}",
        )
    return table


def _mistakes(evaluation: Evaluation) -> Table:
    of_kind: defaultdict[Kind, list[Mistake]] = defaultdict(list)
    for mistake in evaluation.mistakes:
        of_kind[mistake.kind].append(mistake)
    title = f"Mistakes (accepted): {len(evaluation.mistakes)} rows"
    table = score_table(title, ("",), ("rows",))
    if evaluation.candidates_known:
        table.title = f"{title}; among: the right value was among the candidates"
        table.add_column("among", justify="right")
    table.add_column("for example")
    for kind, mistakes in sorted(of_kind.items(), key=lambda item: -len(item[1])):
        cells = [KIND_TEXT[kind], str(len(mistakes))]
        if evaluation.candidates_known:
            cells.append(_among(mistakes))
        table.add_row(*cells, escape(_example(mistakes[0])))
    return table


def _among(mistakes: Iterable[Mistake]) -> str:
    known = [mistake.right_among_candidates for mistake in mistakes]
    told = [among for among in known if among is not None]
    return f"{sum(told)} of {len(told)}" if told else "-"


def _example(mistake: Mistake) -> str:
    said, right = mistake.prediction or "nothing", mistake.label.text or "nothing"
    text = f"{mistake.row.index} {mistake.row.entity}: {said}, label {right}"
    return text if len(text) <= EXAMPLE_WIDTH else f"{text[: EXAMPLE_WIDTH - 3]}..."


def _comparisons(evaluation: Evaluation) -> Table:
    table = score_table("Others on the same rows", ("", ""), ("F1", "precision", "recall", "F1 difference", "95 %"))
    for comparison in evaluation.comparisons:
        name = escape(comparison.name[:NAME_WIDTH])
        for difference in comparison.differences:
            table.add_row(
                name,
                difference.variant.value,
                f"{difference.counts.f1:.3f}",
                f"{difference.counts.precision:.3f}",
                f"{difference.counts.recall:.3f}",
                f"{difference.difference:+.3f}",
                f"{difference.by_picture.low:+.3f} to {difference.by_picture.high:+.3f}",
            )
            name = ""
    missing = [f"{c.name[:NAME_WIDTH]}: {len(c.missing)}" for c in evaluation.comparisons if c.missing]
    if missing:
        table.caption = escape(f"without a prediction, counted as empty: {', '.join(missing)}")
    return table


def score_table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    """An empty table: columns of words on the left, then columns of numbers."""
    table = Table(
        title=title, box=None, title_justify="left", title_style="bold", caption_justify="left", pad_edge=False
    )
    for name in words:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", overflow="fold")
    return table


def _outcomes(counts: Counts) -> tuple[str, str, str, str]:
    return str(counts.tp), str(counts.fp), str(counts.fn), str(counts.tn)


def _range(interval: Interval) -> str:
    return f"{interval.low:.3f}-{interval.high:.3f}"
