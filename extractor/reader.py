"""What a worker process does: reads one picture after the other and decides what is asked of it.

Each page and each decision is put into the store as soon as it is there, by the worker itself: also when
the main process has been killed meanwhile, no reading that was finished is lost.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.decision import OCR_SOURCE, Decision, decision_of_rules
from extractor.errors import ExtractorError
from extractor.faults import Failure, Fault
from extractor.pictures import UnusablePictureError, picture_at
from extractor.rankers import loaded_ranker
from extractor.store import Store
from ocr.token import OcrResult
from rules.ranker import LEARNED

if TYPE_CHECKING:
    from ocr.engine import OcrEngine
    from rules.ranker import Ranker


END = "end"
_ORPHAN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """How pictures are read: the engine's name, the keys its results are kept under, the store, and the ranker."""

    engine: str
    engine_settings: str
    rules: str
    store: Path
    ranker: str = LEARNED


@dataclass(frozen=True, slots=True)
class Job:
    """A picture and the entities to decide on. `content` is the SHA-256 of the bytes at `path`.

    `path` may be None when the store holds the picture's page.
    """

    content: str
    path: Path | None
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The decision on one entity and the seconds that it took."""

    entity: str
    decision: Decision
    seconds: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a job: decisions, or the failure that none could be made for."""

    judged: tuple[Judged, ...] = ()
    ocr_seconds: float = 0.0
    page_from_store: bool = False
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Abort:
    """No job can be done at all; the message says why."""

    message: str


class PictureReader:
    """Does jobs, one at a time; loads the engine when the first picture needs reading."""

    def __init__(self, settings: ReaderSettings, store: Store) -> None:
        self._settings = settings
        self._store = store

    def do(self, job: Job) -> Reading:
        """The reading of one picture. Raises ExtractorError when no picture could be read."""
        page = self._store.page(job.content, self._settings.engine_settings)
        from_store = page is not None
        started = time.perf_counter()
        if page is None:
            try:
                page = self._page(job)
            except UnusablePictureError as error:
                return Reading(ocr_seconds=time.perf_counter() - started, failure=error.failure)
        ocr_seconds = 0.0 if from_store else time.perf_counter() - started
        return Reading(self._judged(job, page), ocr_seconds, from_store)

    @cached_property
    def _ranker(self) -> Ranker:
        return loaded_ranker(self._settings.ranker)

    @cached_property
    def _engine(self) -> OcrEngine:
        from extractor.engines import engine_of

        return engine_of(self._settings.engine)

    def _page(self, job: Job) -> OcrResult:
        picture = picture_at(job.path, job.content)
        engine = self._engine
        try:
            page = engine.read(picture)
        except Exception as error:
            raise UnusablePictureError(Failure(Fault.OCR_FAILED, f"{type(error).__name__}: {error}")) from error
        self._store.put_page(job.content, self._settings.engine_settings, page)
        return page

    def _judged(self, job: Job, page: OcrResult) -> tuple[Judged, ...]:
        judged = tuple(_judge(page, entity, self._ranker) for entity in job.entities)
        lasting = [(j.entity, j.decision) for j in judged if j.decision.reason != Fault.RULES_FAILED]
        self._store.put_decisions(job.content, self._settings.engine_settings, self._settings.rules, lasting)
        return judged


def serve(connection: Connection, settings: ReaderSettings) -> None:
    """Main function of a worker process: answers each Job on `connection` with a Reading or an Abort.

    Ends when it gets END, and after its job when the main process has been killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_soon_after_parent, daemon=True).start()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            with Store(settings.store) as store:
                reader = PictureReader(settings, store)
                while (job := connection.recv()) != END:
                    connection.send(reader.do(job))
        except ExtractorError as error:
            connection.send(Abort(str(error)))


def _end_soon_after_parent() -> None:
    """Ends this process if it hangs in a job that nobody waits for any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        time.sleep(_ORPHAN_SECONDS)
        os._exit(1)


def _judge(page: OcrResult, entity: str, ranker: Ranker) -> Judged:
    started = time.perf_counter()
    try:
        decision = decision_of_rules(page, entity, ranker)
    except Exception as error:
        detail = f"{type(error).__name__}: {error}"
        decision = Decision("", OCR_SOURCE, Fault.RULES_FAILED, 0.0, detail=detail)
    return Judged(entity, decision, time.perf_counter() - started)
