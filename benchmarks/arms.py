"""The ways of reading pictures that are compared, each a command of its own."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.workload import Workload
from extractor.evaluation.inputs import read_predictions
from extractor.training.examples import read_token_dump
from rules.select import select

STOCK = "stock RapidOCR in a loop"
PADDLE = "PaddleOCR on ONNX Runtime in a loop"
PREDICT = "predict, nothing kept"
ONE_WORKER = "predict, one worker"
KEPT = "predict, pages kept"
LIBRARY = "library, extract_many"
FULL_SIZE = "predict, pictures in full size"
SAME_ANSWERS = (PREDICT, ONE_WORKER, KEPT)
"""Ways that must give the same answers."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One way: `prepare` makes its files, `command` is timed, `predictions` are the answers that it led to."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], None]
    predictions: Callable[[], dict[str, str]]


def arms(work: Workload, scratch: Path, workers: int, paddle: Path | None) -> list[Arm]:
    """All arms that can run here; that of PaddleOCR needs the Python of its own environment."""
    dumps = {name: scratch / f"{name}.jsonl" for name in ("stock", "paddle")}
    outs = {name: scratch / f"{name}.csv" for name in ("predict", "one", "kept", "library")}
    cold, warm = scratch / "cold.sqlite3", scratch / "warm.sqlite3"

    def of_dump(name: str) -> Callable[[], dict[str, str]]:
        return lambda: _answers_of_rules(work, dumps[name])

    def of_file(name: str) -> Callable[[], dict[str, str]]:
        return lambda: read_predictions(outs[name])

    found = [
        Arm(STOCK, _module("stock", work.listing, dumps["stock"]), _nothing, of_dump("stock")),
        Arm(
            PREDICT,
            predict_command(work.table, work.folder, outs["predict"], cold, workers),
            lambda: cold.unlink(missing_ok=True),
            of_file("predict"),
        ),
        Arm(
            ONE_WORKER,
            predict_command(work.table, work.folder, outs["one"], cold, 1),
            lambda: cold.unlink(missing_ok=True),
            of_file("one"),
        ),
        Arm(
            KEPT,
            predict_command(work.table, work.folder, outs["kept"], warm, workers),
            lambda: _pages_alone(cold, warm),
            of_file("kept"),
        ),
        Arm(
            LIBRARY,
            _module("library", work.table, work.folder, workers, outs["library"]),
            _nothing,
            of_file("library"),
        ),
    ]
    if paddle is not None:
        command = _module("paddle", work.listing, dumps["paddle"], python=str(paddle))
        found.insert(1, Arm(PADDLE, command, _nothing, of_dump("paddle")))
    return found


def full_size(work: Workload, scratch: Path, workers: int) -> Arm:
    """What F1 is measured against: the same with a detector that sees pictures in up to seven times as many pixels."""
    out, store = scratch / "full.csv", scratch / "full.sqlite3"
    command = [*predict_command(work.table, work.folder, out, store, workers), "--ocr", "benchmarks.full_size:engine"]
    return Arm(FULL_SIZE, command, lambda: store.unlink(missing_ok=True), lambda: read_predictions(out))


def predict_command(table: Path, folder: Path, out: Path, store: Path, workers: int) -> list[str]:
    """`predict` on a table whose pictures lie in a folder."""
    files = [str(table), "--images", str(folder), "--out", str(out), "--store", str(store)]
    return [sys.executable, "-m", "extractor", "predict", *files, "--workers", str(workers), "--quiet"]


def _module(name: str, *arguments: object, python: str = sys.executable) -> list[str]:
    return [python, "-m", f"benchmarks.{name}", *map(str, arguments)]


def _nothing() -> None:
    """The arm needs no preparation."""


def _pages_alone(full: Path, copy: Path) -> None:
    """A copy of a store with the pages that were read, but without the answers of the rules."""
    shutil.copyfile(full, copy)
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute("DELETE FROM answers")


def _answers_of_rules(work: Workload, dump: Path) -> dict[str, str]:
    """What our rules answer on another engine's text: the worth of that text, without strokes."""
    pages = read_token_dump(dump)
    answers = ((row.index, select(pages[row.picture_name], row.entity).answer) for row in work.labelled.rows)
    return {index: "" if answer is None else str(answer) for index, answer in answers}
