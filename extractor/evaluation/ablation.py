"""What OCR, the picture and the rules each add: the same rows answered in seven ways in one run.

The pictures are read by OCR once; the reader is asked three times at most (OCR in its prompt, without, on a blank
picture), since the ways that show it the same share its answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.evaluation.bootstrap import Interval, f1_replicates, interval, tally
from extractor.evaluation.evaluate import Evaluation, evaluate
from extractor.evaluation.inputs import LabelledRows
from extractor.evaluation.metrics import TEST_MIX, Outcome, Variant, count, outcome
from extractor.run.local import RunResult, Session, run_variants, session_of
from extractor.run.options import RunOptions, RunVariant
from extractor.run.progress import ProgressWatcher
from extractor.stages.answer import Outcome as How
from extractor.tables.trace import RowAnswer
from rules.counts import Counts


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the ways that are compared; `fallback`: an answer of OCR and rules may stand in the reader's place."""

    name: str
    title: str
    vlm: bool = True
    ocr_in_prompt: bool = True
    fallback: bool = True
    blank_picture: bool = False

    def variant(self, options: RunOptions) -> RunVariant:
        """How the pipeline is to run it."""
        policy = replace(options.policy, fallback=self.fallback)
        return RunVariant(self.vlm, self.ocr_in_prompt, self.blank_picture, policy)


ARMS: tuple[Arm, ...] = (
    Arm("a", "VLM, OCR in prompt, fallback"),
    Arm("b", "VLM, OCR in prompt, no fallback", fallback=False),
    Arm("c", "VLM, no OCR in prompt, fallback", ocr_in_prompt=False),
    Arm("d", "VLM alone, no OCR at all", ocr_in_prompt=False, fallback=False),
    Arm("e", "OCR and rules alone", vlm=False, ocr_in_prompt=False),
    Arm("f", "as (a), a plain white picture", blank_picture=True),
    Arm("g", "as (b), a plain white picture", fallback=False, blank_picture=True),
)
"""The first is what the others are compared with."""

SIZES: tuple[tuple[str, int], ...] = (
    ("long side <= 500 px", 500),
    ("501-1000 px", 1000),
    ("1001-1500 px", 1500),
    ("> 1500 px", 10**9),
)
"""Picture sizes by name, with the longest side in pixels that belongs to each."""

SIZE_UNKNOWN = "not read"


@dataclass(frozen=True, slots=True)
class GroupScore:
    """The score of one arm on some of the rows (accepted answers), and how far it is from the first arm's."""

    group: str
    counts: Counts
    difference: float
    difference_interval: Interval


@dataclass(frozen=True, slots=True)
class OutcomeScore:
    """The rows on which the policy came to one outcome; `counts` by the accepted answers."""

    outcome: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class ArmScore:
    """All that is known of one arm. `groups` are by kind ("entity", "picture size", "cue"), then by group."""

    arm: Arm
    evaluation: Evaluation
    groups: tuple[tuple[str, tuple[GroupScore, ...]], ...]
    outcomes: tuple[OutcomeScore, ...]


@dataclass(frozen=True, slots=True)
class Ablation:
    """The arms, scored on the same rows. The evaluation of the first holds the paired differences of the others."""

    rows: int
    pictures: int
    reader: str
    ocr: str
    seed: int
    arms: tuple[ArmScore, ...]


async def run_ablation(
    labelled: LabelledRows, options: RunOptions, watcher: ProgressWatcher, seed: int = 0
) -> Ablation:
    """Answers the labelled rows in all ways and scores them; `options.vlm` must name a reader. Raises as `run`."""
    if options.vlm is None:
        raise ValueError("no reader is chosen")
    with session_of(options) as session:
        results = await run_variants(labelled.rows, session, [arm.variant(options) for arm in ARMS], watcher)
        sizes = _sizes(results[0].rows, session)
    if no_picture := results[0].summary.no_picture:
        watcher.notice(f"pictures  {no_picture}")
    groupings = {"entity": [row.entity for row in labelled.rows], "picture size": sizes}
    if labelled.cues:
        groupings["cue"] = list(labelled.cues)
    return Ablation(
        rows=len(labelled.rows),
        pictures=len({row.image_link for row in labelled.rows}),
        reader=options.vlm.spec,
        ocr=options.ocr,
        seed=seed,
        arms=_scored(labelled, results, groupings, seed),
    )


def _scored(
    labelled: LabelledRows, results: Sequence[RunResult], groupings: dict[str, list[str]], seed: int
) -> tuple[ArmScore, ...]:
    predictions = [{trace.row.index: trace.prediction for trace in result.rows} for result in results]
    others = {arm.name: said for arm, said in zip(ARMS[1:], predictions[1:], strict=True)}
    found = [_outcomes(labelled, result.rows) for result in results]
    scores = []
    for i, arm in enumerate(ARMS):
        evaluation = evaluate(labelled, predictions[i], compared={} if i else others, seed=seed)
        groups = tuple(
            (kind, tuple(_group_scores(labelled, found[0], found[i], group_of, seed)))
            for kind, group_of in groupings.items()
        )
        scores.append(ArmScore(arm, evaluation, groups, _by_outcome(results[i].rows, found[i])))
    return tuple(scores)


def _outcomes(labelled: LabelledRows, traces: Sequence[RowAnswer]) -> list[Outcome]:
    pairs = zip(traces, labelled.labels, strict=True)
    return [outcome(trace.prediction, label, Variant.ACCEPTED) for trace, label in pairs]


def _group_scores(
    labelled: LabelledRows, first: Sequence[Outcome], mine: Sequence[Outcome], group_of: Sequence[str], seed: int
) -> list[GroupScore]:
    scores = []
    for group in _in_order(group_of):
        rows = [i for i, name in enumerate(group_of) if name == group]
        theirs, own = [first[i] for i in rows], [mine[i] for i in rows]
        pictures = [labelled.rows[i].image_link for i in rows]
        replicates = f1_replicates([tally(theirs), tally(own)], pictures, seed)
        difference = count(own).f1 - count(theirs).f1
        scores.append(GroupScore(group, count(own), difference, interval(replicates[1] - replicates[0])))
    return scores


def _in_order(groups: Sequence[str]) -> list[str]:
    """Each group once: entities and sizes in the order of their tables, others by name."""
    order = {name: place for place, name in enumerate([*TEST_MIX, *(name for name, _ in SIZES)])}
    return sorted(set(groups), key=lambda name: (order.get(name, len(order)), name))


def _by_outcome(traces: Sequence[RowAnswer], outcomes: Sequence[Outcome]) -> tuple[OutcomeScore, ...]:
    names = [trace.answer.outcome or trace.answer.reason for trace in traces]
    counts = {
        name: count(found for of, found in zip(names, outcomes, strict=True) if of == name)
        for name in dict.fromkeys([*How, *sorted(names)])
    }
    return tuple(OutcomeScore(str(name), one) for name, one in counts.items() if one.total)


def _sizes(traces: Sequence[RowAnswer], session: Session) -> list[str]:
    size_of: dict[str | None, str] = {None: SIZE_UNKNOWN}
    for trace in traces:
        if trace.sha256 not in size_of:
            assert trace.sha256 is not None
            page = session.store.page(trace.sha256, session.keys.engine)
            size_of[trace.sha256] = _size(max(page.width, page.height)) if page else SIZE_UNKNOWN
    return [size_of[trace.sha256] for trace in traces]


def _size(longest: int) -> str:
    return next(name for name, limit in SIZES if longest <= limit)
