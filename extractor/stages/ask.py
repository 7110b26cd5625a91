"""Ask: what a VLM answers about pictures, with the very pages that the rules used in its prompt."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extractor.stages.answer import Answer
from extractor.stages.errors import ExtractorError
from extractor.stages.reason import Failure, Reason
from rules.constants import ENTITIES
from vlm.answer import VlmAnswer
from vlm.reader import PictureQuestions, VlmReader


@dataclass(frozen=True, slots=True)
class Reply:
    """What a VLM said to one question, or why it said nothing; its share of the batch's seconds."""

    answer: VlmAnswer | Failure
    seconds: float = 0.0
    cached: bool = False


def asked_of_pages(answers: Iterable[Answer]) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """The official entities by the page that the rules answered on: of the first pass, then of the upscaled one (True).

    A page without any is left out.
    """
    official = [answer for answer in answers if answer.entity in ENTITIES]
    for upscaled in (False, True):
        if entities := tuple(answer.entity for answer in official if answer.upscaled is upscaled):
            yield upscaled, entities


def ask(items: Sequence[PictureQuestions], reader: VlmReader) -> Iterator[tuple[Reply, ...]]:
    """For each item the replies to its questions, in their order.

    All are asked at once, and where that fails, in halves: a picture that the reader fails on costs no other. Raises
    ExtractorError where the reader cannot run at all.
    """
    if not items:
        return
    started = time.perf_counter()
    try:
        answers = _checked(reader.read(items), items)
    except ExtractorError:
        raise
    except Exception as error:  # readers fail in their own ways: memory, a picture, a broken model
        if len(items) > 1:
            middle = len(items) // 2
            yield from ask(items[:middle], reader)
            yield from ask(items[middle:], reader)
        else:
            failure = Failure(Reason.VLM_FAILED, f"{type(error).__name__}: {error}")
            yield tuple(Reply(failure) for _ in items[0].entities)
        return
    share = (time.perf_counter() - started) / max(sum(map(len, answers)), 1)
    for of_item in answers:
        yield tuple(Reply(answer, share) for answer in of_item)


def _checked(answers: list[tuple[VlmAnswer, ...]], items: Sequence[PictureQuestions]) -> list[tuple[VlmAnswer, ...]]:
    if [len(of_item) for of_item in answers] != [len(item.entities) for item in items]:
        raise ValueError("the reader has not answered each question once")
    if not all(math.isfinite(a.confidence + a.unanswerable) for of_item in answers for a in of_item):
        raise ValueError("the reader gives a confidence that is not a number")
    return answers
