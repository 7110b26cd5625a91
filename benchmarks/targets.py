"""What is to be reached, and whether the figures of a run reach it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.arms import PREDICT, STOCK
from benchmarks.comparison import ArmResult
from benchmarks.rules import RULES
from benchmarks.scaling import Scale, growth

TIMES_STOCK = 5.0
WORKER_MEGABYTES = 700.0
TIMES_ONE_WORKER = 1.8
RULE_ROWS = 3000.0
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
    stock, predict = by_name[STOCK], by_name[PREDICT]
    return [
        _at_least("predict, pictures a second over those of stock RapidOCR", predict.wall_ratio.median, TIMES_STOCK),
        _at_least("CPU seconds of stock RapidOCR over those of predict", predict.cpu_ratio.median, TIMES_STOCK),
        _at_most("megabytes of a worker", predict.process_memory, WORKER_MEGABYTES),
        _at_least("F1 (accepted), beside our rules on stock RapidOCR's text", predict.accepted, stock.accepted),
    ]


def of_workers(results: Sequence[ArmResult]) -> list[Target]:
    """One process against several."""
    one, several = results
    ratio = one.wall.median / several.wall.median
    return [_at_least(f"pictures a second, {several.name} over {one.name}", ratio, TIMES_ONE_WORKER)]


def of_rules(rates: Mapping[str, float]) -> list[Target]:
    """The speed of the rules alone."""
    return [_at_least(RULES, rates[RULES], RULE_ROWS)]


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
