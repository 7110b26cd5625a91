"""What a worker process does: reads one picture after the other and decides what is asked of it.

With a second look, a picture on which nothing could be the answer to a question about a stated measure (weight, load,
voltage, power, volume) is read once more, enlarged, and judged by what is read then. Extents are left alone: numbers
so small are rarely those of a dimension line, and most pictures without any state none.

Each page and each decision is put into the store as soon as it is there, by the worker itself: also when
the main process has been killed meanwhile, no reading that was finished is lost.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.api.rankers import loaded_ranker
from extractor.cache.pictures import UnusablePictureError, picture_at
from extractor.cache.store import Store
from extractor.stages.answer import OCR_SOURCE, Decision, decision_of_rules
from extractor.stages.errors import ExtractorError
from extractor.stages.reasons import Failure, Fault
from ocr.token import OcrResult
from ocr.upscale import UPSCALE_VERSION, read_upscaled
from rules.constants import DIMENSIONS
from rules.ranker import LEARNED
from rules.select import ParsedPage, Reason

if TYPE_CHECKING:
    from ocr.engine import OcrEngine
    from ocr.picture import Picture
    from rules.ranker import Ranker


END = "end"
SECOND_LOOK = "read at a second look, enlarged"
_NOTHING_FOUND = frozenset({Reason.NO_TEXT, Reason.NO_CANDIDATE})
_ORPHAN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """How pictures are read: the engine's name, the keys its results are kept under, the store, and the ranker.

    `rules` is the key of the verdicts on the first reading; see `verdicts`.
    """

    engine: str
    engine_fingerprint: str
    rules: str
    store: Path
    ranker: str = LEARNED
    second_look: bool = False

    @property
    def selections(self) -> str:
        """What the verdicts are kept under."""
        return f"{self.rules}; {self._looked}" if self.second_look else self.rules

    @property
    def second_pages(self) -> str:
        """What the pages of the second look are kept under."""
        return f"{self.engine_fingerprint}; {self._looked}"

    @property
    def _looked(self) -> str:
        return f"second look {UPSCALE_VERSION}"


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
    """What became of a job: decisions, or the failure that none could be made for.

    `looked_again` says that a second look was made for them, and not only its page taken from the store.
    """

    judged: tuple[Judged, ...] = ()
    ocr_seconds: float = 0.0
    page_from_store: bool = False
    looked_again: bool = False
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Abort:
    """No job can be done at all; the message says why."""

    message: str


class Stage(StrEnum):
    """What a worker is at; each stage is announced, so that a time-out can be named for what took too long."""

    READ = "reading"
    RULES = "applying the rules"
    SECOND_LOOK = "the second look"


def _unannounced(stage: Stage) -> None:
    pass


class PictureReader:
    """Does jobs, one at a time; loads the engine when the first picture needs reading."""

    def __init__(
        self, settings: ReaderSettings, store: Store, announce: Callable[[Stage], None] = _unannounced
    ) -> None:
        self._settings = settings
        self._store = store
        self._announce = announce

    def do(self, job: Job) -> Reading:
        """The reading of one picture. Raises ExtractorError when no picture could be read."""
        page = self._store.page(job.content, self._settings.engine_fingerprint)
        from_store = page is not None
        started = time.perf_counter()
        if page is None:
            self._announce(Stage.READ)
            try:
                page = self._read(job, _first_look, self._settings.engine_fingerprint)
            except UnusablePictureError as error:
                return Reading(ocr_seconds=time.perf_counter() - started, failure=error.failure)
        ocr_seconds = 0.0 if from_store else time.perf_counter() - started
        judged = self._judged(job, page)
        looked_again = False
        if any(map(self._worth_a_second_look, judged)):
            self._announce(Stage.SECOND_LOOK)
            started = time.perf_counter()
            looked_before = self._store.has_page(job.content, self._settings.second_pages)
            second = self._second_page(job)
            looked_again = second is not None and not looked_before
            ocr_seconds += time.perf_counter() - started
            judged = self._judged_again(job, judged, second)
        return Reading(judged, ocr_seconds, from_store, looked_again)

    @cached_property
    def _ranker(self) -> Ranker:
        return loaded_ranker(self._settings.ranker)

    @cached_property
    def _engine(self) -> OcrEngine:
        from extractor.api.engines import engine_of

        return engine_of(self._settings.engine)

    def _read(self, job: Job, look: Callable[[Picture, OcrEngine], OcrResult], kept_under: str) -> OcrResult:
        """What `look` finds on the picture, put into the store. Raises UnusablePictureError."""
        picture = picture_at(job.path, job.content)
        engine = self._engine
        try:
            page = look(picture, engine)
        except Exception as error:
            raise UnusablePictureError(Failure(Fault.OCR_FAILED, f"{type(error).__name__}: {error}")) from error
        self._store.put_page(job.content, kept_under, page)
        return page

    def _second_page(self, job: Job) -> OcrResult | None:
        """What a second look reads; None where it fails, which costs nothing that the first look gave."""
        kept_under = self._settings.second_pages
        page = self._store.page(job.content, kept_under)
        if page is not None:
            return page
        try:
            return self._read(job, read_upscaled, kept_under)
        except UnusablePictureError:
            return None

    def _judged(self, job: Job, page: OcrResult) -> tuple[Judged, ...]:
        """The verdicts on a first look; those that a second look cannot change are kept as they come."""
        self._announce(Stage.RULES)
        parsed = ParsedPage(page)
        judged = []
        for entity in job.entities:
            one = _judge(parsed, entity, self._ranker)
            judged.append(one)
            if not self._worth_a_second_look(one):
                self._keep(job, one)
        return tuple(judged)

    def _judged_again(self, job: Job, judged: Sequence[Judged], page: OcrResult | None) -> tuple[Judged, ...]:
        """The verdicts, those worth a second look replaced by the one on its page if that is an answer."""
        self._announce(Stage.RULES)
        parsed = None if page is None else ParsedPage(page)
        final = []
        for first in judged:
            one = first
            if self._worth_a_second_look(first):
                one = first if parsed is None else self._better(first, _judge(parsed, first.entity, self._ranker))
                self._keep(job, one)
            final.append(one)
        return tuple(final)

    def _better(self, first: Judged, again: Judged) -> Judged:
        seconds = first.seconds + again.seconds
        if not again.decision.prediction:
            return replace(first, seconds=seconds)
        return Judged(first.entity, replace(again.decision, detail=SECOND_LOOK), seconds)

    def _keep(self, job: Job, judged: Judged) -> None:
        if judged.decision.reason != Fault.RULES_FAILED:
            made = [(judged.entity, judged.decision)]
            self._store.put_decisions(job.content, self._settings.engine_fingerprint, self._settings.selections, made)

    def _worth_a_second_look(self, judged: Judged) -> bool:
        wanted = self._settings.second_look and may_need_second_look(judged.entity)
        return wanted and judged.decision.reason in _NOTHING_FOUND


def _first_look(picture: Picture, engine: OcrEngine) -> OcrResult:
    return engine.read(picture)


def may_need_second_look(entity: str) -> bool:
    """Whether a picture is looked at twice for the sake of this entity, if nothing is found at first."""
    return entity not in DIMENSIONS


def serve(connection: Connection, settings: ReaderSettings) -> None:
    """Main function of a worker process: answers each Job on `connection` with Stages, then a Reading or an Abort.

    Ends when it gets END, and after its job when the main process has been killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_soon_after_parent, daemon=True).start()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            with Store(settings.store) as store:
                reader = PictureReader(settings, store, connection.send)
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


def _judge(page: ParsedPage, entity: str, ranker: Ranker) -> Judged:
    started = time.perf_counter()
    try:
        decision = decision_of_rules(page, entity, ranker)
    except Exception as error:
        detail = f"{type(error).__name__}: {error}"
        decision = Decision("", OCR_SOURCE, Fault.RULES_FAILED, 0.0, detail=detail)
    return Judged(entity, decision, time.perf_counter() - started)
