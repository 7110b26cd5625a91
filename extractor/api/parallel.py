"""Many pictures in several processes, and the answers of the rules on one: what the library's processes do."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from extractor.api.engines import engine_of
from extractor.api.extraction import Extraction
from extractor.api.pictures import PictureSource, name_of, picture_from
from extractor.api.processes import (
    Announce,
    ProcessLimits,
    WorkerDiedError,
    WorkerProcess,
    WorkerTimeoutError,
    end_all,
)
from extractor.api.rankers import ranker_of
from extractor.stages.answer import Answer, failed
from extractor.stages.combine import combine
from extractor.stages.read import AnnouncedPages, Pages, PicturePages, Stage
from extractor.stages.reason import Failure, PictureUnusableError, Reason
from extractor.stages.select import is_empty_handed, select
from ocr.picture import Picture
from rules.constants import ENTITIES
from rules.ranker import Ranker

Entities = tuple[str, ...] | None
"""The entities that the caller named; None for all."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Engine and ranker by name, and whether a picture may be read twice."""

    ocr: str
    ranker: str
    upscale: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    picture: Picture
    entities: Entities


_Result = tuple[Answer, ...] | Failure
_LATE: dict[str, Reason] = {
    Stage.SELECT: Reason.RULES_TIMED_OUT,
    Stage.UPSCALED_PASS: Reason.UPSCALED_PASS_TIMED_OUT,
}
"""Why there are no answers, by the stage that took too long; OCR otherwise."""


def answers_of_rules(pages: Pages, entities: Entities, ranker: Ranker, *, upscale: bool) -> tuple[Answer, ...]:
    """The answers in the order of the entities; see `Extractor.extract` for when the upscaled pass is made."""
    if entities is None:
        answers = tuple(select(pages, ENTITIES, ranker, upscale=False))
        if not (upscale and all(map(is_empty_handed, answers))):
            return answers
        entities = ENTITIES
    by_entity = {answer.entity: answer for answer in select(pages, entities, ranker, upscale=upscale)}
    return tuple(by_entity[entity] for entity in entities)


def failed_extraction(picture: PictureSource, entities: Entities, failure: Failure) -> Extraction:
    """The extraction of a picture that could not be used."""
    return Extraction(failed(ENTITIES if entities is None else entities, failure), name_of(picture), None, failure)


def in_processes(
    pictures: Iterable[PictureSource], entities: Entities, settings: Settings, workers: int
) -> Iterator[Extraction]:
    """The extractions in the order of the pictures, a bounded number of pictures ahead."""
    processes = [WorkerProcess[_Job, _Result](_rules_in_process, settings, ProcessLimits()) for _ in range(workers)]
    idle: queue.SimpleQueue[WorkerProcess[_Job, _Result]] = queue.SimpleQueue()
    for process in processes:
        idle.put(process)

    def do(picture: PictureSource) -> Extraction:
        try:
            loaded = picture_from(picture)
        except PictureUnusableError as error:
            return failed_extraction(picture, entities, error.failure)
        process = idle.get()
        try:
            result = _done(process, _Job(loaded, entities))
        finally:
            idle.put(process)
        if isinstance(result, Failure):
            return failed_extraction(picture, entities, result)
        return Extraction(result, name_of(picture), loaded)

    ahead: deque[Future[Extraction]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="extract") as threads:
        try:
            for picture in pictures:
                ahead.append(threads.submit(do, picture))
                if len(ahead) > 2 * workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()
            end_all(processes)


def _done(process: WorkerProcess[_Job, _Result], job: _Job, *, again: bool = True) -> _Result:
    """The result of a job; one that kills its process is tried once more, since another's memory may have done it."""
    try:
        return process.do(job)
    except WorkerTimeoutError as error:
        return Failure(_LATE.get(error.stage, Reason.OCR_TIMED_OUT), str(error))
    except WorkerDiedError as error:
        return _done(process, job, again=False) if again else Failure(Reason.OCR_CRASHED, str(error))


@contextmanager
def _rules_in_process(settings: Settings, announce: Announce) -> Iterator[Callable[[_Job], _Result]]:
    """What a worker process does: answers each job with the answers, or with why there are none."""
    engine, ranker = engine_of(settings.ocr), ranker_of(settings.ranker)

    def do(job: _Job) -> _Result:
        pages = AnnouncedPages(PicturePages(job.picture, engine), announce)
        try:
            answers = answers_of_rules(pages, job.entities, ranker, upscale=settings.upscale)
        except PictureUnusableError as error:
            return error.failure
        return tuple(map(combine, answers))

    yield do
