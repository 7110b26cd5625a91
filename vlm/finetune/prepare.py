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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ocr.token import OcrResult
from rules.amount import Amount, Rejection
from rules.normalise import normalise
from vlm.finetune.audit import DOUBTFUL, WEIGHT, PageAudit, Support
from vlm.finetune.errors import TrainError
from vlm.finetune.examples import HOLDOUT, REPORT_FILE, TRAIN, Example, digest_of, write_examples
from vlm.finetune.negatives import make_negatives
from vlm.finetune.split import SPLIT_FILE, Member, Split, split_of
from vlm.prompt import PROMPT_VERSION, answer_text

AS_PRINTED = "as_printed"
"""The flag of an example that teaches the page's own unit, which the rules convert to the label's."""

RangePolicy = Literal["upper", "lower", "drop"]
"""The answer to learn from a range such as `[100.0, 240.0] volt`."""

LabelPolicy = Literal["weigh", "drop", "unanswerable"]
"""The treatment of a label that cannot be an answer, or that its page contradicts."""


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

    range: RangePolicy = "upper"
    unusable: LabelPolicy = "drop"
    doubtful: LabelPolicy = "weigh"
    negatives: float = 0.3
    holdout: float = 0.1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class PreparedData:
    """The examples of both sides, the split, and a report with counts of the rows."""

    train: tuple[Example, ...]
    holdout: tuple[Example, ...]
    split: Split
    report: Mapping[str, Any]


class _DroppedError(Exception):
    """A row without an example; the message is the reason, as the report counts it."""


def prepare(rows: Sequence[LabelledRow], options: PrepareOptions, frozen: Split | None = None) -> PreparedData:
    """The examples of all rows; a row without one is counted by its reason. The same rows give the same result.

    What the split `frozen` assigned stays. Raises TrainError when no row can be used.
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
        raise TrainError(f"none of the {len(rows)} rows can be used: {reasons}")
    named = {(str(row.picture), row.entity) for row in rows}
    negatives = make_negatives(labelled, named, audits, round(options.negatives * len(labelled)), options.seed)
    examples = [*labelled, *negatives]
    split = split_of([_member(e) for e in examples], options.holdout, frozen)
    sides: dict[str | None, list[Example]] = {TRAIN: [], HOLDOUT: [], None: []}
    for example in examples:
        sides[split.side_of(_member(example))].append(example)
    if sides[None]:
        dropped["split_conflict"] = len(sides[None])
    report = {
        "rows": len(rows),
        "dropped": dict(sorted(dropped.items())),
        "options": {**asdict(options), "frozen_split": frozen is not None},
        "prompt_version": PROMPT_VERSION,
        TRAIN: _side_report(sides[TRAIN]),
        HOLDOUT: _side_report(sides[HOLDOUT]),
    }
    return PreparedData(tuple(sides[TRAIN]), tuple(sides[HOLDOUT]), split, report)


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
        raise _DroppedError("excluded")
    if row.picture is None:
        raise _DroppedError("no_picture")
    flags: list[str] = []
    answer = _answer(row, options, flags)
    audit = audits.get(str(row.picture))
    weight = 1.0
    if answer is not None:
        support = Support.NO_PAGE if audit is None else audit.support(answer, row.entity)
        flags.append(support)
        if not row.checked:
            answer, weight = _weighed(answer, support, options.doubtful)
    printed = None if answer is None or audit is None else audit.as_printed(answer, row.entity)
    if printed is not None:
        flags.append(AS_PRINTED)
    accepted = _accepted(row)
    return Example(
        picture=str(row.picture),
        page=row.page,
        entity=row.entity,
        answer=printed or answer_text(answer),
        accepted=accepted if printed is None else tuple(dict.fromkeys((answer_text(answer), *accepted))),
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
        if options.range == "drop":
            raise _DroppedError("range")
        label = row.lower_end if options.range == "lower" else label
    if not label:
        return None
    answer = normalise(label, row.entity)
    if isinstance(answer, Amount):
        return answer
    if options.unusable == "unanswerable":
        flags.append(f"was_{answer}")
        return None
    raise _DroppedError(f"bad_label:{answer}")


def _weighed(answer: Amount, support: Support, policy: LabelPolicy) -> tuple[Amount | None, float]:
    if support in DOUBTFUL and policy == "drop":
        raise _DroppedError(f"doubtful:{support}")
    if support in DOUBTFUL and policy == "unanswerable":
        return None, WEIGHT[support]
    return answer, WEIGHT[support]


def _accepted(row: LabelledRow) -> tuple[str, ...]:
    others = [*row.others, *([row.lower_end, row.label] if row.lower_end else [])]
    answers = [normalise(other, row.entity) if other else None for other in others]
    return tuple(dict.fromkeys(answer_text(answer) for answer in answers if not isinstance(answer, Rejection)))


def _member(example: Example) -> Member:
    return Member(Path(example.picture).name, example.group)


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
