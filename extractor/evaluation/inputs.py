"""What an evaluation starts from: labelled rows, predictions, and the candidates of a trace."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from extractor.evaluation.coverage import Trust
from extractor.stages.answer import Status
from extractor.tables.csv_file import InputError
from extractor.tables.json_file import json_lines
from extractor.tables.labels import Label, label_columns, labels_of
from extractor.tables.output import HEADER, trace_path
from extractor.tables.read_trace import TRACE
from extractor.tables.rows import ProductColumns, Row, read_rows, read_table, rows_of
from extractor.tables.trace import RowAnswer
from rules.entities import OFFICIAL, EntityTable

CUE = "cue"
PIPELINE = "pipeline"


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """The rows of an evaluation file with their labels, and the columns the labels stand in.

    `cues` tell for each row what decides it (see dataset/README.md), where the file has such a column. `left_out` are
    the indices of the file's other rows. `entities` are those that rows may ask about.
    """

    rows: tuple[Row, ...]
    labels: tuple[Label, ...]
    columns: tuple[str, ...]
    cues: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
    entities: EntityTable = OFFICIAL

    @property
    def pictures(self) -> list[str]:
        """The link of each row."""
        return [row.image_link for row in self.rows]

    def answers(self, predictions: Mapping[str, str]) -> list[str]:
        """The prediction for each row, "" without one; `predictions` by index."""
        return [predictions.get(row.index, "") for row in self.rows]

    def official(self) -> LabelledRows:
        """The rows on official entities."""
        return self._at([i for i, row in enumerate(self.rows) if not self.entities[row.entity].own])

    def first(self, limit: int | None) -> LabelledRows:
        """The first `limit` rows; all with None."""
        return self if limit is None else self._at(range(len(self.rows))[:limit])

    def sample(self, count: int, seed: int) -> LabelledRows:
        """About `count` rows by chance, in their order, with each entity in its share and at least once."""
        chance = Random(seed)
        by_entity: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            by_entity[row.entity].append(place)
        share = min(1.0, count / max(1, len(self.rows)))
        chosen = [chance.sample(places, max(1, round(share * len(places)))) for places in by_entity.values()]
        return self._at(sorted(chain.from_iterable(chosen)))

    def among(self, indices: Collection[str]) -> LabelledRows:
        """The rows with one of these indices."""
        return self._at([i for i, row in enumerate(self.rows) if row.index in indices])

    def _at(self, places: Collection[int]) -> LabelledRows:
        kept = set(places)
        left_out = self.left_out | {row.index for i, row in enumerate(self.rows) if i not in kept}
        rows, labels = tuple(self.rows[i] for i in places), tuple(self.labels[i] for i in places)
        cues = tuple(self.cues[i] for i in places if self.cues)
        return replace(self, rows=rows, labels=labels, cues=cues, left_out=left_out)


@dataclass(frozen=True, slots=True)
class Answers:
    """Predictions by index, with the candidates and the trust of each where known.

    `source` is their file, or "pipeline".
    """

    predictions: Mapping[str, str]
    candidates: Mapping[str, Sequence[str]] | None
    source: str
    trust: Mapping[str, Trust] | None = None


def answers_of_run(rows: Sequence[RowAnswer]) -> Answers:
    """What a run of the pipeline answered."""
    return Answers(
        {one.row.index: one.prediction for one in rows},
        {one.row.index: [str(c.amount) for c in one.answer.candidates] for one in rows},
        PIPELINE,
        {one.row.index: Trust(one.answer.confidence, one.answer.status) for one in rows},
    )


def read_answers(submission: Path, trace: Path | None = None) -> Answers:
    """The predictions of a submission; the rest from `trace`, or from the trace beside the submission if it is there.

    Raises InputError when one of the files cannot be used.
    """
    predictions = read_predictions(submission)
    if trace is None and trace_path(submission).is_file():
        trace = trace_path(submission)
    candidates, trust = (None, None) if trace is None else read_candidates_and_trust(trace)
    return Answers(predictions, candidates, str(submission), trust)


def rows_of_answers(answers: Answers, rows: Iterable[RowAnswer], labelled: LabelledRows) -> tuple[RowAnswer, ...]:
    """The rows of a trace that are labelled.

    Raises InputError when one answers something else than the submission: they are of two runs.
    """
    known = {row.index for row in labelled.rows}
    shown = tuple(one for one in rows if one.row.index in known)
    for one in shown:
        if one.prediction != (submitted := answers.predictions.get(one.row.index, "")):
            raise InputError(
                f"{answers.source}, index {one.row.index}: {submitted or 'nothing'}, but the trace has "
                f"{one.prediction or 'nothing'}; name the trace of the same run with --trace"
            )
    return shown


def read_labelled_rows(
    path: Path,
    label_column: str | None = None,
    entities: EntityTable = OFFICIAL,
    products: ProductColumns | None = None,
) -> LabelledRows:
    """The rows of an evaluation file; see `labels` for its forms. Raises InputError when it cannot be used."""
    table = read_table(path)
    columns = label_columns(table, label_column)
    rows, labels = rows_of(table, entities, products), labels_of(table, columns)
    return LabelledRows(rows, labels, columns, table.columns.get(CUE, ()), entities=entities)


def picture_names_in(files: Iterable[Path]) -> frozenset[str]:
    """The last parts of all links in tables of questions. Raises InputError when one cannot be used."""
    return frozenset(row.picture_name for file in files for row in read_rows(file))


def read_predictions(path: Path) -> dict[str, str]:
    """The predictions of a submission by index; raises InputError when the file is not one."""
    table = read_table(path)
    columns = table.columns
    absent = [name for name in HEADER if name not in columns]
    if absent:
        raise InputError(f"{table.header_place}: missing column {' and '.join(absent)}; expected {','.join(HEADER)}")
    indices, predictions = (columns[name] for name in HEADER)
    ((index, times),) = Counter(indices).most_common(1)
    if times > 1:
        raise InputError(f"{path}: index {index!r} occurs {times} times; keep one prediction for each index")
    return dict(zip(indices, predictions, strict=True))


def read_candidates_and_trust(path: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, Trust]]:
    """The candidates of each index and how far its answer can be trusted, from one reading of a trace.

    Raises InputError when the file is not a trace.
    """
    candidates, trusts = {}, {}
    for index, amounts, trust in json_lines(path, TRACE, _candidates_and_trust):
        candidates[index] = amounts
        if trust is not None:
            trusts[index] = trust
    return candidates, trusts


def _candidates_and_trust(line: Any) -> tuple[str, tuple[str, ...], Trust | None]:
    known = "confidence" in line and "status" in line  # traces of old versions lack the status
    trust = Trust(float(line["confidence"]), Status(line["status"])) if known else None
    return str(line["index"]), tuple(str(one["answer"]) for one in line["candidates"]), trust


def labels_of_run(labelled: LabelledRows, rows: Iterable[RowAnswer], path: Path) -> LabelledRows:
    """Those of the labelled rows that a run answered; `path` is the file of the labels.

    Raises InputError when none are, or when a row of the run asks for something else.
    """
    asked = {one.row.index: one.row for one in rows}
    shared = labelled.among(asked)
    if not shared.rows:
        raise InputError(f"{path}: no index of this file is in the trace; name the labels of the same rows")
    for row in shared.rows:
        if row.entity != asked[row.index].entity or row.picture_name != asked[row.index].picture_name:
            raise InputError(
                f"{path}, index {row.index}: asks for {row.entity} of {row.picture_name}, the trace for "
                f"{asked[row.index].entity} of {asked[row.index].picture_name}; name the labels of the same rows"
            )
    return shared
