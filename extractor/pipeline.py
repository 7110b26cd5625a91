"""The run: every picture is located, fetched, read and judged once, and every row gets its trace.

Pictures flow through independently, a bounded number at a time, and what is finished is in the store at
once. So a run can be stopped in any way, and the next one takes from the store what is there.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.engines import settings_of
from extractor.errors import ExtractorError
from extractor.faults import Failure, Fault
from extractor.limits import FetchLimits
from extractor.locate import LocalPicture, RemotePicture, locate
from extractor.outcome import Answered, Origin, PictureOutcome
from extractor.pictures import PictureFolder, digest_of
from extractor.progress import ProgressWatcher
from extractor.reader import Job, ReaderSettings, Reading
from extractor.rows import Row
from extractor.store import Store
from extractor.summary import Summary, summary_of
from extractor.trace import RowTrace, StagesCached, StageSeconds, checked, undecided
from extractor.workers import PoolLimits, WorkerDiedError, WorkerPool, WorkerTimeoutError

if TYPE_CHECKING:
    from extractor.fetch import Fetcher


_FAILURES_OF_SOUND_PICTURES = (Fault.OCR_FAILED, Fault.OCR_CRASHED, Fault.OCR_TIMED_OUT)


@dataclass(frozen=True, slots=True)
class PredictOptions:
    """How to run.

    `base` is the folder that relative links start from, `images` the one that is looked into first.
    `ocr` names an engine (see `extractor.engines`), `store` the SQLite file, which without `use_cache` is
    neither read nor written.
    """

    base: Path
    store: Path
    images: Path | None = None
    ocr: str = "rapidocr"
    workers: int = 1
    use_cache: bool = True
    allow_private: bool = False
    fetch_limits: FetchLimits = field(default_factory=FetchLimits)
    pool_limits: PoolLimits = field(default_factory=PoolLimits)


@dataclass(frozen=True, slots=True)
class RunResult:
    """The traces in the order of the rows, and the run in numbers."""

    traces: tuple[RowTrace, ...]
    summary: Summary


def run(rows: Sequence[Row], options: PredictOptions, watcher: ProgressWatcher) -> RunResult:
    """Answers all rows. A row that cannot be done has a reason in its trace.

    Raises ExtractorError when nothing can be done at all: no such engine, an unusable store, workers that
    die whatever they are given.
    """
    from rules import RULES_VERSION

    started = time.perf_counter()
    engine = settings_of(options.ocr)
    with _store_path(options) as path, Store(path) as store:
        settings = ReaderSettings(options.ocr, engine, RULES_VERSION, path)
        outcomes = asyncio.run(_Run(options, settings, store, watcher).outcomes(rows))
    traces = tuple(_trace(row, outcomes[row.picture]) for row in rows)
    return RunResult(traces, summary_of(outcomes.values(), traces, time.perf_counter() - started))


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


class _Run:
    """One run's state. Lives in one event loop, in the thread that opened the store."""

    def __init__(
        self, options: PredictOptions, settings: ReaderSettings, store: Store, watcher: ProgressWatcher
    ) -> None:
        self._options = options
        self._settings = settings
        self._store = store
        self._watcher = watcher
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
            found = await self._find(asked.link)
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
        made = self._store.decisions(found.content, settings.engine_settings, settings.rules)
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
            answers=(*kept, *new),
            fetch_seconds=found.seconds,
            ocr_seconds=reading.ocr_seconds,
            page_kept=reading.page_from_store,
            failure=reading.failure,
        )

    async def _read(self, job: Job, *, alone: bool) -> Reading:
        try:
            return await self._pool.do(job, alone=alone)
        except WorkerTimeoutError as error:
            return Reading(failure=Failure(Fault.OCR_TIMED_OUT, str(error)))
        except WorkerDiedError as error:
            if not alone:
                raise
            return Reading(failure=Failure(Fault.OCR_CRASHED, f"reading this picture failed twice: {error}"))

    async def _find(self, link: str) -> _Found:
        located = locate(link, self._options.base, self._options.images)
        match located:
            case Failure():
                raise _NotFoundError(located.reason, located.detail)
            case LocalPicture(path):
                return await self._local(path)
            case RemotePicture(url):
                return await self._kept(url) or await self._fetched(url)

    async def _local(self, path: Path) -> _Found:
        limit = self._options.fetch_limits.max_bytes
        try:
            size = path.stat().st_size
            if size > limit:
                raise _NotFoundError(Fault.TOO_LARGE, f"{path} has {size:,} bytes, more than {limit:,}")
            return _Found(await asyncio.to_thread(digest_of, path), path, Origin.LOCAL)
        except OSError as error:
            raise _NotFoundError(Fault.PICTURE_UNREADABLE, str(error)) from error

    async def _kept(self, url: str) -> _Found | None:
        content = self._store.content_of(url)
        if content is None:
            return None
        if self._store.has_page(content, self._settings.engine_settings):
            return _Found(content, None, Origin.KEPT, url)
        if await asyncio.to_thread(self._pictures.holds, content):
            return _Found(content, self._pictures.path_of(content), Origin.KEPT, url)
        return None

    async def _fetched(self, url: str) -> _Found:
        from extractor.fetch import FetchError

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
        sound = failure is None or failure.reason in _FAILURES_OF_SOUND_PICTURES
        if sound:
            self._store.put_link(found.url, found.content)
        if not sound or not self._options.use_cache:
            self._pictures.forget(found.content)

    async def _opened_fetcher(self) -> Fetcher:
        if self._fetcher is None:
            from extractor.fetch import Fetcher

            self._fetcher = Fetcher(self._options.fetch_limits, allow_private=self._options.allow_private)
            await self._stack.enter_async_context(self._fetcher)
        return self._fetcher


def _by_picture(rows: Sequence[Row]) -> list[_Asked]:
    entities: dict[str, dict[str, None]] = {}
    for row in rows:
        entities.setdefault(row.picture, {})[row.entity] = None
    return [_Asked(link, tuple(asked)) for link, asked in entities.items()]


def _trace(row: Row, outcome: PictureOutcome) -> RowTrace:
    fetched_before = outcome.origin is Origin.KEPT
    seconds = StageSeconds(outcome.fetch_seconds, outcome.ocr_seconds)
    if outcome.failure is not None:
        cached = StagesCached(fetch=fetched_before)
        return RowTrace(row, undecided(outcome.failure), outcome.content, seconds, cached)
    answer = outcome.answer_for(row.entity)
    return RowTrace(
        row,
        checked(answer.decision, row.entity),
        outcome.content,
        replace(seconds, rules=answer.seconds),
        StagesCached(fetched_before, outcome.page_kept, answer.kept),
    )


@contextmanager
def _store_path(options: PredictOptions) -> Iterator[Path]:
    if options.use_cache:
        yield options.store
        return
    with tempfile.TemporaryDirectory(prefix="extractor-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "store.sqlite3"
