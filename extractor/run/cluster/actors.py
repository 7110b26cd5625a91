"""The actors of a run: one class reads pictures on CPUs, one asks a VLM, where there is one on a GPU.

Each call gets a batch of units. Whatever goes wrong with a picture is in its rows: a call fails only when no picture
could be done at all, or when the answers cannot be written. The last actor on a batch's way writes its shard, and hands
on no more than the counts.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pyarrow as pa

from extractor.api.readers import LazyReader
from extractor.run.cluster.answering import unit_answers
from extractor.run.cluster.asking import AskedPicture, VlmAsker
from extractor.run.cluster.blocks import block_of, values_of
from extractor.run.cluster.hosts import host_of
from extractor.run.cluster.options import ClusterOptions
from extractor.run.cluster.pictures import GotPicture, PictureGetter
from extractor.run.cluster.reading import PictureReader, ReadPicture
from extractor.run.cluster.shards import ShardFolder
from extractor.run.cluster.units import Unit
from extractor.run.options import RunOptions
from extractor.run.pictures import PictureJob
from extractor.run.result import PictureResult
from extractor.run.vlm import Question
from extractor.stages.ask import Reply
from extractor.stages.errors import ExtractorError


@dataclass(frozen=True, slots=True)
class ActorSettings:
    """What an actor works with: the options, the number of the run, and the actor that admits requests to hosts."""

    options: ClusterOptions
    run: int
    hosts: Any = None


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A unit and its pictures, by link."""

    unit: Unit
    pictures: dict[str, AskedPicture]

    @property
    def results(self) -> dict[str, PictureResult]:
        """What came of the pictures, by link."""
        return {link: asked.read.result for link, asked in self.pictures.items()}


class PictureActor:
    """Gets, reads and answers pictures; with a VLM it hands them on, else it writes their shard."""

    def __init__(self, settings: ActorSettings) -> None:
        with suppress(AttributeError):
            # A new process imports the main module of this one, which is Ray's; without a file it does not.
            del sys.modules["__main__"].__file__
        self._settings = settings
        run = settings.options.run
        self._pictures = PictureGetter(settings.options, settings.hosts and host_of(settings.hosts))
        self._reader = PictureReader(run, run.process_limits, pages=run.vlm is not None)

    def __call__(self, block: pa.Table) -> pa.Table:
        """Units -> units that were read, or counts."""
        read = self._read([unit for batch in values_of(block) for unit in batch])
        if self._settings.options.run.vlm is not None:
            return block_of(read)
        return _finished(read, {}, self._settings)

    def _read(self, units: list[Unit]) -> list[ReadUnit]:
        got = self._pictures.got(job.link for unit in units for job in unit.pictures)
        return [ReadUnit(unit, {job.link: self._asked(job, next(got)) for job in unit.pictures}) for unit in units]

    def _asked(self, job: PictureJob, got: GotPicture) -> AskedPicture:
        data = got.data if self._settings.options.run.vlm is not None and isinstance(got.data, bytes) else None
        return AskedPicture(self._reader.read(got, job), data)


class VlmActor:
    """Asks a VLM about pictures that were read, and writes their shard."""

    def __init__(self, settings: ActorSettings) -> None:
        self._settings = settings

    def __call__(self, block: pa.Table) -> pa.Table:
        """Units that were read -> counts."""
        read: list[ReadUnit] = values_of(block)
        replies = self._asker.replies(asked for one in read for asked in one.pictures.values())
        return _finished(read, replies, self._settings)

    @cached_property
    def _asker(self) -> VlmAsker:
        run = self._settings.options.run
        if run.vlm is None:
            raise ExtractorError("there is no reader to ask")
        return VlmAsker(LazyReader(run.vlm), run.ocr)


def _finished(read: list[ReadUnit], replies: dict[Question, Reply], settings: ActorSettings) -> pa.Table:
    """Writes the shard of a batch; gives the results on its pictures, without the answers."""
    options: RunOptions = settings.options.run
    answers = [unit_answers(one.unit, one.results, replies, options) for one in read]
    ShardFolder(settings.options.shards).put(settings.run, answers)
    return block_of(_counted(asked.read) for one in read for asked in one.pictures.values())


def _counted(read: ReadPicture) -> PictureResult:
    return replace(read.result, answers=())
