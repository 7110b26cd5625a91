"""What each part of the learned ranker brings, cross-validated: python -m benchmarks.ranker LABELS.csv --images FOLDER

Prints the tables of docs/accuracy.md: arms without one family of features or another, what taught rows bring on their
own kind of picture, a learning curve, how many answers can be used unseen, and the kinds of mistakes. Means over
`--seeds`. Taught rows (--teach) and catalogue rows (--catalogue, --tokens) are learned from as by `extractor fit`.
Needs the extra `fit`.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Annotated

import typer

from extractor.evaluation.coverage import PROMISE, CheckedAnswer
from extractor.evaluation.inputs import LabelledRows, read_labelled_rows
from extractor.evaluation.metrics import Variant, outcome
from extractor.run.local import read_pages
from extractor.run.options import RunOptions
from extractor.run.progress import LineWatcher
from extractor.stages.answer import Status
from extractor.tables.labels import Label
from extractor.training.boosting import FOR_MANY, BoostOptions
from extractor.training.crossval import learner, options_for
from extractor.training.examples import Question, catalogue_questions, pages_by_name
from extractor.training.sources import FitQuestions, Sources, left_out_of
from extractor.training.tested import GROUPS, Tested, TestedGroup, cross_validated, kept_in_all, tested
from extractor.training.thresholds import HeldOut
from rules.constants import ENTITIES
from rules.counts import Counts
from rules.outcome import Outcome, count

FOLDS = 5
SHARES = (0.25, 0.5, 0.75, 1.0)
FAMILIES = {"extents": ("along_", "scale")}
"""Families of features, by the beginnings of their names. Those of groups and looks are learned: see `Arm`."""
SMALLER = BoostOptions(n_estimators=70, max_depth=4, learning_rate=0.06, min_samples_leaf=8)
"""The trees of the ranker before."""
LARGER = BoostOptions()


@dataclass(frozen=True, slots=True)
class Arm:
    """A way to fit: without some families, groups, looks or taught rows, from a share of the pictures."""

    without: tuple[str, ...] = ()
    groups: bool = True
    looks: bool = True
    taught: bool = True
    options: BoostOptions = LARGER
    share: float = 1.0

    def of(self, question: Question) -> Question:
        """The question as this arm sees it."""
        hidden = tuple(beginning for family in self.without for beginning in FAMILIES[family])
        choices = tuple(
            replace(one, features=tuple(f for f in one.features if not f[0].startswith(hidden)))
            for one in question.choices
        )
        return replace(
            question,
            choices=choices,
            group=question.group if self.groups else "",
            embedding=question.embedding if self.looks else (),
        )


SHIPPED = Arm()
_plain = partial(Arm, taught=False)
ARMS = {
    "no extents, groups or looks, smaller trees": _plain(("extents",), groups=False, looks=False, options=SMALLER),
    "extents, smaller trees": _plain(groups=False, looks=False, options=SMALLER),
    "extents, groups, smaller trees": _plain(looks=False, options=SMALLER),
    "extents, larger trees": _plain(groups=False, looks=False),
    "extents, groups, larger trees": _plain(looks=False),
    "extents, looks, larger trees": _plain(groups=False),
    "extents, groups, looks, larger trees": _plain(),
    "the same with taught rows (shipped)": SHIPPED,
}


@dataclass(frozen=True)
class Bench:
    """What the ranker is fitted to, with the labels; each group is fitted anew for each arm and seed."""

    asked: FitQuestions
    labels: Mapping[tuple[str, str], Label]

    def tested(self, arm: Arm, seed: int, stated: tuple[HeldOut, ...] | None = None) -> Tested:
        """What held-out questions say; `stated` amounts, which no arm is about, may be given."""
        division = {}
        for name, members in GROUPS.items():
            if name == "stated" and stated is not None:
                division[name] = stated
                continue
            own = [arm.of(q) for q in self.asked.own if q.entity in members]
            taught = [arm.of(q) for q in self.asked.taught if arm.taught and q.entity in members]
            more = [*taught, *(q for q in self.asked.catalogue if q.entity in members)]
            learn = learner(options_for(own, more, arm.options, FOR_MANY), seed)
            division[name] = cross_validated(own, more, learn, FOLDS, seed, arm.share)
        return tested(division)

    def answered_taught(
        self, said: Tested, options: BoostOptions, seed: int, *, taught: bool
    ) -> Iterator[tuple[Question, str, Label]]:
        """The taught questions on dimensions, answered at the thresholds of `said` by models that did not see theirs.

        They saw the taught rows of other pictures, or none.
        """
        for name, group in said.groups.items():
            own, asked = ([q for q in some if q.entity == name] for some in (self.asked.own, self.asked.taught))
            if not asked:
                continue
            learn = learner(options, seed)
            held_out = cross_validated(asked, own, learn, FOLDS, seed) if taught else learn(own)(asked)
            yield from self._answers(TestedGroup(tuple(held_out), group.calibration), said.thresholds[name])

    def primary(self, said: Tested) -> Counts:
        """The counts of held-out rows by the best answers alone."""
        return count(outcome(answer, label, Variant.PRIMARY) for _, answer, label in self.answered(said))

    def mistakes(self, said: Tested) -> Counter[tuple[str, str]]:
        """The wrong rows by kind and entity."""
        kinds: Counter[tuple[str, str]] = Counter()
        for question, answer, label in self.answered(said):
            result = outcome(answer, label, Variant.ACCEPTED)
            if result in (Outcome.FP, Outcome.FN):
                kinds[_kind(question, answer), question.entity] += 1
        return kinds

    def answered(self, said: Tested) -> Iterator[tuple[Question, str, Label]]:
        """Each question with its held-out answer, "" for none, and its label."""
        for name, group in said.groups.items():
            yield from self._answers(group, said.thresholds[name])

    def _answers(self, group: TestedGroup, threshold: float) -> Iterator[tuple[Question, str, Label]]:
        for held in group.held_out:
            choices, odds = held.question.choices, held.log_odds
            best = held.likeliest
            sure = best is not None and group.calibration.probability(odds[best]) > threshold
            answer = str(choices[best].amount) if best is not None and sure else ""
            yield held.question, answer, self.labels[held.question.picture, held.question.entity]


def _kind(question: Question, answer: str) -> str:
    right = any(choice.right for choice in question.choices)
    if not answer:
        return "left empty, thought improbable" if right else "left empty, right value not read"
    if not question.stated:
        return "answered though not stated"
    return "another value" if right else "another value, right one not read"


def scores(name: str, bench: Bench, runs: Sequence[Tested]) -> str:
    """A line of a table: mean F1 of all rows, of their best answers, and of each dimension."""
    of_all = fmean(run.total.f1 for run in runs), fmean(bench.primary(run).f1 for run in runs)
    of_each = (fmean(run.counts[entity].f1 for run in runs) for entity in ("width", "height", "depth"))
    return _line(name, *(f"{f1:.3f}" for f1 in (*of_all, *of_each)))


def on_taught(bench: Bench, runs: Sequence[Tested], options: BoostOptions, stating: Set[str], *, taught: bool) -> str:
    """A line of a table: F1 on the taught pictures that state a dimension, `stating`, and answers on the others."""
    scored: list[float] = []
    needless: list[int] = []
    for seed, run in enumerate(runs):
        rows = list(bench.answered_taught(run, options, seed, taught=taught))
        right = [outcome(said, label, Variant.ACCEPTED) for q, said, label in rows if q.picture in stating]
        scored.append(count(right).f1)
        needless.append(sum(bool(said) for q, said, _ in rows if q.picture not in stating))
    return _line("yes" if taught else "no", f"{fmean(scored):.3f}", f"{fmean(needless):.1f}")


def unseen(runs: Sequence[Tested]) -> list[tuple[str, list[CheckedAnswer]]]:
    """By entity, the first run's answers, verified from the confidence on that the other pictures gave in all runs."""
    found: dict[str, list[CheckedAnswer]] = {entity: [] for entity in ENTITIES}
    for name, group in runs[0].groups.items():
        pictures = sorted({held.question.picture for held in group.held_out})
        random.Random(len(runs)).shuffle(pictures)  # the folds of the models had the seeds below
        for fold in range(FOLDS):
            tried = set(pictures[fold::FOLDS])
            others = [(_part(run.groups[name], tried, inside=False), run.thresholds[name]) for run in runs]
            steps = kept_in_all(others, GROUPS[name])
            own = replace(runs[0], groups={name: _part(group, tried, inside=True)}, verified_from=steps)
            for answer in own.answers:
                found[answer.entity].append(answer)
    return list(found.items())


def _part(group: TestedGroup, pictures: Set[str], *, inside: bool) -> TestedGroup:
    held_out = tuple(held for held in group.held_out if (held.question.picture in pictures) is inside)
    return TestedGroup(held_out, group.calibration)


def coverage(name: str, answers: Sequence[CheckedAnswer]) -> str:
    """A line of a table: answers, and those that are verified."""
    verified = [one.right for one in answers if one.trust.status is Status.VERIFIED]
    right = f"{fmean(verified):.3f}" if verified else "-"
    share = f"{len(verified) / len(answers):.3f}" if answers else "-"
    return _line(name, len(answers), len(verified), share, right)


def report(
    bench: Bench,
    seeds: int,
    arms: Mapping[str, Arm] = ARMS,
    shipped: Arm = SHIPPED,
    say: Callable[[str], None] = typer.echo,
) -> None:
    """Prints all tables, each line as soon as it is known."""
    whole = [bench.tested(shipped, seed) for seed in range(seeds)]
    say(_head("arm", "all", "primary", "width", "height", "depth"))
    for name, arm in arms.items():
        stated = (run.groups["stated"].held_out for run in whole)
        runs = whole if arm == shipped else [bench.tested(arm, seed, own) for seed, own in enumerate(stated)]
        say(scores(name, bench, runs))
    if bench.asked.taught:
        stating = {q.picture for q in bench.asked.taught if q.stated}
        none = sum(q.picture not in stating for q in bench.asked.taught)
        say("\n" + _head("taught", "F1 where a dimension is stated", f"answers where none is (of {none} rows)"))
        say(on_taught(bench, whole, shipped.options, stating, taught=False))
        say(on_taught(bench, whole, shipped.options, stating, taught=True))
    say("\n" + _head("dimensions learned from", "all", "primary", "width", "height", "depth"))
    for share in SHARES:
        part, stated = replace(shipped, share=share), (run.groups["stated"].held_out for run in whole)
        runs = whole if share == 1 else [bench.tested(part, seed, own) for seed, own in enumerate(stated)]
        say(scores(f"{share:.0%} of the pictures", bench, runs))
    say("\n" + _head(f"unseen, promise {PROMISE:.0%}, seed 0", "answers", "verified", "share", "right of these"))
    by_entity = unseen(whole)
    say(coverage("all", [answer for _, answers in by_entity for answer in answers]))
    for entity, answers in by_entity:
        say(coverage(entity, answers))
    kinds = sum((bench.mistakes(run) for run in whole), Counter())
    entities = [entity for entity in ENTITIES if any(entity == own for _, own in kinds)]
    say("\n" + _head("mistakes, mean", *entities))
    for kind in dict.fromkeys(kind for kind, _ in kinds):
        say(_line(kind, *(f"{kinds[kind, entity] / seeds:.1f}" for entity in entities)))


def _head(*cells: str) -> str:
    return f"{_line(*cells)}\n|{'---|' * len(cells)}"


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def labels_by_question(files: Sequence[LabelledRows]) -> dict[tuple[str, str], Label]:
    """The labels of all rows by picture and entity."""
    pairs = [pair for file in files for pair in zip(file.rows, file.labels, strict=True)]
    return {(row.picture_name, row.entity): label for row, label in pairs}


def main(
    labels: Annotated[Path, typer.Argument(help="Rows labelled by eye: primary, accepted.")],
    images: Annotated[Path, typer.Option(help="The folder of their pictures.")],
    store: Annotated[Path, typer.Option(help="The store of pages.")],
    teach: Annotated[list[Path] | None, typer.Option(help="More rows by eye, to learn from only.")] = None,
    catalogue: Annotated[Path | None, typer.Option(help="More rows, to learn from only.")] = None,
    tokens: Annotated[Path | None, typer.Option(help="The text of their pictures.")] = None,
    label_column: Annotated[str, typer.Option(help="The label's column there.")] = "entity_value",
    without: Annotated[list[Path] | None, typer.Option(help="Leave out what this file asks.")] = None,
    seeds: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Reads the pictures, then fits and tests every arm."""
    labelled, *taught = (read_labelled_rows(path) for path in (labels, *(teach or [])))
    further = catalogue_questions(catalogue, tokens, label_column) if catalogue and tokens else ()
    sources = Sources(labelled, taught, further, left_out_of(without or []))
    options = RunOptions(labels.parent, store, images)
    results = asyncio.run(read_pages([row.picture for row in sources.rows], options, LineWatcher()))
    asked = sources.questions(pages_by_name(sources.rows, results, options))
    report(Bench(asked, labels_by_question([labelled, *taught])), seeds)


if __name__ == "__main__":
    typer.run(main)
