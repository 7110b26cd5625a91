"""What OCR, the picture and the rules each add: the same rows answered in eight ways in one run.

OCR reads the pictures once. The reader answers a row three times at most (OCR in its prompt, no OCR, a blank picture):
arms with the same prompt and picture share its answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from extractor.evaluation.bootstrap import Interval, f1_difference, f1_intervals
from extractor.evaluation.evaluate import IntervalScore, Outcomes, answered, outcomes_of
from extractor.evaluation.inputs import LabelledRows
from extractor.evaluation.metrics import TEST_MIX, Score, Variant, places_of
from extractor.run.local import RunResult, run_variants, session_of
from extractor.run.options import RunOptions, RunVariant
from extractor.run.pictures import Session
from extractor.run.progress import ProgressWatcher
from extractor.stages.answer import Outcome as PolicyOutcome
from extractor.tables.trace import RowAnswer
from rules.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of answering; with `fallback` the answer of OCR and rules may stand in the reader's place.

    With `reader_first` the reader's answer stands whenever it is allowed; else confidences are weighed.
    """

    name: str
    title: str
    vlm: bool = True
    ocr_in_prompt: bool = True
    fallback: bool = True
    blank_picture: bool = False
    reader_first: bool = False

    def variant(self, options: RunOptions) -> RunVariant:
        """The arm for the pipeline."""
        policy = replace(options.policy, fallback=self.fallback, reader_first=self.reader_first)
        return RunVariant(self.vlm, self.ocr_in_prompt, self.blank_picture, policy)


ARMS: tuple[Arm, ...] = (
    Arm("a", "VLM, OCR in prompt, fallback"),
    Arm("b", "VLM, OCR in prompt, no fallback", fallback=False, reader_first=True),
    Arm("c", "VLM, no OCR in prompt, fallback", ocr_in_prompt=False),
    Arm("d", "VLM alone, no OCR at all", ocr_in_prompt=False, fallback=False, reader_first=True),
    Arm("e", "OCR and rules alone", vlm=False, ocr_in_prompt=False),
    Arm("f", "as (a), a plain white picture", blank_picture=True),
    Arm("g", "as (b), a plain white picture", fallback=False, blank_picture=True, reader_first=True),
    Arm("h", "as (a), fallback if rejected", reader_first=True),
)
"""The others are compared with the first."""

SIZES: dict[str, float] = {
    "long side <= 500 px": 500,
    "501-1000 px": 1000,
    "1001-1500 px": 1500,
    "> 1500 px": 10**9,
    "not read": math.inf,
}
"""Picture sizes by name, with the longest side in pixels that belongs to each."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """The arms, scored on the same rows with the reader and the OCR engine named; `seed` is that of the resampling.

    `blank` is what stands in the picture's place in arms with `blank_picture`.
    """

    blank: str = "plain white"
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
        arms=tuple(_scored(labelled, results, sizes, seed)),
    )


def _scored(
    labelled: LabelledRows, results: Sequence[RunResult], sizes: Sequence[str], seed: int
) -> Iterator[ArmScore]:
    pictures = labelled.pictures
    entities = [row.entity for row in labelled.rows]
    systems = [outcomes_of(labelled, {one.row.index: one.prediction for one in result.rows}) for result in results]
    first = systems[0]

    def by_group(outcomes: Outcomes, group_of: Sequence[str], order: Iterable[str]) -> dict[str, GroupScore]:
        scores = {}
        for group, places in places_of(group_of, order).items():
            own, theirs = ([one[Variant.ACCEPTED][i] for i in places] for one in (outcomes, first))
            difference, ends = f1_difference(own, theirs, [pictures[i] for i in places], seed)
            scores[group] = GroupScore.of(own, difference_to_a=difference, difference_to_a_interval=ends)
        return scores

    for arm, result, outcomes in zip(ARMS, results, systems, strict=True):
        scores = _variant_scores(outcomes, first, pictures, seed)
        accepted = scores[Variant.ACCEPTED]
        yield ArmScore(
            **asdict(arm),
            f1=accepted.f1,
            difference_to_a=accepted.difference_to_a,
            difference_to_a_interval=accepted.difference_to_a_interval,
            answered=answered(outcomes),
            scores=scores,
            entities=by_group(outcomes, entities, TEST_MIX),
            sizes=by_group(outcomes, sizes, SIZES),
            cues=by_group(outcomes, labelled.cues, sorted(set(labelled.cues))) if labelled.cues else None,
            outcomes=_by_policy_outcome(result.rows, outcomes[Variant.ACCEPTED]),
        )


def _variant_scores(
    outcomes: Outcomes, first: Outcomes, pictures: Sequence[str], seed: int
) -> dict[Variant, ArmVariantScore]:
    intervals = f1_intervals(outcomes.values(), pictures, seed)
    scores = {}
    for (variant, own), interval in zip(outcomes.items(), intervals, strict=True):
        difference, ends = f1_difference(own, first[variant], pictures, seed)
        scores[variant] = ArmVariantScore.of(
            own,
            f1_interval_by_picture=interval,
            difference_to_a=difference,
            difference_to_a_interval=None if outcomes is first else ends,
        )
    return scores


def _by_policy_outcome(traces: Sequence[RowAnswer], outcomes: Sequence[Outcome]) -> dict[str, Score]:
    names = [str(trace.answer.outcome or trace.answer.reason) for trace in traces]
    places = places_of(names, [*map(str, PolicyOutcome), *sorted(set(names))])
    return {name: Score.of(outcomes[i] for i in of_name) for name, of_name in places.items()}


def _sizes(traces: Sequence[RowAnswer], session: Session) -> list[str]:
    pages = {sha256: session.store.page(sha256, session.keys.engine) for sha256 in {t.sha256 for t in traces} if sha256}
    longest: dict[str | None, int] = {sha256: max(page.width, page.height) for sha256, page in pages.items() if page}
    limits = [longest.get(trace.sha256, math.inf) for trace in traces]
    return [next(name for name, limit in SIZES.items() if side <= limit) for side in limits]
