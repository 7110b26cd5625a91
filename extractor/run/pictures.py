"""The pass over the pictures of a run: each is located, fetched, read and answered by the rules once.

Pictures flow through independently, a bounded number at a time, and what is finished is in the store at once. So a run
can be stopped in any way, and the next one takes from the store what is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.api.processes import WorkerDiedError, WorkerPool, WorkerTimeoutError
from extractor.api.readers import LazyReader
from extractor.cache.pages import Fingerprints
from extractor.cache.pictures import PictureFolder
from extractor.cache.store import Store
from extractor.cache.store_files import pictures_folder
from extractor.logs import without_secrets
from extractor.run.options import RunOptions
from extractor.run.progress import ProgressWatcher
from extractor.run.result import Origin, PictureResult
from extractor.run.trouble import WorkerDeaths, fatal_result, late_result
from extractor.run.vlm import VlmPass
from extractor.run.worker import WorkerJob, WorkerSettings, picture_worker
from extractor.sources.files import file_bytes
from extractor.sources.locate import LocalPicture, RemotePicture, locate
from extractor.stages.answer import Answer
from extractor.stages.errors import ExtractorError
from extractor.stages.reason import FAULTS_OF_READING, FILE_GONE, Failure, PictureUnusableError

if TYPE_CHECKING:
    from extractor.sources.fetch import Fetcher

logger = logging.getLogger(__name__)

HANDED_OVER = 8_000_000
"""Bytes up to which a picture in a file is handed to its worker; a larger one is read there again, to bound memory."""


@dataclass(frozen=True, slots=True)
class PictureJob:
    """A picture by its link, and the entities to answer; without entities its page alone is wanted.

    `group` is its product group, "" where it is not known.
    """

    link: str
    entities: tuple[str, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class _Located:
    """A picture whose SHA-256 is known. `data` and `path` are None where its bytes are not here."""

    sha256: str
    origin: Origin
    data: bytes | None = None
    path: Path | None = None
    url: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Session:
    """What a run works with: the options, what results are kept under, the reader if there is one, the open store."""

    options: RunOptions
    keys: Fingerprints
    reader: LazyReader | None
    store: Store


class PicturePass:
    """One run's pictures. Lives in one event loop, in the thread that opened the store."""

    def __init__(self, session: Session, watcher: ProgressWatcher, vlm_passes: Sequence[VlmPass] = ()) -> None:
        """`vlm_passes` come later and may need pictures whose pages are in the store."""
        self._options = session.options
        self._keys = session.keys
        self._store = session.store
        self._watcher = watcher
        self._vlm_passes = vlm_passes
        self._pictures = PictureFolder(pictures_folder(session.store.path))
        self._locks: dict[str, asyncio.Lock] = {}
        self._results: dict[str, PictureResult] = {}
        self._failures: dict[str, Failure] = {}
        self._suspects: list[tuple[PictureJob, _Located]] = []
        self._stack = AsyncExitStack()

    async def results(self, jobs: Sequence[PictureJob]) -> dict[str, PictureResult]:
        """The results by link."""
        self._watcher.started(len(jobs))
        workers = max(1, min(self._options.workers, len(jobs)))
        settings = WorkerSettings(self._options.ocr, self._options.ranker, self._store.path, self._keys)
        pool = WorkerPool[WorkerJob, PictureResult](picture_worker, settings, workers, self._options.process_limits)
        async with self._stack:
            self._threads = self._stack.enter_context(ThreadPoolExecutor(workers, thread_name_prefix="worker"))
            self._pool = self._stack.enter_context(pool)
            self._deaths = WorkerDeaths(self._options.process_limits, workers)
            await self._do_all(jobs, at_once=self._options.fetch_limits.concurrency + 2 * workers)
            for suspect, located in self._suspects:
                self._finish(await self._result(suspect, located, alone=True))
        return self._results

    async def _do_all(self, jobs: Sequence[PictureJob], at_once: int) -> None:
        waiting = iter(jobs)

        async def take_next() -> None:
            for job in waiting:
                await self._do(job)
                await asyncio.sleep(0)  # lets Ctrl-C through where everything comes from the store

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(at_once, len(jobs))):
                    group.create_task(take_next())
        except* ExtractorError as errors:
            raise errors.exceptions[0] from None

    async def _do(self, job: PictureJob) -> None:
        started = time.perf_counter()
        try:
            located = await self._locate(job)
            try:
                result = await self._result(job, located)
                if located.origin is Origin.CACHED and await self._lacks_picture(result):
                    located = await self._from_web(located.url)
                    result = await self._result(job, located)
            except WorkerDiedError:
                # Perhaps another picture's memory killed it: once all are done, this one is tried alone.
                self._suspects.append((job, replace(located, data=None) if located.path else located))
                return
        except PictureUnusableError as error:
            result = PictureResult(job.link, failure=error.failure, fetch_seconds=time.perf_counter() - started)
        self._finish(result)

    def _finish(self, result: PictureResult) -> None:
        if result.failure is not None:
            link, failure = without_secrets(result.link), result.failure
            logger.info("no answers on %s: %s: %s", link, failure.reason, without_secrets(failure.detail))
        self._results[result.link] = result
        self._watcher.picture_done(result)

    async def _result(self, job: PictureJob, located: _Located, *, alone: bool = False) -> PictureResult:
        """The result on a located picture. Without `alone`, raises WorkerDiedError when its worker dies."""
        async with self._locks.setdefault(located.sha256, asyncio.Lock()):
            result = await self._answers(job, located, alone=alone)
        if located.origin is Origin.FETCHED:
            self._keep_fetched(located, result.failure)
        return replace(
            result,
            link=job.link,
            origin=located.origin,
            sha256=located.sha256,
            path=located.path,
            fetch_seconds=located.seconds,
        )

    async def _answers(self, job: PictureJob, located: _Located, *, alone: bool) -> PictureResult:
        sha256, keys = located.sha256, self._keys.of_group(job.group)
        if sha256 in self._failures:
            return PictureResult(failure=self._failures[sha256])
        cached = keys.stored_answers(self._store, sha256)
        missing = tuple(entity for entity in job.entities if entity not in cached)
        result = PictureResult(page_cached=True)
        if missing or not (job.entities or self._store.has_page(sha256, keys.engine)):
            result = await self._job_result(
                WorkerJob(sha256, located.data, located.path, missing, job.group), alone=alone
            )
        if result.failure is not None and result.failure.reason not in FILE_GONE:
            self._failures[sha256] = result.failure
        return replace(result, answers=(*(cached[e] for e in job.entities if e in cached), *result.answers))

    async def _job_result(self, job: WorkerJob, *, alone: bool) -> PictureResult:
        try:
            result = await asyncio.get_running_loop().run_in_executor(self._threads, self._pool.do, job)
        except WorkerTimeoutError as error:
            return late_result(job.entities, error.failure, self._answers_in_time(job))
        except WorkerDiedError as error:
            if alone:
                return fatal_result(error)
            self._deaths.died(error)
            raise
        self._deaths.survived()
        return result

    def _answers_in_time(self, job: WorkerJob) -> dict[str, Answer]:
        stored = self._keys.of_group(job.group).stored_answers(self._store, job.sha256)
        return {entity: replace(answer, cached=False) for entity, answer in stored.items()}

    async def _locate(self, job: PictureJob) -> _Located:
        located = locate(job.link, self._options.base, self._options.images)
        match located:
            case Failure():
                raise PictureUnusableError(located)
            case LocalPicture(path):
                return await self._from_file(path)
            case RemotePicture(url):
                return self._from_cache(url) or await self._from_web(url)

    async def _from_file(self, path: Path) -> _Located:
        data = await asyncio.to_thread(file_bytes, path, self._options.fetch_limits.max_bytes)
        sha256 = hashlib.sha256(data).hexdigest()
        return _Located(sha256, Origin.LOCAL, _handed_over(data, path), path)

    def _from_cache(self, url: str) -> _Located | None:
        sha256 = self._store.sha256_of(url)
        if sha256 is None:
            return None
        path = self._pictures.path_of(sha256)
        return _Located(sha256, Origin.CACHED, path=path if path.is_file() else None, url=url)

    async def _lacks_picture(self, result: PictureResult) -> bool:
        """Whether a picture of an earlier run is needed, and is not there or not whole."""
        if result.failure is not None:
            return result.failure.reason in FILE_GONE
        needed = any(vlm_pass.needs_picture(result) for vlm_pass in self._vlm_passes)
        return needed and await asyncio.to_thread(self._pictures.get, str(result.sha256)) is None

    async def _from_web(self, url: str) -> _Located:
        fetcher = self._fetcher
        started = time.perf_counter()
        data = await fetcher.fetch(url)
        sha256 = hashlib.sha256(data).hexdigest()
        path = None
        if self._options.use_cache or self._vlm_passes:
            try:
                path = await asyncio.to_thread(self._pictures.put, data, sha256)
            except OSError as error:
                raise ExtractorError(f"fetched pictures cannot be kept: {error}") from error
        seconds = time.perf_counter() - started
        logger.debug("fetched %s: %d bytes in %.2f s", without_secrets(url), len(data), seconds)
        return _Located(sha256, Origin.FETCHED, _handed_over(data, path), path, url, seconds)

    def _keep_fetched(self, located: _Located, failure: Failure | None) -> None:
        """Only a sound picture is kept: what is an error page today may be a picture tomorrow."""
        if failure is None or failure.reason in FAULTS_OF_READING:
            self._store.put_link(located.url, located.sha256)
        else:
            self._pictures.forget(located.sha256)

    @cached_property
    def _fetcher(self) -> Fetcher:
        from extractor.sources.fetch import Fetcher
        from extractor.sources.guard import proxies_set

        if proxies := proxies_set():
            self._watcher.notice(
                f"proxy     {', '.join(proxies)}: not used; pictures are fetched directly, so that the address of "
                "every host can be checked"
            )
        fetcher = Fetcher(self._options.fetch_limits, allow_private=self._options.allow_private)
        self._stack.push_async_exit(fetcher)
        return fetcher


def _handed_over(data: bytes, path: Path | None) -> bytes | None:
    return data if path is None or len(data) <= HANDED_OVER else None
