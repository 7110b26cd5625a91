"""Pages with the store around them: each is read once, and in the store at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

from extractor.cache.store import Store
from extractor.stages.answer import Answer
from extractor.stages.read import Pages
from extractor.stages.select import SELECT_VERSION
from ocr.token import OcrResult
from ocr.upscale import UPSCALE_VERSION
from rules.entities import OFFICIAL, EntityTable


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What results are kept under: `engine` is the OCR engine's fingerprint, `rules` that of rules and ranker.

    Answers on the user's own entities of the table depend on it too, those on the official ones do not.
    """

    engine: str
    rules: str
    upscale: bool
    entities: EntityTable = field(default=OFFICIAL, repr=False)

    @property
    def upscaled(self) -> str:
        """What pages of the upscaled pass are kept under."""
        return f"{self.engine}; {_UPSCALED}"

    @property
    def answers(self) -> str:
        """What answers on official entities are kept under."""
        rules = f"{self.rules}; select {SELECT_VERSION}"
        return f"{rules}; {_UPSCALED}" if self.upscale else rules

    @property
    def own_answers(self) -> str:
        """What answers on the user's own entities are kept under."""
        return f"{self.answers}; entities {self.entities.fingerprint}"

    def of_group(self, group: str) -> Fingerprints:
        """Those of answers on pictures of a product group, which may depend on it; "" is no group."""
        return replace(self, rules=f"{self.rules}; group {group}") if group else self

    def stored_answers(self, store: Store, sha256: str) -> dict[str, Answer]:
        """The answers by entity that the store has on a picture."""
        official = store.answers(sha256, self.engine, self.answers)
        return official | store.answers(sha256, self.engine, self.own_answers) if self.entities.own else official

    def put_answer(self, store: Store, sha256: str, answer: Answer) -> None:
        """Keeps an answer."""
        own = self.entities[answer.entity].own
        store.put_answers(sha256, self.engine, self.own_answers if own else self.answers, [answer])


_UPSCALED = f"second look {UPSCALE_VERSION}"  # the words of the first stores: their pages are still good


UncachedPages = Callable[[OcrResult | None], Pages]
"""Gives the pages where the store lacks one, with the first page where it is known."""


class CachedPages:
    """The pages of one picture: from the store, else read and put there.

    `seconds` is what reading took, `first_cached` whether the first page was there, `upscaled_now` whether the
    upscaled pass was made.
    """

    def __init__(self, store: Store, sha256: str, keys: Fingerprints, uncached: UncachedPages) -> None:
        self._store = store
        self._sha256 = sha256
        self._keys = keys
        self._uncached = uncached
        self.seconds = 0.0
        self.first_cached = False
        self.upscaled_now = False

    @cached_property
    def first(self) -> OcrResult:
        """The page of the first pass. Raises PictureUnusableError."""
        page = self._store.page(self._sha256, self._keys.engine)
        self.first_cached = page is not None
        if page is None:
            with self._timed():
                page = self._uncached(None).first
            self._store.put_page(self._sha256, self._keys.engine, page)
        return page

    @cached_property
    def upscaled(self) -> OcrResult | None:
        """The page of the upscaled pass; None where it fails. Raises PictureUnusableError where the file is gone."""
        page = self._store.page(self._sha256, self._keys.upscaled)
        if page is None:
            with self._timed():
                page = self._uncached(self.first).upscaled
            if page is not None:
                self.upscaled_now = True
                self._store.put_page(self._sha256, self._keys.upscaled, page)
        return page

    @contextmanager
    def _timed(self) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - started
