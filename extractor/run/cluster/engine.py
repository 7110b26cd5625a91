"""A run on Ray Data: units -> actors -> shards -> one table."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extractor.api.readers import LazyReader
from extractor.run.cluster.joining import JoinedRows, finished_rows, joined, summary_of_run
from extractor.run.cluster.options import ClusterError, ClusterOptions
from extractor.run.cluster.pool import Machine, PoolSizes, pool_sizes
from extractor.run.cluster.shards import Manifest, ShardFolder, run_of
from extractor.run.cluster.units import Unit, batches_of, units_of
from extractor.run.keys import keys_of
from extractor.run.options import RunOptions
from extractor.run.progress import ProgressWatcher
from extractor.run.result import PictureResult
from extractor.run.summary import Summary
from extractor.tables.rows import Row
from rules.ranker import HAND_SET, LEARNED, ranker_name

BATCHES_EACH = 8
"""Batches at least that each actor should get: with fewer, the last ones are waited for."""


@dataclass(frozen=True, slots=True)
class ClusterResult:
    """The answers in the order of the rows, and the run in numbers."""

    answers: JoinedRows
    summary: Summary


def run(rows: Sequence[Row], options: ClusterOptions, watcher: ProgressWatcher) -> ClusterResult:
    """Answers all rows that the folder of shards has no finished answers to. A row that cannot be done has a reason.

    Raises ExtractorError when nothing can be done at all: no such engine or reader, no cluster, a folder that cannot be
    used or belongs to another run.
    """
    started = time.perf_counter()
    shards = options.shards if "://" in options.shards else str(Path(options.shards).resolve())
    options = replace(options, run=_resolved(options.run), shards=shards)
    folder = ShardFolder(options.shards)
    folder.claim(manifest_of(rows, options))
    names = folder.names()
    finished = finished_rows(folder, names)
    units = list(units_of(rows))
    missing = [unit for unit in units if any(one.position not in finished for one in unit.rows)]
    before = sum(len(unit.pictures) for unit in units) - sum(len(unit.pictures) for unit in missing)
    results: list[PictureResult] = []
    if missing:
        watcher.started(sum(len(unit.pictures) for unit in missing))
        run_number = max(map(run_of, names), default=0) + 1
        for result in _results(missing, options, run_number, watcher):
            results.append(result)
            watcher.picture_done(result)
    answers = joined(folder, folder.names(), len(rows))
    return ClusterResult(answers, summary_of_run(rows, answers, results, before, time.perf_counter() - started))


def manifest_of(rows: Sequence[Row], options: ClusterOptions) -> Manifest:
    """What the answers of a run depend on. Raises ExtractorError where engine, ranker or reader do not exist."""
    run = options.run
    keys = keys_of(run)
    reader = "no reader" if run.vlm is None else f"{LazyReader(run.vlm).fingerprint}; {run.policy}"
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr((row.index, row.image_link, row.group_id, row.entity, row.product, row.title)).encode())
    answers = keys.own_answers if run.entities.own else keys.answers
    return Manifest(len(rows), digest.hexdigest(), f"{keys.engine}; {answers}; {reader}")


def _results(
    units: Sequence[Unit], options: ClusterOptions, run_number: int, watcher: ProgressWatcher
) -> Iterator[PictureResult]:
    """The results on pictures as their shards are written, in any order and without the answers."""
    from extractor.run.cluster.dataset import cluster, results_of

    pictures = sum(len(unit.pictures) for unit in units)
    with cluster(options) as machines:
        try:
            sizes = pool_sizes(machines, options.actors, vlm=options.run.vlm is not None)
        except ValueError as error:
            raise ClusterError(str(error)) from error
        batch = max(1, min(options.batch_pictures, pictures // (sizes.readers * BATCHES_EACH)))
        watcher.notice(_told(machines, sizes, batch))
        yield from results_of(batches_of(units, batch), options, run_number, sizes)


def _told(machines: Sequence[Machine], sizes: PoolSizes, batch: int) -> str:
    """One line on what the run uses."""
    at_first, at_most = sizes.readers, sizes.readers_at_most
    readers = f"{at_first}" if at_first == at_most else f"{at_first} to {at_most}"
    askers = f", {sizes.askers} for the reader on {'GPUs' if sizes.asker_gpus else 'a CPU'}" if sizes.askers else ""
    count = f"{len(machines)} machine{'s' * (len(machines) != 1)}"
    return f"cluster   {count}; actors: {readers} for pictures{askers}; {batch} pictures a shard"


def _resolved(run: RunOptions) -> RunOptions:
    """The options with whole paths: actors have a current folder of their own."""
    ranker = run.ranker if ranker_name(run.ranker) in (LEARNED, HAND_SET) else str(Path(run.ranker).resolve())
    vlm = run.vlm
    if vlm is not None:
        spec = str(Path(vlm.spec).resolve()) if Path(vlm.spec).is_dir() else vlm.spec
        vlm = replace(vlm, spec=spec, bars=False)
    images = None if run.images is None else run.images.resolve()
    return replace(run, base=run.base.resolve(), images=images, ranker=ranker, vlm=vlm)
