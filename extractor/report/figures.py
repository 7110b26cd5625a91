"""The figures of a report as HTML: each with a sentence, a chart where one helps, and the numbers as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape

from extractor.evaluation.ablation import Ablation
from extractor.evaluation.bootstrap import Interval
from extractor.evaluation.calibration import Calibration
from extractor.evaluation.coverage import Coverages
from extractor.evaluation.evaluate import Evaluation
from extractor.evaluation.metrics import Variant
from extractor.evaluation.tables import signed_range
from extractor.report.charts import bar_chart, calibration_chart, f1_chart
from extractor.report.tables import Cell, Filter, table
from extractor.report.value import Report, Result
from extractor.stages.answer import UNSURE_STATUSES

_RESULT, _KIND, _ENTITY, _REASON, _STATUS = "result", "kind", "entity", "reason", "status"
"""Names of the filters of the list."""


def summary_html(report: Report) -> str:
    """The run in a line of numbers."""
    numbers: list[tuple[str, str]] = [(f"{len(report.rows):,}", "rows"), (f"{report.pictures:,}", "pictures")]
    answered = sum(row.answered.answer.amount is not None for row in report.rows)
    numbers.append((f"{answered:,}", "answered"))
    if report.evaluation is not None:
        results = Counter(row.result for row in report.rows)
        score = report.evaluation.scores[Variant.ACCEPTED]
        low, high = score.f1_interval_by_picture
        numbers += [
            (f"{score.f1:.3f}", f"F1 ({low:.3f} to {high:.3f})"),
            (f"{results[Result.WRONG]:,}", "wrong"),
            (f"{results[Result.MISSING]:,}", "missing"),
        ]
    return "".join(f"<li><b>{number}</b> {escape(name)}</li>" for number, name in numbers)


def figures_html(report: Report) -> str:
    """All figures."""
    return "\n".join(_figures(report))


def _figures(report: Report) -> Iterator[str]:
    if report.evaluation is not None:
        yield _scores(report.evaluation)
    if report.ablation is not None:
        yield _ablation(report.ablation)
    if report.evaluation is not None:
        yield _entities(report.evaluation)
    if report.calibration is not None and report.calibration.bins:
        yield _calibration(report.calibration)
    if report.evaluation is not None:
        if report.evaluation.coverage is not None:
            yield _coverage(report.evaluation.coverage)
        yield _mistakes(report.evaluation)
        yield _confusions(report)
    yield _times(report)
    yield _answers(report)


def _scores(evaluation: Evaluation) -> str:
    rows = [
        (variant.words, score.f1, score.f1_interval_by_picture, score.precision, score.recall, score.test_mix.f1)
        for variant, score in evaluation.scores.items()
    ]
    headings = ("an answer is right when it has the", "F1", "95 % by picture", "precision", "recall", "F1 at test mix")
    text = (
        f"{evaluation.rows:,} labelled rows of {evaluation.pictures:,} pictures, {evaluation.stated:,} labels with a "
        f"value, {evaluation.answered:,} answered. Test mix: the entities in the challenge's shares."
    )
    return _figure("Scores", text, table("Scores", headings, rows), wide=True)


def _entities(evaluation: Evaluation) -> str:
    rows = [
        (
            Filter(_ENTITY, entity, entity),
            *(score.rows, score.f1, score.f1_interval_by_picture, score.precision, score.recall),
            *(score.tp, score.fp, score.fn, score.tn, score.primary.f1),
        )
        for entity, score in evaluation.entities.items()
    ]
    headings = ("entity", "rows", "F1", "95 %", "precision", "recall", "TP", "FP", "FN", "TN", "F1 primary")
    text = "By the accepted answers; intervals by bootstrap over pictures."
    chart = f1_chart(evaluation.entities)
    return _figure("F1 by entity", text, table("F1 by entity", headings, rows), chart, folded=True)


def _calibration(calibration: Calibration) -> str:
    rows: list[tuple[Cell, ...]] = [
        (f"{one.low:.1f}–{one.high:.1f}", one.answers, one.right, one.confidence, one.share, one.interval)
        for one in calibration.bins
    ]
    headings = ("confidence", "answers", "right", "mean confidence", "share right", "95 %")
    text = (
        f"Expected calibration error {calibration.error:.3f} over {calibration.answers:,} answers. On the dashed line "
        "an answer is right as often as its confidence says."
    )
    numbers = table("Calibration by confidence", headings, rows)
    return _figure("Calibration", text, numbers, calibration_chart(calibration), folded=True)


def _coverage(coverages: Coverages) -> str:
    rows: list[tuple[Cell, ...]] = [
        (
            Filter(_ENTITY, entity, entity),
            *(one.all.answers, one.all.precision, one.coverage, one.confidence),
            *(one.verified.answers, one.verified.precision),
        )
        for entity, one in coverages.entities.items()
    ]
    headings = ("entity", "answers", "right", "covered", "from confidence", "verified", "right of these")
    title, every = f"Coverage at {coverages.precision:.0%} precision", coverages.all
    text = (
        f"{every.coverage:.1%} of {every.all.answers:,} answers have a confidence from which on "
        f"{coverages.precision:.0%} are right; {every.verified.right:,} of the {every.verified.answers:,} verified "
        "answers are. The lowest such confidence was chosen on these very rows."
    )
    return _figure(title, text, table(title, headings, rows), folded=True)


def _mistakes(evaluation: Evaluation) -> str:
    mistakes = evaluation.mistakes
    if not mistakes:
        return _figure("Errors by kind", "No labelled row is wrong.", "")
    kinds = Counter(mistake.kind for mistake in mistakes).most_common()
    among = Counter(mistake.kind for mistake in mistakes if mistake.right_among_candidates)
    rows = [(Filter(_KIND, kind.value, kind.words), number, among[kind]) for kind, number in kinds]
    numbers = table("Errors by kind", ("kind", "rows", "right value among the candidates"), rows)
    chart = bar_chart([kind.words for kind, _ in kinds], [number for _, number in kinds], "rows", bad=True)
    return _figure("Errors by kind", f"Rows that are wrong by the accepted answers: {len(mistakes):,}.", numbers, chart)


def _confusions(report: Report) -> str:
    if not report.confusions:
        return _figure("Unit confusions", "No wrong answer is in a unit that its label does not accept.", "")
    rows = [(one.right, one.answered, one.rows) for one in report.confusions]
    numbers = table("Unit confusions", ("unit of the label", "unit of the answer", "rows"), rows)
    return _figure("Unit confusions", "Wrong answers in a unit that their label does not accept.", numbers)


def _ablation(ablation: Ablation) -> str:
    variants = list(ablation.arms[0].scores) if ablation.arms else []
    rows = [
        (
            f"{arm.name}  {arm.title}",
            *(arm.scores[variant].f1 for variant in variants),
            *_difference(arm.difference_to_a, arm.difference_to_a_interval),
        )
        for arm in ablation.arms
    ]
    headings = ("arm", *(f"F1 {variant.value}" for variant in variants), "to (a)", "95 %")
    text = (
        f"Reader {ablation.reader}, OCR {ablation.ocr}, {ablation.rows:,} rows of {ablation.pictures:,} pictures; "
        "differences by the accepted answers, paired bootstrap over pictures."
    )
    return _figure("Ablation", text, table("Ablation", headings, rows), wide=True)


def _difference(difference: float, ends: Interval | None) -> tuple[Cell, Cell]:
    return (f"{difference:+.3f}", signed_range(ends)) if ends else (None, None)


def _times(report: Report) -> str:
    if not report.times:
        return _figure("Time by stage", "Everything came from an earlier run: no stage took any time.", "")
    rows = [(time.stage, time.timed, f"{time.per}s", time.total, time.median, time.slow) for time in report.times]
    headings = ("stage", "timed", "of", "seconds in all", "median", "95 of 100 within")
    text = "Only what this run did itself; what came from an earlier run takes no time. Stages run side by side."
    chart = bar_chart([time.stage for time in report.times], [time.total for time in report.times], "seconds in all")
    return _figure("Time by stage", text, table("Time by stage", headings, rows), chart)


def _answers(report: Report) -> str:
    statuses = [(Filter(_STATUS, status, status), number) for status, number in report.statuses]
    reasons = [(Filter(_REASON, reason, reason), number) for reason, number in report.reasons]
    tables = table("Answers by status", ("status", "rows"), statuses)
    if reasons:
        tables += table("Rows without an answer by reason", ("reason", "rows"), reasons)
    return _figure("Answers", f"Look at what is unsure first: {', '.join(UNSURE_STATUSES)}.", tables)


def _figure(title: str, text: str, numbers: str, chart: str = "", *, folded: bool = False, wide: bool = False) -> str:
    """A section; `folded` numbers are shown when they are asked for."""
    if folded:
        numbers = f"<details><summary>Numbers</summary>{numbers}</details>"
    drawn = f'<div class="chart" role="img" aria-label="{escape(f"{title}. {text}")}">{chart}</div>' if chart else ""
    kind = "figure wide" if wide else "figure"
    return f'<section class="{kind}"><h2>{escape(title)}</h2><p>{escape(text)}</p>{drawn}{numbers}</section>'
