"""Reads pictures in a process of the actor's, which a picture may kill or hold up without harm to the actor.

What comes of a picture is what `extractor.run.worker` makes of it, without a store.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property

from extractor.api.engines import engine_of
from extractor.api.pictures import picture_from
from extractor.api.processes import ProcessLimits, WorkerDiedError, WorkerProcess, WorkerTimeoutError, end_all
from extractor.api.rankers import ranker_of
from extractor.run.cluster.pictures import GotPicture
from extractor.run.options import RunOptions
from extractor.run.pictures import PictureJob
from extractor.run.result import PictureResult
from extractor.run.trouble import WorkerDeaths, fatal_result, late_result
from extractor.stages.answer import Answer
from extractor.stages.read import PicturePages
from extractor.stages.reason import LATE_AFTER_READING, Announce, Failure, PictureUnusableError, Reason
from extractor.stages.select import needs_upscaled_pass, select
from ocr.engine import OcrEngine
from ocr.token import OcrResult
from rules.ranker import Ranker


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """The result on a picture and the pages that its answers stand on: of the first pass and of the upscaled one."""

    result: PictureResult
    first: OcrResult | None = None
    upscaled: OcrResult | None = None


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """Engine, ranker, entities and passes, as `RunOptions` has them; `pages`: whether to hand them on."""

    options: RunOptions
    pages: bool


@dataclass(frozen=True, slots=True)
class ReadingJob:
    """The bytes of a picture, the entities to answer, its product group, and whether it may be read once more."""

    data: bytes
    entities: tuple[str, ...]
    group: str
    upscale: bool


class PictureReader:
    """Reads one picture after the other; its process is started when the first one comes."""

    def __init__(self, options: RunOptions, limits: ProcessLimits, *, pages: bool) -> None:
        self._upscale = options.upscale
        self._table = options.entities
        self._deaths = WorkerDeaths(limits, workers=1)
        settings = ReadingSettings(options, pages)
        self._process = WorkerProcess[ReadingJob, ReadPicture](reading_process, settings, limits)

    def read(self, got: GotPicture, job: PictureJob) -> ReadPicture:
        """The answers on a picture. Raises ExtractorError where no picture can be read."""
        if isinstance(got.data, Failure):
            read = ReadPicture(PictureResult(failure=got.data))
        else:
            read = self._read(ReadingJob(got.data, job.entities, job.group, self._upscale))
        result = replace(read.result, link=job.link, origin=got.origin, sha256=got.sha256, fetch_seconds=got.seconds)
        return replace(read, result=result)

    def close(self) -> None:
        """Ends the process."""
        end_all([self._process])

    def _read(self, job: ReadingJob, *, again: bool = True) -> ReadPicture:
        try:
            read = self._process.do(job)
        except WorkerTimeoutError as error:
            return self._late(job, error.failure)
        except WorkerDiedError as error:
            self._deaths.died(error)
            return self._read(job, again=False) if again else ReadPicture(fatal_result(error))
        except PictureUnusableError as error:
            return ReadPicture(PictureResult(failure=error.failure))
        self._deaths.survived()
        return read

    def _late(self, job: ReadingJob, failure: Failure) -> ReadPicture:
        """What can be had without what took too long: the first pass alone, or the entities before the slow one."""
        if failure.reason is Reason.UPSCALED_PASS_TIMED_OUT and job.upscale:
            read = self._read(replace(job, upscale=False))
            final = [answer for answer in read.result.answers if not needs_upscaled_pass(answer, self._table)]
        elif failure.reason is Reason.RULES_TIMED_OUT and len(job.entities) > 1:
            read, final = self._one_by_one(job)
        else:
            return ReadPicture(late_result(job.entities, failure, {}))
        if read.result.failure is not None:
            return read
        answers = late_result(job.entities, failure, {answer.entity: answer for answer in final}).answers
        return replace(read, result=replace(read.result, answers=answers))

    def _one_by_one(self, job: ReadingJob) -> tuple[ReadPicture, list[Answer]]:
        """The last reading, and the answers up to the first that took too long."""
        answers: list[Answer] = []
        for entity in job.entities:
            read = self._read(replace(job, entities=(entity,)))
            answers += read.result.answers
            if read.result.failure is not None or answers[-1].reason in LATE_AFTER_READING:
                break
        return read, answers


class _Reading:
    """Does jobs in the process; loads the engine when the first picture comes."""

    def __init__(self, settings: ReadingSettings, announce: Announce) -> None:
        self._settings = settings
        self._options = settings.options
        self._announce = announce

    def do(self, job: ReadingJob) -> ReadPicture:
        """What is read. Raises PictureUnusableError, and ExtractorError when no picture could be read."""
        pages = _TimedPages(PicturePages(picture_from(job.data), self._engine))
        found = select(
            pages,
            job.entities,
            self._ranker,
            table=self._options.entities,
            group=job.group,
            upscale=job.upscale,
            announce=self._announce,
        )
        answers = tuple(found)
        result = PictureResult(answers=answers, upscaled_now=pages.upscaled_now, ocr_seconds=pages.seconds)
        if not self._settings.pages:
            return ReadPicture(result)
        return ReadPicture(result, pages.first, pages.upscaled if pages.upscaled_now else None)

    @cached_property
    def _engine(self) -> OcrEngine:
        return engine_of(self._options.ocr)

    @cached_property
    def _ranker(self) -> Ranker:
        return ranker_of(self._options.ranker)


class _TimedPages:
    """The pages of a picture, with the seconds that reading took."""

    def __init__(self, pages: PicturePages) -> None:
        self._pages = pages
        self.seconds = 0.0
        self.upscaled_now = False

    @cached_property
    def first(self) -> OcrResult:
        started = time.perf_counter()
        try:
            return self._pages.first
        finally:
            self.seconds += time.perf_counter() - started

    @cached_property
    def upscaled(self) -> OcrResult | None:
        started = time.perf_counter()
        page = self._pages.upscaled
        self.upscaled_now = page is not None
        self.seconds += time.perf_counter() - started
        return page


@contextmanager
def reading_process(settings: ReadingSettings, announce: Announce) -> Iterator[object]:
    """The function that does jobs in the process."""
    yield _Reading(settings, announce).do
