"""From labelled rows to examples: normal labels, weights for doubtful ones, negatives, a held-out split.

>>> row = LabelledRow(Path("a.jpg"), None, "item_weight", group="1", label="1,000.0 gram")
>>> prepared = prepare([row], PrepareOptions(holdout=0.0))
>>> [(e.answer, e.weight) for e in prepared.train]
[('1000 gram', 0.7)]
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from ocr.token import OcrResult
from rules.amount import Amount, Rejection
from rules.normalise import normalise
from vlm.finetune.audit import DOUBTFUL, WEIGHT, PageAudit, Support
from vlm.finetune.examples import HOLDOUT, REPORT_FILE, TRAIN, DataError, Example, digest_of, write_examples
from vlm.finetune.negatives import make_negatives
from vlm.finetune.split import SPLIT_FILE, Member, Split, split_of
from vlm.prompt import PROMPT_VERSION, answer_text


class RangePolicy(StrEnum):
    """The answer to learn from a range such as `[100.0, 240.0] volt`."""

    UPPER = "upper"
    LOWER = "lower"
    DROP = "drop"


class LabelPolicy(StrEnum):
    """The treatment of a label that cannot be an answer, or that its page contradicts."""

    WEIGH = "weigh"
    DROP = "drop"
    UNANSWERABLE = "unanswerable"


class DropReason(StrEnum):
    """Why a row gives no example."""

    RANGE = "range"
    BAD_LABEL = "bad_label"
    DOUBTFUL = "doubtful"
    NO_PICTURE = "no_picture"
    EXCLUDED = "excluded"
    SPLIT_CONFLICT = "split_conflict"


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A question with its label, of the catalogue or of a person.

    `picture` is None when it is missing. `label` is the text of the label, "" for "not in the picture"; of a range the
    upper end, with its `lower_end`. `others` are labels that also count as right, "" among them when an empty answer
    is right. `checked` labels are those of a person who looked at the picture.
    """

    picture: Path | None
    page: OcrResult | None
    entity: str
    group: str
    label: str
    lower_end: str = ""
    others: tuple[str, ...] = ()
    checked: bool = False
    source: str = ""
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """The options; `negatives` and `holdout` are shares of the labelled examples and of the groups."""

    ranges: RangePolicy = RangePolicy.UPPER
    unusable: LabelPolicy = LabelPolicy.DROP
    doubtful: LabelPolicy = LabelPolicy.WEIGH
    negatives: float = 0.3
    holdout: float = 0.1
    seed: int = 0
    frozen: Split | None = None


@dataclass(frozen=True, slots=True)
class PreparedData:
    """The examples of both sides, the split, and a report with counts of the rows."""

    train: tuple[Example, ...]
    holdout: tuple[Example, ...]
    split: Split
    report: Mapping[str, Any] = field(default_factory=dict)


class _DroppedError(Exception):
    """A row without an example; the message is the reason, as the report counts it."""


def prepare(rows: Sequence[LabelledRow], options: PrepareOptions) -> PreparedData:
    """The examples of all rows; a row without one is counted by its reason. The same rows give the same result.

    Raises DataError when no row can be used.
    """
    pages = {str(row.picture): row.page for row in rows}
    audits = {picture: PageAudit.of(page) for picture, page in pages.items() if page is not None}
    dropped: Counter[str] = Counter()
    labelled: list[Example] = []
    for row in rows:
        try:
            labelled.append(_example(row, audits, options))
        except _DroppedError as error:
            dropped[str(error)] += 1
    if not labelled:
        reasons = ", ".join(f"{reason} {count}" for reason, count in dropped.most_common())
        raise DataError(f"none of the {len(rows)} rows can be used: {reasons}")
    named = {(str(row.picture), row.entity) for row in rows}
    negatives = make_negatives(labelled, named, audits, round(options.negatives * len(labelled)), options.seed)
    examples = [*labelled, *negatives]
    split = split_of([_member(e) for e in examples], options.holdout, options.frozen)
    sides: dict[str, list[Example]] = {TRAIN: [], HOLDOUT: []}
    for example in examples:
        side = split.side_of(_member(example))
        if side is None:
            dropped[DropReason.SPLIT_CONFLICT] += 1
        else:
            sides[side].append(example)
    train, holdout = tuple(sides[TRAIN]), tuple(sides[HOLDOUT])
    return PreparedData(train, holdout, split, _report(rows, train, holdout, dropped, options))


def write_prepared(prepared: PreparedData, folder: Path) -> None:
    """Writes `train/`, `holdout/`, the split and, as the mark of a complete folder, the report to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT_FILE).unlink(missing_ok=True)
    write_examples(folder / TRAIN, prepared.train)
    write_examples(folder / HOLDOUT, prepared.holdout)
    prepared.split.write(folder / SPLIT_FILE)
    report = json.dumps(prepared.report, ensure_ascii=False, indent=2) + "\n"
    (folder / REPORT_FILE).write_text(report, encoding="utf-8")


def _example(row: LabelledRow, audits: Mapping[str, PageAudit], options: PrepareOptions) -> Example:
    if row.excluded:
        raise _DroppedError(DropReason.EXCLUDED)
    if row.picture is None:
        raise _DroppedError(DropReason.NO_PICTURE)
    flags: list[str] = []
    answer = _answer(row, options, flags)
    weight = 1.0
    if answer is not None:
        audit = audits.get(str(row.picture))
        support = Support.NO_PAGE if audit is None else audit.support(answer, row.entity)
        flags.append(support)
        if not row.checked:
            answer, weight = _weighed(answer, support, options.doubtful)
    return Example(
        picture=str(row.picture),
        page=row.page,
        entity=row.entity,
        answer=answer_text(answer),
        accepted=_accepted(row),
        weight=weight,
        group=row.group,
        source=row.source,
        flags=tuple(flags),
    )


def _answer(row: LabelledRow, options: PrepareOptions, flags: list[str]) -> Amount | None:
    """The label as an answer, None for "not in the picture"; adds its changes to `flags`."""
    label = row.label
    if row.lower_end:
        flags.append("range")
        if options.ranges is RangePolicy.DROP:
            raise _DroppedError(DropReason.RANGE)
        label = row.lower_end if options.ranges is RangePolicy.LOWER else label
    if not label:
        return None
    answer = normalise(label, row.entity)
    if isinstance(answer, Amount):
        return answer
    if options.unusable is LabelPolicy.UNANSWERABLE:
        flags.append(f"was_{answer}")
        return None
    raise _DroppedError(f"{DropReason.BAD_LABEL}:{answer}")


def _weighed(answer: Amount, support: Support, policy: LabelPolicy) -> tuple[Amount | None, float]:
    if support in DOUBTFUL and policy is LabelPolicy.DROP:
        raise _DroppedError(f"{DropReason.DOUBTFUL}:{support}")
    if support in DOUBTFUL and policy is LabelPolicy.UNANSWERABLE:
        return None, WEIGHT[support]
    return answer, WEIGHT[support]


def _accepted(row: LabelledRow) -> tuple[str, ...]:
    others = [*row.others, *([row.lower_end, row.label] if row.lower_end else [])]
    answers = [normalise(other, row.entity) if other else None for other in others]
    return tuple(dict.fromkeys(answer_text(answer) for answer in answers if not isinstance(answer, Rejection)))


def _member(example: Example) -> Member:
    return Member(Path(example.picture).name, example.group)


def _report(
    rows: Sequence[LabelledRow],
    train: Sequence[Example],
    holdout: Sequence[Example],
    dropped: Counter[str],
    options: PrepareOptions,
) -> dict[str, Any]:
    return {
        "rows": len(rows),
        "dropped": dict(sorted(dropped.items())),
        "options": {
            "range": options.ranges,
            "unusable": options.unusable,
            "doubtful": options.doubtful,
            "negatives": options.negatives,
            "holdout": options.holdout,
            "seed": options.seed,
            "frozen_split": options.frozen is not None,
        },
        "prompt_version": PROMPT_VERSION,
        TRAIN: _side_report(train),
        HOLDOUT: _side_report(holdout),
    }


def _side_report(examples: Sequence[Example]) -> dict[str, Any]:
    return {
        "examples": len(examples),
        "pictures": len({e.picture for e in examples}),
        "groups": len({e.group for e in examples}),
        "unanswerable": sum(not e.answerable for e in examples),
        "weight": round(sum(e.weight for e in examples), 3),
        "entities": dict(sorted(Counter(e.entity for e in examples).items())),
        "flags": dict(sorted(Counter(flag for e in examples for flag in e.flags).items())),
        "digest": digest_of(examples),
    }
