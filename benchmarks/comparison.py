"""Arms side by side: run in turns, so that what else the machine does weighs on all of them alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arms import SAME_ANSWERS, Arm
from benchmarks.measure import Cost, cost_of
from benchmarks.workload import Workload
from extractor.evaluation.evaluate import evaluate
from extractor.evaluation.metrics import Variant


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some runs, the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """That of at least one value."""
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True, slots=True)
class ArmResult:
    """What an arm cost in each round, how many times less than the first arm in the same round, its F1 and answers.

    `wall` and `cpu` are seconds a picture; `memory` and `process_memory` megabytes, see `benchmarks.measure.Cost`.
    """

    name: str
    wall: Spread
    cpu: Spread
    wall_ratio: Spread
    cpu_ratio: Spread
    memory: float
    process_memory: float
    accepted: float
    primary: float
    predictions: Mapping[str, str]


def compare(
    arms: Sequence[Arm], work: Workload, rounds: int, folder: Path, say: Callable[[str], None]
) -> list[ArmResult]:
    """Runs all arms in each of the rounds, in their order; the first is what the others are measured against."""
    costs: dict[str, list[Cost]] = {arm.name: [] for arm in arms}
    for number in range(1, rounds + 1):
        for arm in arms:
            arm.prepare()
            cost = cost_of(arm.command, folder=folder)
            costs[arm.name].append(cost)
            say(f"round {number}  {arm.name:36s} {cost.wall:7.1f} s  CPU {cost.cpu:7.1f} s  {cost.memory:5.0f} MB")
    return [_result(arm, costs[arm.name], costs[arms[0].name], work) for arm in arms]


def check_same(results: Sequence[ArmResult]) -> None:
    """Raises SystemExit where ways that must give the same answers do not."""
    first, *others = (result for result in results if result.name in SAME_ANSWERS)
    for other in others:
        differing = [index for index, text in first.predictions.items() if other.predictions.get(index) != text]
        if differing:
            raise SystemExit(f"{first.name} and {other.name} answer rows {', '.join(differing[:10])} differently")


def _result(arm: Arm, own: Sequence[Cost], first: Sequence[Cost], work: Workload) -> ArmResult:
    predictions = arm.predictions()
    scores = evaluate(work.labelled, predictions).scores
    pairs = list(zip(first, own, strict=True))
    return ArmResult(
        arm.name,
        Spread.of([cost.wall / work.pictures for cost in own]),
        Spread.of([cost.cpu / work.pictures for cost in own]),
        Spread.of([theirs.wall / mine.wall for theirs, mine in pairs]),
        Spread.of([theirs.cpu / mine.cpu for theirs, mine in pairs]),
        max(cost.memory for cost in own),
        max(cost.process_memory for cost in own),
        scores[Variant.ACCEPTED].f1,
        scores[Variant.PRIMARY].f1,
        predictions,
    )
