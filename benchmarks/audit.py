"""How well the audit finds wrong labels: python -m benchmarks.audit --labels FILE --store FILE, and one of two options.

--curated FILE: the labels are a catalogue's, and those in the column `curated_value` of FILE a person's, joined by the
picture's name and the entity. A row is wrong where the person changed what the label says; `15 kilogram` for
`15.0 kilogram`, or the upper end for a range, is no change.

--gold: the labels are right, in gold form. A part of them is made wrong in the ways and shares that people found in a
catalogue (`WRONG_WAYS`); on these rows the constants of `extractor.review.suspicion` were set.
"""

from __future__ import annotations

import asyncio
import random
import sys
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.evaluation.inputs import LabelledRows, read_labelled_rows
from extractor.evaluation.metrics import same_answer
from extractor.review.audit_run import audits_of, most_suspicious_first
from extractor.review.matching import match_of
from extractor.review.verdicts import SUSPICIOUS_FROM, Audit
from extractor.run.local import run
from extractor.run.options import RunOptions
from extractor.run.progress import LineWatcher
from extractor.tables.labels import Label, WrittenAmount, parse_label
from extractor.tables.rows import ENTITY_NAME, IMAGE, read_table
from extractor.tables.trace import RowAnswer

ABSENT, OTHER = "not in the picture", "another value"
WRONG_WAYS = {ABSENT: 0.21, OTHER: 0.06}
"""Shares of 812 labels of the challenge's train.csv that people emptied (173) and changed (47)."""
PRINTED = 0.32
"""Share of these labels (70 of 220) that the picture states for another entity."""
FACTORS = (0.1, 10.0, 1000.0)
FIRST_PART = 0.2
BINS = 5
DRAWS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """An audited row and whether its label is wrong."""

    audit: Audit
    wrong: bool


def curated_rows(answered: Sequence[RowAnswer], labels: Sequence[Label], curated: Path) -> list[Judged]:
    """The rows that a person looked at. Others are audited too: they are peers."""
    table = read_table(curated).columns
    keys = zip(table[IMAGE], table[ENTITY_NAME], strict=True)
    people = dict(zip(keys, map(parse_label, table["curated_value"]), strict=True))
    audits = audits_of(answered, labels)
    seen = [(one, people.get((one.row.picture_name, one.row.entity))) for one in audits]
    return [Judged(one, _differ(one.label.primary, right.primary)) for one, right in seen if right is not None]


def corrupted_rows(labelled: LabelledRows, answered: Sequence[RowAnswer], seed: int) -> list[Judged]:
    """Rows in gold form with a part of the labels made wrong, in the shares of `WRONG_WAYS`."""
    draw = random.Random(seed)
    by_entity = defaultdict(list)
    for row, label in zip(labelled.rows, labelled.labels, strict=True):
        if label.primary is not None:
            by_entity[row.entity].append(label.primary)
    labels = {i: label.primary for i, label in enumerate(labelled.labels) if label.primary is not None}
    absent = [i for i, label in enumerate(labelled.labels) if label.answers == (None,)]
    rows_in_all = len(labels) / (1 - WRONG_WAYS[ABSENT])
    wrong = draw.sample(sorted(labels), round(rows_in_all * WRONG_WAYS[OTHER]))
    wrong += draw.sample(absent, min(len(absent), round(rows_in_all * WRONG_WAYS[ABSENT])))
    for i in wrong:
        labels[i] = _made_wrong(labelled.labels[i], by_entity[labelled.rows[i].entity], answered[i], draw)
    places = sorted(labels)
    audits = audits_of([answered[i] for i in places], [Label(str(labels[i]), labels[i]) for i in places])
    return [Judged(one, i in wrong) for i, one in zip(places, audits, strict=True)]


def _made_wrong(
    label: Label, others: Sequence[WrittenAmount], answered: RowAnswer, draw: random.Random
) -> WrittenAmount:
    """What the picture states for something else, another product's value, or the own one off by a factor."""
    printed = [WrittenAmount(c.amount.value, c.amount.unit) for c in answered.answer.candidates]
    others = draw.sample(others, min(len(FACTORS), len(others)))
    own = [WrittenAmount((one.number or 0.0) * factor, one.unit) for one in label.amounts[:1] for factor in FACTORS]
    here, elsewhere = ([one for one in pool if not _is_right(one, label)] for pool in (printed, [*others, *own]))
    return draw.choice(here if here and draw.random() < PRINTED else elsewhere)


def _is_right(one: WrittenAmount, label: Label) -> bool:
    return any(same_answer(one, amount) for amount in label.amounts)


def report(judged: Sequence[Judged]) -> Iterator[str]:
    """The figures, a line each."""
    wrong = sum(one.wrong for one in judged)
    yield f"rows {len(judged)}, wrong labels {wrong} ({wrong / len(judged):.1%})"
    flagged = [one for one in judged if one.audit.suspicious]
    found = sum(one.wrong for one in flagged)
    yield (
        f"suspicion from {SUSPICIOUS_FROM}: {len(flagged)} rows, precision {found / max(len(flagged), 1):.3f}, "
        f"recall {found / wrong:.3f}"
    )
    order = most_suspicious_first([one.audit for one in judged])
    first = order[: round(len(order) * FIRST_PART)]
    found = sum(judged[place].wrong for place in first)
    yield f"in the first {FIRST_PART:.0%} of the list ({len(first)} rows): {found} of {wrong}, {found / wrong:.1%}"
    yield f"{'verdict':18}{'rows':>6}{'wrong':>7}"
    by_verdict = defaultdict(list)
    for one in judged:
        by_verdict[str(one.audit.verdict)].append(one.wrong)
    for verdict, of_verdict in sorted(by_verdict.items(), key=lambda item: -len(item[1])):
        yield f"{verdict:18}{len(of_verdict):6}{sum(of_verdict):7}"
    yield f"{'suspicion':18}{'rows':>6}{'wrong':>7}{'mean':>7}"
    for low in range(BINS):
        part = [one for one in judged if low <= one.audit.suspicion * BINS < low + 1]
        if part:
            mean = sum(one.audit.suspicion for one in part) / len(part)
            name = f"{low / BINS:.1f} to {(low + 1) / BINS:.1f}"
            yield f"{name:18}{len(part):6}{sum(one.wrong for one in part):7}{mean:7.2f}"


def matches(judged: Sequence[Judged]) -> Iterator[str]:
    """The shares that `extractor.review.suspicion` has as MISSED and CHANCE."""
    for name, wrong in (("right labels without a candidate", False), ("wrong labels with a candidate", True)):
        part = [match_of(one.audit.label.amounts, one.audit.answer) is not None for one in judged if one.wrong is wrong]
        yield f"{name}: {sum(matched is wrong for matched in part)} of {len(part)}"


def _differ(one: WrittenAmount | None, other: WrittenAmount | None) -> bool:
    return (one is None) != (other is None) or (one is not None and other is not None and not same_answer(one, other))


def main(arguments: Sequence[str]) -> None:
    """Prints the figures."""
    parser = ArgumentParser(prog="python -m benchmarks.audit", description=__doc__.partition("\n")[0])
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--store", type=Path, required=True, help="where pages are kept between runs")
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--curated", type=Path)
    kind.add_argument("--gold", action="store_true")
    given = parser.parse_args(arguments)
    options = RunOptions(base=given.labels.parent, store=given.store, images=given.images)
    labelled = read_labelled_rows(given.labels)
    answered = asyncio.run(run(labelled.rows, options, LineWatcher())).rows
    if given.gold:
        judged = [one for seed in range(DRAWS) for one in corrupted_rows(labelled, answered, seed)]
        print("\n".join(matches(judged)))
    else:
        judged = curated_rows(answered, labelled.labels, given.curated)
    print("\n".join(report(judged)))


if __name__ == "__main__":
    main(sys.argv[1:])
