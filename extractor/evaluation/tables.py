"""How an evaluation is shown: as tables for people, and as JSON for machines.

Keys of the JSON are only ever added; `format` changes if one must change. They are the fields of
`extractor.evaluation.evaluate.Evaluation` or `extractor.evaluation.ablation.Ablation` and of all it is made of, beside
these:

    format        1
    labels        {file, columns}: the evaluation file and the columns its labels stand in
    predictions   of an evaluation: where they come from, a file or "pipeline"

An interval is [low, high], 95 %. Numbers are not rounded.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from extractor.cache.target import Target, write_whole
from extractor.evaluation.bootstrap import Interval
from extractor.evaluation.coverage import Coverages
from extractor.evaluation.evaluate import Evaluation
from extractor.evaluation.metrics import Variant
from extractor.evaluation.mistakes import Mistake

FORMAT = 1
WIDTH = 100
INDICES_SHOWN = 5
EXAMPLE_WIDTH = 48
NAME_WIDTH = 22


def evaluation_json(result: Any, *, file: str, columns: Sequence[str], **more: str) -> dict[str, Any]:
    """The fields of an evaluation or an ablation as a dictionary that `json.dumps` takes, `more` keys before them."""
    fields = TypeAdapter(result.__class__).dump_python(result, mode="json")
    return {"format": FORMAT, "labels": {"file": file, "columns": list(columns)}, **more, **fields}


def write_json(target: Target, data: Mapping[str, Any]) -> None:
    """Writes the data as JSON, whole or not at all. Raises OutputError, and ValueError for a number that JSON lacks."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    # A file name may hold bytes that are not UTF-8; JSON can still say them.
    write_whole(target, [text.encode(errors="backslashreplace")])


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Prints all tables, at most `WIDTH` columns wide."""
    tables = [_scores(evaluation), _entities(evaluation)]
    if evaluation.coverage is not None:
        tables.append(coverage_table(evaluation.coverage))
    if evaluation.mistakes:
        tables.append(_mistakes(evaluation))
    if evaluation.comparisons:
        tables.append(_comparisons(evaluation))
    print_tables(_heading(evaluation), tables, console)


def print_tables(heading: str, tables: Iterable[Table], console: Console) -> None:
    """Prints the heading and the tables, a blank line before each."""
    console.print(escape(heading), highlight=False)
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
    table = score_table("Score", "F1", "95 % by picture", "95 % by row", "precision", "recall", "F1 at test mix")
    for variant, score in evaluation.scores.items():
        intervals = (score.f1_interval_by_picture, score.f1_interval_by_row)
        add_row(table, variant.value, score.f1, *intervals, score.precision, score.recall, score.test_mix.f1)
    table.caption = "\n".join(f"{variant.value}: {variant.words}" for variant in Variant)
    return table


def _entities(evaluation: Evaluation) -> Table:
    title = "By entity (accepted; last column: F1 by the primary answers)"
    table = score_table(title, "rows", "F1", "95 %", "P", "R", "TP", "FP", "FN", "TN", "primary")
    for entity, score in evaluation.entities.items():
        ratios = (score.f1, score.f1_interval_by_picture, score.precision, score.recall)
        add_row(table, entity, score.rows, *ratios, score.tp, score.fp, score.fn, score.tn, score.primary.f1)
    return table


def _mistakes(evaluation: Evaluation) -> Table:
    title = f"Mistakes (accepted): {len(evaluation.mistakes)} rows"
    if evaluation.candidates_known:
        title = f"{title}; among: the right value was among the candidates"
    table = score_table(title, "rows", *(["among"] if evaluation.candidates_known else []))
    table.add_column("for example")
    for kind, number in Counter(mistake.kind for mistake in evaluation.mistakes).most_common():
        mistakes = [mistake for mistake in evaluation.mistakes if mistake.kind is kind]
        among = [_among(mistakes)] if evaluation.candidates_known else []
        add_row(table, kind.words, number, *among, _example(mistakes[0]))
    return table


def _among(mistakes: Iterable[Mistake]) -> str:
    known = [m.right_among_candidates for m in mistakes if m.right_among_candidates is not None]
    return f"{sum(known)} of {len(known)}" if known else "-"


def _example(mistake: Mistake) -> str:
    prediction, label = mistake.prediction or "nothing", mistake.label or "nothing"
    text = f"{mistake.index} {mistake.entity}: {prediction}, label {label}"
    return text if len(text) <= EXAMPLE_WIDTH else f"{text[: EXAMPLE_WIDTH - 3]}..."


def _comparisons(evaluation: Evaluation) -> Table:
    table = score_table("Others on the same rows", "", "F1", "precision", "recall", "F1 difference", "95 %")
    table.columns[1].justify = "left"
    missing = []
    for system, comparison in evaluation.comparisons.items():
        name = system[:NAME_WIDTH]
        if comparison.missing:
            missing.append(f"{name}: {len(comparison.missing)}")
        for variant, score in comparison.scores.items():
            difference = (f"{score.f1_difference:+.3f}", signed_range(score.f1_difference_interval_by_picture))
            add_row(table, name, variant.value, score.f1, score.precision, score.recall, *difference)
            name = ""
    if missing:
        table.caption = escape(f"without a prediction, counted as empty: {', '.join(missing)}")
    return table


def coverage_table(coverages: Coverages) -> Table:
    """The share of answers that keep a precision, and how many of the verified ones are right, by entity."""
    title = f"Coverage at {coverages.precision:.0%} precision (accepted)"
    table = score_table(title, "answers", "right", "covered", "from confidence", "verified", "right of these")
    for entity, one in {"all": coverages.all, **coverages.entities}.items():
        promised = one.all.answers, one.all.precision, one.coverage, one.confidence
        cells = (*promised, one.verified.answers, one.verified.precision)
        add_row(table, entity, *("-" if cell is None else cell for cell in cells))
    table.caption = "covered: the share of answers that have a confidence from which on so many are right"
    return table


def score_table(title: str, *numbers: str) -> Table:
    """An empty table: on the left a column of words without a heading, then the columns of numbers."""
    table = Table(
        title=title, box=None, title_justify="left", title_style="bold", caption_justify="left", pad_edge=False
    )
    table.add_column(overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", overflow="fold")
    return table


def add_row(table: Table, *cells: str | float | Interval) -> None:
    """Adds a row: words and counts as they are, other numbers and the ends of intervals with three decimals."""
    table.add_row(*map(_shown, cells))


def signed_range(interval: Interval) -> str:
    """The ends of the interval of a difference."""
    return f"{interval.low:+.3f} to {interval.high:+.3f}"


def _shown(cell: str | float | Interval) -> str:
    if isinstance(cell, Interval):
        return f"{cell.low:.3f}-{cell.high:.3f}"
    return f"{cell:.3f}" if isinstance(cell, float) else escape(str(cell))
