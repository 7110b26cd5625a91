"""The pass of OCR and rules: every picture is located, fetched, read and judged once.

Pictures flow through independently, a bounded number at a time, and what is finished is in the store at
once. So a run can be stopped in any way, and the next one takes from the store what is there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.api.workers import WorkerDiedError, WorkerPool, WorkerTimeoutError
from extractor.cache.pictures import PictureFolder, digest_of
from extractor.cache.store import Store
from extractor.run.options import PredictOptions
from extractor.run.outcome import Answered, Origin, PictureOutcome
from extractor.run.progress import ProgressWatcher
from extractor.run.reader import Job, Judged, ReaderSettings, Reading, Stage, may_need_second_look
from extractor.sources.locate import LocalPicture, RemotePicture, locate
from extractor.stages.answer import OCR_SOURCE, Decision
from extractor.stages.errors import ExtractorError
from extractor.stages.reasons import FAULTS_OF_READING, Failure, Fault
from extractor.tables.rows import Row

if TYPE_CHECKING:
    from extractor.run.vlm_pass import VlmPass
    from extractor.sources.fetch import Fetcher


@dataclass(frozen=True, slots=True)
class _Asked:
    link: str
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A picture whose digest is known. `path` is None when its bytes are not here and not needed."""

    content: str
    path: Path | None
    origin: Origin
    url: str = ""
    seconds: float = 0.0


class _NotFoundError(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.failure = Failure(reason, detail)


class OcrPass:
    """One run's pictures. Lives in one event loop, in the thread that opened the store."""

    def __init__(
        self,
        options: PredictOptions,
        settings: ReaderSettings,
        store: Store,
        watcher: ProgressWatcher,
        passes_to_come: Sequence[VlmPass] = (),
    ) -> None:
        """`passes_to_come` may need pictures whose pages are in the store."""
        self._options = options
        self._settings = settings
        self._store = store
        self._watcher = watcher
        self._passes_to_come = passes_to_come
        self._pictures = PictureFolder(settings.store.with_suffix(".pictures"))
        self._content_locks: dict[str, asyncio.Lock] = {}
        self._fetcher: Fetcher | None = None
        self._outcomes: dict[str, PictureOutcome] = {}
        self._failures: dict[str, Failure] = {}
        self._suspects: list[tuple[_Asked, _Found]] = []
        self._stack = AsyncExitStack()

    async def outcomes(self, rows: Sequence[Row]) -> dict[str, PictureOutcome]:
        """What became of every picture, by its link."""
        asked = _by_picture(rows)
        self._watcher.started(len(asked))
        workers = max(1, min(self._options.workers, len(asked)))
        pool = WorkerPool(self._settings, workers, self._options.pool_limits)
        async with self._stack:
            self._pool = await self._stack.enter_async_context(pool)
            await self._all(asked, at_once=self._options.fetch_limits.concurrency + 2 * workers)
            for suspect, found in self._suspects:
                self._finish(await self._settled(suspect, found, alone=True))
        return self._outcomes

    async def _all(self, asked: Sequence[_Asked], at_once: int) -> None:
        waiting = iter(asked)

        async def take_next() -> None:
            for picture in waiting:
                await self._take(picture)
                await asyncio.sleep(0)  # lets Ctrl-C through where everything comes from the store

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(at_once, len(asked))):
                    group.create_task(take_next())
        except* ExtractorError as errors:
            raise errors.exceptions[0] from None

    async def _take(self, asked: _Asked) -> None:
        started = time.perf_counter()
        try:
            found = await self._find(asked)
        except _NotFoundError as error:
            seconds = time.perf_counter() - started
            self._finish(PictureOutcome(asked.link, fetch_seconds=seconds, failure=error.failure))
            return
        try:
            self._finish(await self._settled(asked, found))
        except WorkerDiedError:
            self._suspects.append((asked, found))  # it may have died for another's sake, as of memory

    def _finish(self, outcome: PictureOutcome) -> None:
        self._outcomes[outcome.link] = outcome
        self._watcher.picture_done(outcome)

    async def _settled(self, asked: _Asked, found: _Found, *, alone: bool = False) -> PictureOutcome:
        """What a picture that was found gives. Without `alone`, raises WorkerDiedError if its worker dies."""
        async with self._content_locks.setdefault(found.content, asyncio.Lock()):
            outcome = await self._answered(asked, found, alone=alone)
        if found.origin is Origin.FETCHED:
            self._keep_fetched(found, outcome.failure)
        return outcome

    async def _answered(self, asked: _Asked, found: _Found, *, alone: bool) -> PictureOutcome:
        settings = self._settings
        made = self._store.decisions(found.content, settings.engine_fingerprint, settings.selections)
        missing = tuple(entity for entity in asked.entities if entity not in made)
        reading = Reading(page_from_store=True)
        if found.content in self._failures:
            reading = Reading(failure=self._failures[found.content])
        elif missing:
            reading = await self._read(Job(found.content, found.path, missing), alone=alone)
        if reading.failure is not None:
            self._failures[found.content] = reading.failure
        kept = (Answered(e, made[e], 0.0, kept=True) for e in asked.entities if e in made)
        new = (Answered(j.entity, j.decision, j.seconds, kept=False) for j in reading.judged)
        return PictureOutcome(
            link=asked.link,
            origin=found.origin,
            content=found.content,
            path=found.path,
            answers=(*kept, *new),
            fetch_seconds=found.seconds,
            ocr_seconds=reading.ocr_seconds,
            page_kept=reading.page_from_store,
            looked_again=reading.looked_again,
            failure=reading.failure,
        )

    async def _read(self, job: Job, *, alone: bool) -> Reading:
        try:
            return await self._pool.do(job, alone=alone)
        except WorkerTimeoutError as error:
            return self._timed_out(job, error)
        except WorkerDiedError as error:
            if not alone:
                raise
            return Reading(failure=Failure(Fault.OCR_CRASHED, f"reading this picture failed twice: {error}"))

    def _timed_out(self, job: Job, error: WorkerTimeoutError) -> Reading:
        """What had been decided in time. Only a picture whose text was never read has failed as a whole."""
        if error.stage is Stage.READ:
            return Reading(failure=Failure(Fault.OCR_TIMED_OUT, str(error)))
        settings = self._settings
        made = self._store.decisions(job.content, settings.engine_fingerprint, settings.selections)
        fault = Fault.RULES_TIMED_OUT if error.stage is Stage.RULES else Fault.SECOND_LOOK_TIMED_OUT
        late = Decision("", OCR_SOURCE, fault, 0.0, detail=str(error))
        return Reading(tuple(Judged(entity, made.get(entity, late), 0.0) for entity in job.entities))

    async def _find(self, asked: _Asked) -> _Found:
        located = locate(asked.link, self._options.base, self._options.images)
        match located:
            case Failure():
                raise _NotFoundError(located.reason, located.detail)
            case LocalPicture(path):
                return await self._local(path)
            case RemotePicture(url):
                return await self._kept(url, asked.entities) or await self._fetched(url)

    async def _local(self, path: Path) -> _Found:
        limit = self._options.fetch_limits.max_bytes
        try:
            size = path.stat().st_size
            if size > limit:
                raise _NotFoundError(Fault.TOO_LARGE, f"{path} has {size:,} bytes, more than {limit:,}")
            return _Found(await asyncio.to_thread(digest_of, path), path, Origin.LOCAL)
        except OSError as error:
            raise _NotFoundError(Fault.PICTURE_UNREADABLE, str(error)) from error

    async def _kept(self, url: str, entities: tuple[str, ...]) -> _Found | None:
        content = self._store.content_of(url)
        if content is None:
            return None
        will_be_needed = self._may_look_again(content, entities) or any(
            to_come.needs_picture(content, entities) for to_come in self._passes_to_come
        )
        if self._store.has_page(content, self._settings.engine_fingerprint) and not will_be_needed:
            return _Found(content, None, Origin.KEPT, url)
        if await asyncio.to_thread(self._pictures.holds, content):
            return _Found(content, self._pictures.path_of(content), Origin.KEPT, url)
        return None

    def _may_look_again(self, content: str, entities: tuple[str, ...]) -> bool:
        settings = self._settings
        if not settings.second_look or self._store.has_page(content, settings.second_pages):
            return False
        made = self._store.decisions(content, settings.engine_fingerprint, settings.selections)
        return any(entity not in made and may_need_second_look(entity) for entity in entities)

    async def _fetched(self, url: str) -> _Found:
        from extractor.sources.fetch import FetchError

        fetcher = await self._opened_fetcher()
        started = time.perf_counter()
        try:
            data = await fetcher.fetch(url)
        except FetchError as error:
            raise _NotFoundError(error.reason, str(error)) from error
        except Exception as error:
            raise _NotFoundError(Fault.FETCH_FAILED, f"{type(error).__name__}: {error}") from error
        try:
            content = await asyncio.to_thread(self._pictures.put, data)
        except OSError as error:
            raise ExtractorError(f"fetched pictures cannot be kept: {error}") from error
        seconds = time.perf_counter() - started
        return _Found(content, self._pictures.path_of(content), Origin.FETCHED, url, seconds)

    def _keep_fetched(self, found: _Found, failure: Failure | None) -> None:
        """Only a sound picture is kept: what is an error page today may be a picture tomorrow."""
        sound = failure is None or failure.reason in FAULTS_OF_READING
        if sound:
            self._store.put_link(found.url, found.content)
        if not sound or not (self._options.use_cache or self._passes_to_come):
            self._pictures.forget(found.content)

    async def _opened_fetcher(self) -> Fetcher:
        if self._fetcher is None:
            from extractor.sources.fetch import Fetcher
            from extractor.sources.guard import proxies_set

            if proxies := proxies_set():
                self._watcher.notice(
                    f"proxy     {', '.join(proxies)}: not used; pictures are fetched directly, so that the address of "
                    "every host can be checked"
                )
            self._fetcher = Fetcher(self._options.fetch_limits, allow_private=self._options.allow_private)
            await self._stack.enter_async_context(self._fetcher)
        return self._fetcher


def _by_picture(rows: Sequence[Row]) -> list[_Asked]:
    entities: dict[str, dict[str, None]] = {}
    for row in rows:
        entities.setdefault(row.picture, {})[row.entity] = None
    return [_Asked(link, tuple(asked)) for link, asked in entities.items()]
