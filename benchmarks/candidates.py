"""python -m benchmarks.candidates: does a reader that scores the rules' candidates make the ranker better?

Two rankers are fitted to the rows of `--fit` in the same way, without and with what the reader makes of each candidate
(`extractor.training.reader_features`), and compared: by cross-validation on those rows, and on the rows of `--measure`.
Both see the first look at each picture alone, and no catalogue rows. The reader must have seen none of these pictures.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from extractor.evaluation.bootstrap import f1_difference
from extractor.evaluation.inputs import read_labelled_rows
from extractor.run.local import read_pages, stored_pages
from extractor.run.options import RunOptions
from extractor.run.progress import LineWatcher
from extractor.training.boosting import BoostOptions
from extractor.training.crossval import Fitted, fit_ranker
from extractor.training.examples import Question, questions_of
from extractor.training.reader_features import all_with_reader, texts_of
from extractor.training.tested import GROUPS
from extractor.training.thresholds import HeldOut, counts_at
from ocr.picture import load_picture
from ocr.token import OcrResult
from rules.constants import ENTITIES
from rules.counts import Counts
from rules.outcome import Outcome, count
from vlm.load import create_reader
from vlm.reader import PictureQuestions, ReaderOptions

Scores = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the ranker with its picture's file and page."""

    question: Question
    picture: Path
    page: OcrResult

    @property
    def key(self) -> str:
        """What its scores are kept by."""
        return json.dumps([self.question.picture, self.question.entity, texts_of(self.question)])


def main(
    fit: Annotated[list[str], typer.Option(help="LABELS.csv=PICTURES to fit to, labelled by eye; repeatable.")],
    measure: Annotated[str, typer.Option(help="LABELS.csv=PICTURES to measure on.")],
    reader: Annotated[str, typer.Option(help="A reader as --vlm takes it.")] = "nano",
    device: Annotated[str, typer.Option(help="Where it runs.")] = "auto",
    store: Annotated[Path, typer.Option(help="Where pages are kept.")] = Path("candidates.sqlite3"),
    scores: Annotated[Path, typer.Option(help="Where the reader's scores are kept.")] = Path("candidates.jsonl"),
    folds: Annotated[int, typer.Option(min=2, help="Of the cross-validation, by picture.")] = 5,
) -> None:
    """Print F1 (accepted) by entity, without and with the reader's scores; a stopped run goes on where it was."""
    own = list(chain.from_iterable(_asked(one, store) for one in fit))
    kept_out = _asked(measure, store)
    known = _scored([*own, *kept_out], reader, device, scores)
    for name, asked in (("cross-validation", own), ("measured", kept_out)):
        typer.echo(f"{name}: {len(asked)} rows, {len({one.picture for one in asked})} pictures")
    plain = [one.question for one in own]
    heard = all_with_reader(plain, [known[one.key] for one in own])
    of_rules, of_both = (fit_ranker(some, (), BoostOptions(), folds=folds) for some in (plain, heard))
    _report("cross-validation", _cross_validated(of_rules), _cross_validated(of_both))
    plain = [one.question for one in kept_out]
    heard = all_with_reader(plain, [known[one.key] for one in kept_out])
    _report("measured", _answered(of_rules, plain), _answered(of_both, heard))


def _asked(labels_and_pictures: str, store: Path) -> list[Asked]:
    labels, _, pictures = labels_and_pictures.partition("=")
    labelled = read_labelled_rows(Path(labels))
    options = RunOptions(Path(labels).parent, store, images=Path(pictures))
    results = asyncio.run(read_pages([row.picture for row in labelled.rows], options, LineWatcher()))
    pages = stored_pages(results, options)
    asked = []
    for row, label in zip(labelled.rows, labelled.labels, strict=True):
        path = results[row.picture].path
        if path is not None and row.picture in pages:
            page = pages[row.picture]
            (question,) = questions_of([row], [label], {row.picture_name: page})
            asked.append(Asked(question, path, page))
    return asked


def _scored(asked: Sequence[Asked], reader: str, device: str, file: Path) -> dict[str, Scores]:
    """The scores of all texts by question; what is in the file is not asked again."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    known: dict[str, Scores] = dict(map(json.loads, lines))
    missing = [one for one in asked if one.key not in known]
    if missing:
        model = create_reader(reader, ReaderOptions(device=device))
        with file.open("a", encoding="utf-8") as kept:
            for one in missing:
                texts = texts_of(one.question)
                item = PictureQuestions(load_picture(one.picture.read_bytes()), one.page, (one.question.entity,))
                ((of_texts,),) = model.score([item], [[texts]])
                known[one.key] = dict(zip(texts, of_texts, strict=True))
                kept.write(f"{json.dumps([one.key, known[one.key]])}\n")
                kept.flush()
    return known


def _cross_validated(fitted: Fitted) -> list[tuple[Question, Outcome]]:
    groups = fitted.tested.groups
    return [(h.question, _outcome(h, fitted, name)) for name, group in groups.items() for h in group.held_out]


def _answered(fitted: Fitted, questions: Sequence[Question]) -> list[tuple[Question, Outcome]]:
    outcomes: list[tuple[Question, Outcome]] = []
    for name, model in fitted.models.items():
        own = [question for question in questions if question.entity in GROUPS[name]]
        outcomes += [(scored.question, _outcome(scored, fitted, name)) for scored in model.log_odds(own)]
    return outcomes


def _outcome(held_out: HeldOut, fitted: Fitted, name: str) -> Outcome:
    said = fitted.tested
    counts = counts_at([held_out], said.groups[name].calibration, said.thresholds[name])
    by_counts = {Counts(tp=1): Outcome.TP, Counts(fp=1): Outcome.FP, Counts(fn=1): Outcome.FN}
    return by_counts.get(counts, Outcome.TN)


def _report(title: str, rules: Sequence[tuple[Question, Outcome]], both: Sequence[tuple[Question, Outcome]]) -> None:
    typer.echo(f"{title:32s}  rows  rules  with reader  difference")
    for entity in (*ENTITIES, "all"):
        alone, heard = ([one for one in some if entity in (one[0].entity, "all")] for some in (rules, both))
        if not alone:
            continue
        mine, theirs = ([outcome for _, outcome in some] for some in (heard, alone))
        difference, ends = f1_difference(mine, theirs, [question.picture for question, _ in alone], seed=0)
        typer.echo(
            f"  {entity:30s}  {len(alone):4d}  {count(theirs).f1:.3f}  {count(mine).f1:11.3f}  "
            f"{difference:+.3f} ({ends.low:+.3f} to {ends.high:+.3f})"
        )


if __name__ == "__main__":
    typer.run(main)
