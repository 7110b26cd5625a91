"""The pass of the vision-language reader: after OCR it is asked, in batches and in this process, about every picture.

What it says is put into the store batch by batch, so a run can be stopped in any way and a later one asks only what
is missing. A picture that cannot be loaded, or that the reader fails on, costs no other.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from extractor.api.readers import LazyReader, ReaderError
from extractor.cache.pictures import UnusablePictureError, picture_at
from extractor.cache.store import Store
from extractor.run.progress import ProgressWatcher
from extractor.stages.reasons import Failure, Fault

if TYPE_CHECKING:
    from ocr.picture import Picture
    from ocr.token import OcrResult
    from vlm.answer import VlmAnswer
    from vlm.reader import PictureQuestions

WHITE = 255
BATCHES_AT_ONCE = 4
"""Batches' worth of questions handed to the reader in one go, so that it can sort them by length."""
PIXELS_AT_ONCE = 64_000_000
"""Bounds the memory that loaded pictures take, at 3 bytes a pixel."""
LOADERS = 2
FAILURES_IN_A_ROW = 8
"""Pictures after which a reader that fails on every one of them is given up."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the reader is shown of each picture.

    `page_of` are the settings of the OCR engine whose page stands in the prompt, None for no page. With `blank` a
    plain white picture of the same size takes the picture's place: product pictures mostly stand on white, so it is
    a picture like others with nothing in it.
    """

    page_of: str | None
    blank: bool = False

    @property
    def key(self) -> str:
        """What tells this from other ways to show a picture, in the store."""
        return f"{self.page_of or 'none'}{' | blank' if self.blank else ''}"


@dataclass(frozen=True, slots=True)
class PictureAsked:
    """A picture and what is asked of it; `path` is None when its bytes are not here and not needed."""

    content: str
    path: Path | None
    entities: tuple[str, ...]


class Question(NamedTuple):
    """An entity of the picture with the digest `content`."""

    content: str
    entity: str


@dataclass(frozen=True, slots=True)
class VlmReply:
    """What the reader said to one question, or why it said nothing; its share of the batch's seconds."""

    said: VlmAnswer | Failure
    seconds: float = 0.0
    kept: bool = False


@dataclass(frozen=True, slots=True)
class _Loaded:
    asked: PictureAsked
    questions: PictureQuestions | None
    failure: Failure | None = None

    @property
    def pixels(self) -> int:
        return 0 if self.questions is None else int(self.questions.picture.shape[0] * self.questions.picture.shape[1])


class VlmPass:
    """Asks one reader about pictures shown in one way. Belongs to the thread that opened the store."""

    def __init__(self, store: Store, reader: LazyReader, shown: Shown) -> None:
        self._store = store
        self._reader = reader
        self._shown = shown
        self._failures = 0

    def missing(self, content: str, entities: Iterable[str]) -> tuple[str, ...]:
        """The entities for which the store has no answer."""
        kept = self._kept(content)
        return tuple(entity for entity in entities if entity not in kept)

    def needs_picture(self, content: str, entities: Iterable[str]) -> bool:
        """Whether the picture's bytes will be needed."""
        return not self._shown.blank and bool(self.missing(content, entities))

    def replies(self, asked: Sequence[PictureAsked], watcher: ProgressWatcher) -> dict[Question, VlmReply]:
        """The replies to all questions. Raises ReaderError when there is no reading at all."""
        found: dict[Question, VlmReply] = {}
        open_: list[PictureAsked] = []
        for one in asked:
            kept = self._kept(one.content)
            missing = tuple(entity for entity in one.entities if entity not in kept)
            found |= {Question(one.content, e): VlmReply(kept[e], kept=True) for e in one.entities if e in kept}
            if missing:
                open_.append(PictureAsked(one.content, one.path, missing))
        if open_:
            self._reader.load()
            watcher.vlm_started(len(open_))
        for batch in _batches(self._loaded(open_), BATCHES_AT_ONCE * self._reader.batch):
            found |= self._answered(batch)
            watcher.vlm_done(len(batch))
        return found

    def _kept(self, content: str) -> dict[str, VlmAnswer]:
        return self._store.vlm_answers(content, self._shown.key, self._reader.fingerprint)

    def _loaded(self, asked: Iterable[PictureAsked]) -> Iterator[_Loaded]:
        """Loads on threads, a few pictures ahead of the reader."""
        with ThreadPoolExecutor(LOADERS, thread_name_prefix="picture") as threads:
            ahead: deque[tuple[PictureAsked, OcrResult | None, Future[Picture]]] = deque()
            for one in asked:
                page = self._page(one.content)
                ahead.append((one, page, threads.submit(self._picture, one, page)))
                if len(ahead) > 2 * LOADERS:
                    yield _taken(*ahead.popleft())
            while ahead:
                yield _taken(*ahead.popleft())

    def _page(self, content: str) -> OcrResult | None:
        return None if self._shown.page_of is None else self._store.page(content, self._shown.page_of)

    def _picture(self, asked: PictureAsked, page: OcrResult | None) -> Picture:
        if not self._shown.blank:
            return picture_at(asked.path, asked.content)
        height, width = (page.height, page.width) if page else picture_at(asked.path, asked.content).shape[:2]
        return np.full((height, width, 3), WHITE, dtype=np.uint8)

    def _answered(self, batch: Sequence[_Loaded]) -> dict[Question, VlmReply]:
        found: dict[Question, VlmReply] = {}
        for one in batch:
            if one.failure is not None:
                found |= _failed(one.asked, one.failure)
        for one, replies in self._read([one for one in batch if one.questions is not None]):
            found |= {Question(one.asked.content, entity): reply for entity, reply in replies}
        return found

    def _read(self, batch: Sequence[_Loaded]) -> Iterator[tuple[_Loaded, list[tuple[str, VlmReply]]]]:
        """Asks about all at once, and where that fails, in halves."""
        if not batch:
            return
        started = time.perf_counter()
        try:
            said = self._said(batch)
        except Exception as error:
            if len(batch) > 1:
                middle = len(batch) // 2
                yield from self._read(batch[:middle])
                yield from self._read(batch[middle:])
                return
            failure = Failure(Fault.VLM_FAILED, f"{type(error).__name__}: {error}")
            self._count_failure(failure)
            yield batch[0], [(entity, VlmReply(failure)) for entity in batch[0].asked.entities]
            return
        self._failures = 0
        share = (time.perf_counter() - started) / sum(len(one.asked.entities) for one in batch)
        for one, answers in zip(batch, said, strict=True):
            by_entity = list(zip(one.asked.entities, answers, strict=True))
            self._store.put_vlm_answers(one.asked.content, self._shown.key, self._reader.fingerprint, by_entity)
            yield one, [(entity, VlmReply(answer, share)) for entity, answer in by_entity]

    def _said(self, batch: Sequence[_Loaded]) -> list[tuple[VlmAnswer, ...]]:
        said = self._reader.read([one.questions for one in batch if one.questions is not None])
        if [len(answers) for answers in said] != [len(one.asked.entities) for one in batch]:
            raise ValueError("the reader has not answered each question once")
        return said

    def _count_failure(self, failure: Failure) -> None:
        self._failures += 1
        if self._failures >= FAILURES_IN_A_ROW:
            raise ReaderError(
                f"the reader failed on {self._failures} pictures in a row ({failure.detail}); what was answered is"
                " kept: run again to go on, or use --vlm none"
            )


def _taken(asked: PictureAsked, page: OcrResult | None, loading: Future[Picture]) -> _Loaded:
    from vlm.reader import PictureQuestions

    try:
        return _Loaded(asked, PictureQuestions(loading.result(), page, asked.entities))
    except UnusablePictureError as error:
        return _Loaded(asked, None, error.failure)


def _batches(loaded: Iterable[_Loaded], questions: int) -> Iterator[list[_Loaded]]:
    """In groups of at least `questions` questions or PIXELS_AT_ONCE, and the rest."""
    batch: list[_Loaded] = []
    for one in loaded:
        batch.append(one)
        asked, pixels = sum(len(b.asked.entities) for b in batch), sum(b.pixels for b in batch)
        if asked >= questions or pixels >= PIXELS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _failed(asked: PictureAsked, failure: Failure) -> dict[Question, VlmReply]:
    return {Question(asked.content, entity): VlmReply(failure) for entity in asked.entities}
