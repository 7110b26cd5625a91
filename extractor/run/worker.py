"""What a worker process does: the stages on one picture after the other, with the store around them.

Each page and each answer is put into the store as soon as it is final, by the worker itself: also when the main process
has been killed meanwhile, no reading that was finished is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from extractor.api.engines import engine_of
from extractor.api.pictures import picture_from
from extractor.api.rankers import ranker_of
from extractor.cache.pages import CachedPages, Fingerprints
from extractor.cache.pictures import picture_at
from extractor.cache.store import Store
from extractor.run.result import PictureResult
from extractor.stages.read import PicturePages
from extractor.stages.reason import Announce, PictureUnusableError, Reason
from extractor.stages.select import select
from ocr.engine import OcrEngine
from ocr.picture import Picture
from rules.ranker import Ranker

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Engine and ranker by name, the store, and what results are kept under."""

    engine: str
    ranker: str
    store: Path
    keys: Fingerprints


@dataclass(frozen=True, slots=True)
class WorkerJob:
    """A picture and the entities to answer; without entities its page alone is wanted.

    `data` are the bytes of its file, None where the file at `path` is to be read for them; both may be None when the
    store holds the picture's page. `group` is its product group, "" where it is not known.
    """

    sha256: str
    data: bytes | None
    path: Path | None
    entities: tuple[str, ...]
    group: str = ""


class PictureWorker:
    """Does jobs, one at a time; loads the engine when the first picture needs reading."""

    def __init__(self, settings: WorkerSettings, store: Store, announce: Announce) -> None:
        self._settings = settings
        self._store = store
        self._announce = announce

    def do(self, job: WorkerJob) -> PictureResult:
        """The answers on one picture. Raises ExtractorError when no picture could be read."""
        keys = self._settings.keys.of_group(job.group)
        picture = cache(lambda: _picture_of(job))  # decoded once, for both passes
        pages = CachedPages(self._store, job.sha256, keys, lambda first: PicturePages(picture(), self._engine, first))
        answers = []
        try:
            found = select(
                pages,
                job.entities,
                self._ranker,
                table=keys.entities,
                group=job.group,
                upscale=keys.upscale,
                announce=self._announce,
            )
            for answer in found:
                answers.append(answer)
                if answer.reason is not Reason.RULES_FAILED:
                    keys.put_answer(self._store, job.sha256, answer)
        except PictureUnusableError as error:
            return PictureResult(failure=error.failure, ocr_seconds=pages.seconds)
        how = ", once more enlarged" if pages.upscaled_now else ""
        logger.debug("picture %s: %d answers, read in %.2f s%s", job.sha256, len(answers), pages.seconds, how)
        return PictureResult(
            answers=tuple(answers),
            page_cached=pages.first_cached,
            upscaled_now=pages.upscaled_now,
            ocr_seconds=pages.seconds,
        )

    @cached_property
    def _engine(self) -> OcrEngine:
        return engine_of(self._settings.engine)

    @cached_property
    def _ranker(self) -> Ranker:
        return ranker_of(self._settings.ranker)


def _picture_of(job: WorkerJob) -> Picture:
    return picture_at(job.path, job.sha256) if job.data is None else picture_from(job.data)


@contextmanager
def picture_worker(settings: WorkerSettings, announce: Announce) -> Iterator[object]:
    """The function that does jobs, while the store is open."""
    with Store(settings.store) as store:
        yield PictureWorker(settings, store, announce).do
