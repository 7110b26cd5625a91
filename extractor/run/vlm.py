"""The pass of the vision-language reader: after OCR it answers about every picture, in batches, in this process.

Its answers are put into the store batch by batch, so a run can be stopped in any way and a later one asks only what is
missing. A picture that cannot be loaded, or that the reader fails on, costs no other. The reader works in the thread of
the event loop: Ctrl-C cannot stop another.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from extractor.api.ahead import done_ahead
from extractor.api.readers import LazyReader
from extractor.cache.pages import Fingerprints
from extractor.cache.pictures import picture_at
from extractor.cache.store import Store
from extractor.run.progress import ProgressWatcher
from extractor.run.result import PictureResult
from extractor.run.trouble import ReaderFailures
from extractor.stages.ask import Reply, ask, asked_of_pages
from extractor.stages.reason import Failure, PictureUnusableError
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


@dataclass(frozen=True, slots=True)
class PromptInput:
    """What a prompt holds of a picture.

    With `page` the tokens of the page that the rules used. With `blank` a white picture of the same size in place of
    the picture: product pictures mostly stand on white, so it is like others with nothing in it.
    """

    page: bool
    blank: bool = False


class Question(NamedTuple):
    """An entity of the picture with this SHA-256."""

    sha256: str
    entity: str


@dataclass(frozen=True, slots=True)
class _Prompt:
    """Entities of one picture that are asked about with one page; `page_key` is None for no page."""

    sha256: str
    path: Path | None
    entities: tuple[str, ...]
    page_key: str | None


@dataclass(frozen=True, slots=True)
class _Loaded:
    prompt: _Prompt
    questions: PictureQuestions | Failure

    @property
    def pixels(self) -> int:
        return 0 if isinstance(self.questions, Failure) else self.questions.picture.size // 3


class VlmPass:
    """Asks one reader about pictures shown in one way. Belongs to the thread that opened the store."""

    def __init__(self, store: Store, reader: LazyReader, prompt_input: PromptInput, keys: Fingerprints) -> None:
        self._store = store
        self._reader = reader
        self._input = prompt_input
        self._keys = keys
        self._failures = ReaderFailures()

    def needs_picture(self, result: PictureResult) -> bool:
        """Whether the picture's bytes will be needed."""
        if self._input.blank and self._input.page:
            return False
        return any(
            set(prompt.entities) - self._cached(prompt.sha256, prompt.page_key).keys()
            for prompt in self._prompts([result])
        )

    def replies(self, results: Iterable[PictureResult], watcher: ProgressWatcher) -> dict[Question, Reply]:
        """The replies about all pictures that were read. Raises ReaderError when there is no reading at all."""
        replies: dict[Question, Reply] = {}
        missing: list[_Prompt] = []
        for prompt in self._prompts(results):
            cached = self._cached(prompt.sha256, prompt.page_key)
            known = [entity for entity in prompt.entities if entity in cached]
            replies |= {Question(prompt.sha256, entity): Reply(cached[entity], cached=True) for entity in known}
            if entities := tuple(entity for entity in prompt.entities if entity not in cached):
                missing.append(replace(prompt, entities=entities))
        if missing:
            with _interruptible():
                self._reader.load()
                watcher.vlm_started(len(missing))
                questions = BATCHES_AT_ONCE * self._reader.batch
                # While the reader answers one batch, the next is loaded; only where pictures become small for it.
                ahead = questions if self._reader.prepares else 2 * LOADERS
                for batch in _batches(self._loaded(missing, ahead), questions):
                    replies |= self._batch_replies(batch)
                    watcher.vlm_done(len(batch))
        return replies

    def _prompts(self, results: Iterable[PictureResult]) -> list[_Prompt]:
        """One for each picture and page, with the official entities of all the picture's links."""
        paths: dict[str, Path | None] = {}
        entities: dict[tuple[str, str | None], dict[str, None]] = {}
        for result in results:
            if result.failure is None and result.sha256 is not None:
                paths[result.sha256] = result.path or paths.get(result.sha256)
                for upscaled, names in asked_of_pages(result.answers):
                    of_page = entities.setdefault((result.sha256, self._page_key(upscaled=upscaled)), {})
                    of_page |= dict.fromkeys(names)
        return [_Prompt(sha256, paths[sha256], tuple(names), key) for (sha256, key), names in entities.items()]

    def _page_key(self, *, upscaled: bool) -> str | None:
        if not self._input.page:
            return None
        return self._keys.upscaled if upscaled else self._keys.engine

    def _key(self, page_key: str | None) -> str:
        """What tells prompts about one picture apart, in the store."""
        return f"{page_key or 'none'}{' | blank' if self._input.blank else ''}"

    def _cached(self, sha256: str, page_key: str | None) -> dict[str, VlmAnswer]:
        return self._store.vlm_answers(sha256, self._key(page_key), self._reader.fingerprint)

    def _loaded(self, prompts: Iterable[_Prompt], ahead: int) -> Iterator[_Loaded]:
        """Loads on threads, at most `ahead` pictures before the reader needs them."""
        with_pages = ((prompt, self._page(prompt)) for prompt in prompts)
        with ThreadPoolExecutor(LOADERS, thread_name_prefix="picture") as threads:
            yield from done_ahead(threads, self._load, with_pages, ahead)

    def _page(self, prompt: _Prompt) -> OcrResult | None:
        return None if prompt.page_key is None else self._store.page(prompt.sha256, prompt.page_key)

    def _load(self, prompt_and_page: tuple[_Prompt, OcrResult | None]) -> _Loaded:
        prompt, page = prompt_and_page
        try:
            picture = self._reader.prepared(self._picture(prompt, page))
            return _Loaded(prompt, PictureQuestions(picture, page, prompt.entities))
        except PictureUnusableError as error:
            return _Loaded(prompt, error.failure)

    def _picture(self, prompt: _Prompt, page: OcrResult | None) -> Picture:
        if not self._input.blank:
            return picture_at(prompt.path, prompt.sha256)
        height, width = (page.height, page.width) if page else picture_at(prompt.path, prompt.sha256).shape[:2]
        return np.full((height, width, 3), WHITE, dtype=np.uint8)

    def _batch_replies(self, batch: Sequence[_Loaded]) -> dict[Question, Reply]:
        """The replies to a batch; each answer is put into the store as soon as it is there."""
        replies: dict[Question, Reply] = {}
        of_items = ask([one.questions for one in batch if not isinstance(one.questions, Failure)], self._reader)
        for one in batch:
            prompt = one.prompt
            if isinstance(one.questions, Failure):
                of_item = (Reply(one.questions),) * len(prompt.entities)
            else:
                of_item = next(of_items)
                self._failures.heard(of_item)
            by_entity = dict(zip(prompt.entities, of_item, strict=True))
            answers = [(e, reply.answer) for e, reply in by_entity.items() if isinstance(reply.answer, VlmAnswer)]
            self._store.put_vlm_answers(prompt.sha256, self._key(prompt.page_key), self._reader.fingerprint, answers)
            replies |= {Question(prompt.sha256, entity): reply for entity, reply in by_entity.items()}
        return replies


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C stops what runs in here at once: asyncio's own handler would let it run to its end, for minutes."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def _batches(loaded: Iterable[_Loaded], questions: int) -> Iterator[list[_Loaded]]:
    """In groups of at least `questions` questions or PIXELS_AT_ONCE, and the rest."""
    batch: list[_Loaded] = []
    for one in loaded:
        batch.append(one)
        entities, pixels = sum(len(b.prompt.entities) for b in batch), sum(b.pixels for b in batch)
        if entities >= questions or pixels >= PIXELS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
