"""What is to be reached, and whether the figures of a run reach it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.arms import FULL_SIZE, ONE_WORKER, PREDICT
from benchmarks.comparison import ArmResult
from benchmarks.rules import RULES
from benchmarks.scaling import Scale, growth
from benchmarks.stages import ENGINE

TIMES_STOCK = 5.0
WORKER_MEGABYTES = 700.0
TIMES_ONE_WORKER = 1.8
RULE_ROWS = 3000.0
F1_LOST = 0.004
REST_SHARE = 0.05
COLD_SECONDS = 2.0
GROWTH = 1.1
"""The memory of a worker at the end of a long run, over that after a tenth of it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something to be reached, what was measured, and whether that is enough."""

    name: str
    wanted: str
    measured: str
    met: bool

    def __str__(self) -> str:
        return f"{self.name}: {self.measured}, target {self.wanted}"


def of_arms(results: Sequence[ArmResult]) -> list[Target]:
    """The targets that a comparison of all ways can judge."""
    by_name = {result.name: result for result in results}
    predict, one, full = (by_name[name] for name in (PREDICT, ONE_WORKER, FULL_SIZE))
    return [
        _at_least("predict, pictures a second over those of stock RapidOCR", predict.wall_ratio.median, TIMES_STOCK),
        _at_least("CPU seconds of stock RapidOCR over those of predict", predict.cpu_ratio.median, TIMES_STOCK),
        _at_least("pictures a second, all workers over one", one.wall.median / predict.wall.median, TIMES_ONE_WORKER),
        _at_most("megabytes of a worker", predict.process_memory, WORKER_MEGABYTES),
        _at_most("F1 (accepted) lost against pictures in full size", full.accepted - predict.accepted, F1_LOST),
        _at_most("F1 (primary) lost against pictures in full size", full.primary - predict.primary, F1_LOST),
    ]


def of_stages(stages: Mapping[str, float], rates: Mapping[str, float], cold: float) -> list[Target]:
    """The share of what the OCR engine does not do, the speed of the rules alone, and of a single command."""
    rest = sum(seconds for stage, seconds in stages.items() if stage not in ENGINE)
    return [
        _at_most("share of time beside the OCR engine's", rest / sum(stages.values()), REST_SHARE),
        _at_least(RULES, rates[RULES], RULE_ROWS),
        _at_most("seconds of `extract` on one picture, from nothing", cold, COLD_SECONDS),
    ]


def of_scales(sizes: Sequence[Scale]) -> list[Target]:
    """Long runs; none without sizes."""
    if not sizes:
        return []
    longest = sizes[-1]
    return [
        _at_most("megabytes of a worker in the longest run", longest.cost.process_memory, WORKER_MEGABYTES),
        _at_most("memory of a worker at its end over that after a tenth of it", growth(longest.cost), GROWTH),
    ]


def _at_least(name: str, measured: float, wanted: float) -> Target:
    return Target(name, f"at least {wanted:.4g}", f"{measured:.4g}", measured >= wanted)


def _at_most(name: str, measured: float, wanted: float) -> Target:
    return Target(name, f"at most {wanted:.4g}", f"{measured:.4g}", measured <= wanted)
