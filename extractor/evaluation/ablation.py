"""What OCR, the picture and the rules each add: the same rows answered in seven ways in one run.

OCR reads the pictures once. The reader answers a row three times at most (OCR in its prompt, no OCR, a blank picture):
arms with the same prompt and picture share its answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

from extractor.evaluation.bootstrap import Interval, f1_difference
from extractor.evaluation.evaluate import Comparison, Evaluation, IntervalScore, evaluate
from extractor.evaluation.inputs import LabelledRows
from extractor.evaluation.metrics import TEST_MIX, Score, Variant, outcome
from extractor.run.local import RunResult, run_variants, session_of
from extractor.run.options import RunOptions, RunVariant
from extractor.run.pictures import Session
from extractor.run.progress import ProgressWatcher
from extractor.stages.answer import Outcome as PolicyOutcome
from extractor.tables.trace import RowAnswer
from rules.outcome import Outcome, count


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of answering; with `fallback` the answer of OCR and rules may stand in the reader's place."""

    name: str
    title: str
    vlm: bool = True
    ocr_in_prompt: bool = True
    fallback: bool = True
    blank_picture: bool = False

    def variant(self, options: RunOptions) -> RunVariant:
        """The arm for the pipeline."""
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
"""The others are compared with the first."""

SIZES: tuple[tuple[str, int], ...] = (
    ("long side <= 500 px", 500),
    ("501-1000 px", 1000),
    ("1001-1500 px", 1500),
    ("> 1500 px", 10**9),
)
"""Picture sizes by name, with the longest side in pixels that belongs to each."""

SIZE_UNKNOWN = "not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmVariantScore(IntervalScore):
    """The score of an arm by one variant, and its F1 less F1 of arm a with the paired interval (None for a)."""

    difference_to_a: float
    difference_to_a_interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupScore(Score):
    """The score of an arm on some of the rows by the accepted answers, and its F1 less F1 of arm a."""

    difference_to_a: float
    difference_to_a_interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmScore(Arm):
    """An arm with its scores; all but `scores` by the accepted answers.

    Groups of rows are `entities`, `sizes` (of the picture), `cues` (None where the labels have no such column)
    and `outcomes` (how the policy came to its answer), each by name.
    """

    f1: float
    difference_to_a: float
    difference_to_a_interval: Interval | None
    answered: int
    scores: Mapping[Variant, ArmVariantScore]
    entities: Mapping[str, GroupScore]
    sizes: Mapping[str, GroupScore]
    cues: Mapping[str, GroupScore] | None
    outcomes: Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class Ablation:
    """The arms, scored on the same rows with the reader and the OCR engine named; `seed` is that of the resampling."""

    reader: str
    ocr: str
    rows: int
    pictures: int
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
    return Ablation(
        reader=options.vlm.spec,
        ocr=options.ocr,
        rows=len(labelled.rows),
        pictures=len(set(labelled.pictures)),
        seed=seed,
        arms=_scored(labelled, results, sizes, seed),
    )


def _scored(
    labelled: LabelledRows, results: Sequence[RunResult], sizes: Sequence[str], seed: int
) -> tuple[ArmScore, ...]:
    predictions = [{trace.row.index: trace.prediction for trace in result.rows} for result in results]
    others = {arm.name: of_arm for arm, of_arm in zip(ARMS[1:], predictions[1:], strict=True)}
    first = evaluate(labelled, predictions[0], compared=others, seed=seed)
    evaluations = [first, *(evaluate(labelled, of_arm, seed=seed) for of_arm in predictions[1:])]
    outcomes = [_outcomes(labelled, result.rows) for result in results]
    entities = [row.entity for row in labelled.rows]
    arms = []
    for arm, evaluation, result, own in zip(ARMS, evaluations, results, outcomes, strict=True):
        scores = _variant_scores(evaluation, first.comparisons.get(arm.name))
        accepted = scores[Variant.ACCEPTED]
        groups = partial(_group_scores, labelled, outcomes[0], own, seed)
        score = ArmScore(
            **asdict(arm),
            f1=accepted.f1,
            difference_to_a=accepted.difference_to_a,
            difference_to_a_interval=accepted.difference_to_a_interval,
            answered=evaluation.answered,
            scores=scores,
            entities=groups(entities),
            sizes=groups(sizes),
            cues=groups(labelled.cues) if labelled.cues else None,
            outcomes=_by_policy_outcome(result.rows, own),
        )
        arms.append(score)
    return tuple(arms)


def _outcomes(labelled: LabelledRows, traces: Sequence[RowAnswer]) -> list[Outcome]:
    pairs = zip(traces, labelled.labels, strict=True)
    return [outcome(trace.prediction, label, Variant.ACCEPTED) for trace, label in pairs]


def _variant_scores(evaluation: Evaluation, to_first: Comparison | None) -> dict[Variant, ArmVariantScore]:
    scores = {}
    for variant, score in evaluation.scores.items():
        compared = to_first.scores[variant] if to_first else None
        scores[variant] = ArmVariantScore.of(
            score.counts,
            f1_interval_by_picture=score.f1_interval_by_picture,
            difference_to_a=compared.f1_difference if compared else 0.0,
            difference_to_a_interval=compared.f1_difference_interval_by_picture if compared else None,
        )
    return scores


def _group_scores(
    labelled: LabelledRows, first: Sequence[Outcome], mine: Sequence[Outcome], seed: int, group_of: Sequence[str]
) -> dict[str, GroupScore]:
    pictures = labelled.pictures
    scores = {}
    for group in _in_order(group_of):
        rows = [i for i, name in enumerate(group_of) if name == group]
        theirs, own = [first[i] for i in rows], [mine[i] for i in rows]
        difference, ends = f1_difference(own, theirs, [pictures[i] for i in rows], seed)
        scores[group] = GroupScore.of(count(own), difference_to_a=difference, difference_to_a_interval=ends)
    return scores


def _in_order(groups: Sequence[str]) -> list[str]:
    """Each group once: entities and sizes in the order of their tables, others by name."""
    order = {name: place for place, name in enumerate([*TEST_MIX, *(name for name, _ in SIZES)])}
    return sorted(set(groups), key=lambda name: (order.get(name, len(order)), name))


def _by_policy_outcome(traces: Sequence[RowAnswer], outcomes: Sequence[Outcome]) -> dict[str, Score]:
    names = [str(trace.answer.outcome or trace.answer.reason) for trace in traces]
    return {
        name: Score.of(count(one for of, one in zip(names, outcomes, strict=True) if of == name))
        for name in dict.fromkeys([*map(str, PolicyOutcome), *sorted(names)])
        if name in names
    }


def _sizes(traces: Sequence[RowAnswer], session: Session) -> list[str]:
    size_of = {}
    for sha256 in {trace.sha256 for trace in traces}:
        page = session.store.page(sha256, session.keys.engine) if sha256 else None
        longest = max(page.width, page.height) if page else None
        size_of[sha256] = next((name for name, limit in SIZES if longest and longest <= limit), SIZE_UNKNOWN)
    return [size_of[trace.sha256] for trace in traces]
