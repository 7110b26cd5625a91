"""Fits the numbers of the hybrid policy to labelled rows that nothing else was judged on.

    python -m extractor.training.hybrid LABELS.csv --images pictures/ --vlm READER --out READER/policy.json

Reads and asks what is not in the store yet, then looks for the policy with the highest F1 (accepted answers), one
number at a time. Prints F1 of the rules alone, of the default policy, of the best one on the rows it was fitted to,
and, which is what to expect of it, on rows that were left out of the fit, by picture.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.api.policy_file import policy_target, write_policy
from extractor.api.readers import DEFAULT_BATCH, DEFAULT_DEVICE, NO_VLM, ReaderChoice, check_packages
from extractor.cache.target import check_targets
from extractor.cli.command_line import PlainCommand, run
from extractor.cli.shared import (
    DeviceOption,
    ImagesOption,
    PrecisionOption,
    StoreOption,
    VlmBatchOption,
    VlmOption,
    cpu_count,
    default_store,
    files_of_run,
    watcher_of,
)
from extractor.evaluation.metrics import Outcome, Variant, count, outcome
from extractor.stages.answer import Decision
from extractor.stages.combine import DEFAULT_POLICY, HybridPolicy, decide
from extractor.tables.labels import Label
from rules.constants import DIMENSIONS, ENTITIES

if TYPE_CHECKING:
    from extractor.evaluation.inputs import LabelledRows
    from extractor.run.options import PredictOptions
    from extractor.run.progress import ProgressWatcher
    from vlm.answer import VlmAnswer

FOLDS = 5
ROUNDS = 3
Edit = Callable[[HybridPolicy, float], HybridPolicy]


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled row with what the rules and the reader say of it; `group` is its picture."""

    entity: str
    ocr: Decision
    vlm: VlmAnswer | None
    label: Label
    group: str


def with_edge(entities: Iterable[str], policy: HybridPolicy, edge: float) -> HybridPolicy:
    """The policy with another edge for these entities."""
    return replace(policy, edges=tuple(sorted((dict(policy.edges) | dict.fromkeys(entities, edge)).items())))


def with_silence(reason: str, policy: HybridPolicy, chance: float) -> HybridPolicy:
    """The policy with another chance for this reason of silence."""
    return replace(policy, silence=tuple((dict(policy.silence) | {reason: chance}).items()))


KNOBS: tuple[tuple[Edit, tuple[float, ...]], ...] = (
    (partial(with_edge, sorted(DIMENSIONS)), (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 1.0)),
    (partial(with_edge, [e for e in ENTITIES if e not in DIMENSIONS]), (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 1.0)),
    (lambda policy, value: replace(policy, unsupported=value), (0.0, 0.25, 0.5, 0.75, 1.0)),
    (partial(with_silence, "not_stated"), (0.0, 0.5, 0.8, 0.9, 1.0)),
    (partial(with_silence, "no_candidate"), (0.0, 0.5, 0.75, 0.9, 1.0)),
    (lambda policy, value: replace(policy, expected_f1=value), (0.0, 0.5, 0.8, 0.9, 0.95, 1.0)),
)
"""What is turned, and to which values; an edge of 1 lets the rules win every contradiction."""


class Bench:
    """The cases, and what came of them under each policy tried."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = cases
        self._outcomes: dict[HybridPolicy, list[Outcome]] = {}

    def f1(self, policy: HybridPolicy, chosen: Sequence[int]) -> float:
        """F1 of the policy on the cases with these numbers."""
        outcomes = self.outcomes(policy)
        return count(outcomes[i] for i in chosen).f1

    def outcomes(self, policy: HybridPolicy) -> list[Outcome]:
        """What each case counts as under the policy."""
        if policy not in self._outcomes:
            self._outcomes[policy] = [
                outcome(decide(c.entity, c.ocr, c.vlm, policy).prediction, c.label, Variant.ACCEPTED)
                for c in self.cases
            ]
        return self._outcomes[policy]

    def fitted(self, chosen: Sequence[int], start: HybridPolicy = DEFAULT_POLICY) -> HybridPolicy:
        """The best policy for the cases with these numbers; of equals the one nearest to `start`."""
        best = start
        for _ in range(ROUNDS):
            for edit, values in KNOBS:
                best = max([best, *(edit(best, value) for value in values)], key=lambda p: self.f1(p, chosen))
        return best

    def left_out_f1(self) -> float:
        """F1 of policies each fitted without the pictures that it is scored on."""
        fold_of = [zlib.crc32(case.group.encode()) % FOLDS for case in self.cases]
        found: list[Outcome] = []
        for fold in range(FOLDS):
            policy = self.fitted([i for i, other in enumerate(fold_of) if other != fold])
            found += [one for one, own in zip(self.outcomes(policy), fold_of, strict=True) if own == fold]
        return count(found).f1


def cases_of(labelled: LabelledRows, options: PredictOptions, watcher: ProgressWatcher) -> list[Case]:
    """What the rules and the reader of `options` say of each row; pictures that cannot be used are left out."""
    from extractor.run.options import Way
    from extractor.run.pipeline import run_ways, session_of

    with session_of(options) as session:
        rules, asked = run_ways(labelled.rows, session, (Way(vlm=False), Way()), watcher)
    return [
        Case(one.row.entity, one.decision, other.decision.vlm, label, one.row.picture)
        for one, other, label in zip(rules.traces, asked.traces, labelled.labels, strict=True)
        if one.decision.outcome
    ]


def report(bench: Bench, best: HybridPolicy) -> list[str]:
    """The scores, and the fitted policy `best` as arguments of HybridPolicy."""
    cases = bench.cases
    everything = range(len(cases))
    alone = Bench([replace(case, vlm=None) for case in cases])
    return [
        f"rows {len(cases)}",
        f"F1 of OCR and rules alone    {alone.f1(DEFAULT_POLICY, everything):.4f}",
        f"F1 of the default policy     {bench.f1(DEFAULT_POLICY, everything):.4f}",
        f"F1 of the fitted policy      {bench.f1(best, everything):.4f} on the rows it was fitted to",
        f"F1 of policies fitted so     {bench.left_out_f1():.4f} on pictures left out",
        *(f"{field.name} = {getattr(best, field.name)!r}" for field in fields(best)),
    ]


def main(
    labels_csv: Annotated[Path, typer.Argument(metavar="LABELS.csv", help="Rows with labels, as evaluate takes them.")],
    vlm: VlmOption,
    *,
    images: ImagesOption = None,
    store: StoreOption = None,
    vlm_batch: VlmBatchOption = DEFAULT_BATCH,
    device: DeviceOption = DEFAULT_DEVICE,
    precision: PrecisionOption = "auto",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the policy goes: policy.json beside the reader.")
    ] = None,
) -> None:
    """Fit the numbers of the hybrid policy to labelled rows."""
    from extractor.evaluation.inputs import read_labelled_rows
    from extractor.run.options import PredictOptions
    from vlm.settings import POLICY_FILE

    if vlm == NO_VLM:
        raise typer.BadParameter("name the reader that the policy is for", param_hint="--vlm")
    reader = ReaderChoice(vlm, batch=vlm_batch, device=device, precision=precision)
    check_packages(reader)
    labelled = read_labelled_rows(labels_csv)
    store = store or default_store()
    if out is not None:
        files = files_of_run(labelled.rows, labels_csv.parent, images, vlm=vlm)
        read = (file for file in files if file.name != POLICY_FILE)  # a policy that is there is not used
        check_targets([policy_target(out)], chain([labels_csv], read), store)
    options = PredictOptions(
        base=labels_csv.parent,
        store=store,
        images=images,
        workers=cpu_count(),
        second_look=True,
        vlm=reader,
    )
    with watcher_of(quiet=False) as watcher:
        cases = cases_of(labelled, options, watcher)
    bench = Bench(cases)
    best = bench.fitted(range(len(cases)))
    typer.echo("\n".join(report(bench, best)))
    if out is not None:
        write_policy(out, best)


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command(cls=PlainCommand)(main)

if __name__ == "__main__":
    run(app)
