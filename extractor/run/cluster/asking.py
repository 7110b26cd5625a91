"""Asks a VLM about the pictures of a batch, each with the page that the rules used in its prompt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extractor.api.engines import OCR_OFF
from extractor.api.pictures import picture_from
from extractor.api.readers import LazyReader
from extractor.run.cluster.reading import ReadPicture
from extractor.run.trouble import ReaderFailures
from extractor.run.vlm import BATCHES_AT_ONCE, Question
from extractor.stages.ask import Reply, ask, asked_of_pages
from ocr.token import OcrResult
from vlm.reader import PictureQuestions


@dataclass(frozen=True, slots=True)
class AskedPicture:
    """A picture that was read, with the bytes of its file; None where it is not to be had."""

    read: ReadPicture
    data: bytes | None


@dataclass(frozen=True, slots=True)
class _Prompt:
    sha256: str
    questions: PictureQuestions


class VlmAsker:
    """Asks one reader; it is loaded when the first picture comes."""

    def __init__(self, reader: LazyReader, ocr: str) -> None:
        self._reader = reader
        self._with_page = ocr != OCR_OFF
        self._failures = ReaderFailures()

    def replies(self, pictures: Iterable[AskedPicture]) -> dict[Question, Reply]:
        """The replies on the official entities of all pictures that were read.

        Raises ReaderError where the reader fails on one picture after the other.
        """
        replies: dict[Question, Reply] = {}
        for batch in self._batches(pictures):
            of_batch = ask([prompt.questions for prompt in batch], self._reader)
            for prompt, of_prompt in zip(batch, of_batch, strict=True):
                self._failures.heard(of_prompt)
                asked = prompt.questions.entities
                replies |= {Question(prompt.sha256, e): r for e, r in zip(asked, of_prompt, strict=True)}
        return replies

    def _batches(self, pictures: Iterable[AskedPicture]) -> Iterator[list[_Prompt]]:
        """So many questions at a time that the reader can sort them by length."""
        batch: list[_Prompt] = []
        for prompt in self._prompts(pictures):
            batch.append(prompt)
            if sum(len(one.questions.entities) for one in batch) >= BATCHES_AT_ONCE * self._reader.batch:
                yield batch
                batch = []
        if batch:
            yield batch

    def _prompts(self, pictures: Iterable[AskedPicture]) -> Iterator[_Prompt]:
        """One for each picture and page."""
        for one in pictures:
            result = one.read.result
            if result.failure is not None or one.data is None or result.sha256 is None:
                continue
            picture = picture_from(one.data)
            for upscaled, entities in asked_of_pages(result.answers):
                page = self._page(one.read, upscaled=upscaled)
                yield _Prompt(result.sha256, PictureQuestions(picture, page, entities))

    def _page(self, read: ReadPicture, *, upscaled: bool) -> OcrResult | None:
        if not self._with_page:
            return None
        return read.upscaled if upscaled else read.first
