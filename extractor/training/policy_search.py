"""Fits the hybrid policy to a reader: the numbers that have the highest F1 (accepted answers) on labelled rows.

One number is changed at a time, in a few rounds. F1 on the rows of the search flatters; what to expect of the policy
is F1 on rows that were held out of the search, by picture.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cache, partial

from extractor.api.policies import GAIN, Gain
from extractor.evaluation.bootstrap import f1_difference
from extractor.evaluation.inputs import LabelledRows
from extractor.evaluation.metrics import Variant, outcome
from extractor.run.local import run_variants, session_of
from extractor.run.options import RunOptions, RunVariant
from extractor.run.progress import ProgressWatcher
from extractor.stages.answer import Answer
from extractor.stages.combine import DEFAULT_POLICY, HybridPolicy, combine
from extractor.tables.labels import Label
from rules.constants import DIMENSIONS, ENTITIES
from rules.outcome import Outcome, count
from vlm.answer import VlmAnswer

FOLDS = 5
ROUNDS = 3
Edit = Callable[[HybridPolicy, float], HybridPolicy]


def with_margin(entities: Iterable[str], policy: HybridPolicy, margin: float) -> HybridPolicy:
    """The policy with another margin for these entities."""
    return replace(policy, margins=tuple(sorted((dict(policy.margins) | dict.fromkeys(entities, margin)).items())))


def with_absence_prior(reason: str, policy: HybridPolicy, chance: float) -> HybridPolicy:
    """The policy with another chance of absence for this reason."""
    return replace(policy, absence_priors=tuple((dict(policy.absence_priors) | {reason: chance}).items()))


SEARCH_SPACE: tuple[tuple[Edit, tuple[float, ...]], ...] = (
    (partial(with_margin, sorted(DIMENSIONS)), (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 1.0)),
    (partial(with_margin, [e for e in ENTITIES if e not in DIMENSIONS]), (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 1.0)),
    (lambda policy, value: replace(policy, support_penalty=value), (0.0, 0.25, 0.5, 0.75, 1.0)),
    (partial(with_absence_prior, "not_stated"), (0.0, 0.5, 0.8, 0.9, 1.0)),
    (partial(with_absence_prior, "no_candidate"), (0.0, 0.5, 0.75, 0.9, 1.0)),
    (lambda policy, value: replace(policy, expected_f1=value), (0.0, 0.5, 0.8, 0.9, 0.95, 1.0)),
)
"""The numbers that are changed, each with the values tried; with a margin of 1 the rules win every contradiction."""


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled row with the rules' answer and the reader's answer, None where it has none; and its picture."""

    rules: Answer
    vlm: VlmAnswer | None
    label: Label
    picture: str


async def cases_of(labelled: LabelledRows, options: RunOptions, watcher: ProgressWatcher) -> list[Case]:
    """A case for each row whose picture can be used; `options.vlm` must name a reader. Raises as `run` does."""
    variants = (RunVariant(vlm=False), RunVariant())
    with session_of(options) as session:
        by_rules, by_reader = await run_variants(labelled.rows, session, variants, watcher)
    return [
        Case(one.answer, other.answer.vlm, label, one.row.picture)
        for one, other, label in zip(by_rules.rows, by_reader.rows, labelled.labels, strict=True)
        if one.answer.outcome
    ]


class PolicySearch:
    """The cases, with their outcomes under each policy tried."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = cases
        self.outcomes = cache(self._outcomes)

    def f1(self, policy: HybridPolicy, places: Iterable[int] | None = None) -> float:
        """F1 of the policy on the cases at these places; on all without."""
        outcomes = self.outcomes(policy)
        return count(outcomes if places is None else (outcomes[i] for i in places)).f1

    def _outcomes(self, policy: HybridPolicy) -> list[Outcome]:
        return [outcome(combine(c.rules, c.vlm, policy).text, c.label, Variant.ACCEPTED) for c in self.cases]

    def best(self, places: Sequence[int] | None = None) -> HybridPolicy:
        """The best policy for the cases at these places, or for all; of equals the one nearest to the default."""
        best = DEFAULT_POLICY
        for _ in range(ROUNDS):
            for edit, values in SEARCH_SPACE:
                best = max([best, *(edit(best, value) for value in values)], key=lambda policy: self.f1(policy, places))
        return best

    def held_out(self) -> list[Outcome]:
        """The outcome of each case by a policy that was found without its picture."""
        fold_of = [zlib.crc32(case.picture.encode()) % FOLDS for case in self.cases]
        by_fold = [
            self.outcomes(self.best([i for i, other in enumerate(fold_of) if other != fold])) for fold in range(FOLDS)
        ]
        return [by_fold[fold][i] for i, fold in enumerate(fold_of)]

    def rules_alone(self) -> list[Outcome]:
        """The outcome of each case by OCR and rules alone."""
        return PolicySearch([replace(case, vlm=None) for case in self.cases]).outcomes(DEFAULT_POLICY)

    def gain(self, *, real: bool) -> Gain:
        """By how much held-out policies raise F1 above that of OCR and rules alone."""
        difference, ends = f1_difference(self.held_out(), self.rules_alone(), [c.picture for c in self.cases], seed=0)
        return Gain(len(self.cases), round(difference, 4), round(ends.low, 4), round(ends.high, 4), real)


def report(search: PolicySearch, best: HybridPolicy) -> list[str]:
    """The scores, and the policy `best` as arguments of HybridPolicy."""
    gain = search.gain(real=False)
    return [
        f"rows {len(search.cases)}",
        f"F1 of OCR and rules alone    {count(search.rules_alone()).f1:.4f}",
        f"F1 of the default policy     {search.f1(DEFAULT_POLICY):.4f}",
        f"F1 of the fitted policy      {search.f1(best):.4f} on the rows it was fitted to",
        f"F1 of policies fitted so     {count(search.held_out()).f1:.4f} on pictures held out",
        f"difference to the rules alone {gain.f1:+.4f} ({gain.low:+.4f} to {gain.high:+.4f})",
        *(f"{field.name} = {getattr(best, field.name)!r}" for field in fields(best)),
    ]


def policy_json(policy: HybridPolicy, gain: Gain) -> str:
    """The policy as `extractor.api.policies.read_policy` reads it, with what is measured of it."""
    tree = {name: dict(value) if isinstance(value, tuple) else value for name, value in asdict(policy).items()}
    return f"{json.dumps({**tree, GAIN: asdict(gain)}, indent=2)}\n"
