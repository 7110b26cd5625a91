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

    def held_out_f1(self) -> float:
        """F1 of policies each found without the pictures that it is scored on."""
        fold_of = [zlib.crc32(case.picture.encode()) % FOLDS for case in self.cases]
        held_out: list[Outcome] = []
        for fold in range(FOLDS):
            policy = self.best([i for i, other in enumerate(fold_of) if other != fold])
            held_out += [one for one, own in zip(self.outcomes(policy), fold_of, strict=True) if own == fold]
        return count(held_out).f1


def report(search: PolicySearch, best: HybridPolicy) -> list[str]:
    """The scores, and the policy `best` as arguments of HybridPolicy."""
    rules_alone = PolicySearch([replace(case, vlm=None) for case in search.cases])
    return [
        f"rows {len(search.cases)}",
        f"F1 of OCR and rules alone    {rules_alone.f1(DEFAULT_POLICY):.4f}",
        f"F1 of the default policy     {search.f1(DEFAULT_POLICY):.4f}",
        f"F1 of the fitted policy      {search.f1(best):.4f} on the rows it was fitted to",
        f"F1 of policies fitted so     {search.held_out_f1():.4f} on pictures held out",
        *(f"{field.name} = {getattr(best, field.name)!r}" for field in fields(best)),
    ]


def policy_json(policy: HybridPolicy) -> str:
    """The policy as `extractor.api.policies.read_policy` reads it."""
    tree = {name: dict(value) if isinstance(value, tuple) else value for name, value in asdict(policy).items()}
    return f"{json.dumps(tree, indent=2)}\n"
