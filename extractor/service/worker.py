"""What a worker process does: the library's Extractor on the bytes of one picture after the other.

It loads its models before it takes a picture, so that no request waits for them or is timed by them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from extractor.api.engines import DEFAULT_OCR
from extractor.api.extractor import Extractor
from extractor.api.pictures import picture_from
from extractor.stages.answer import Answer
from extractor.stages.reason import Announce, Stage
from rules.entities import OFFICIAL, EntityTable
from rules.ranker import LEARNED

STAGE_NAMES = {Stage.START: "decode", Stage.READ: "read", Stage.SELECT: "rules", Stage.UPSCALED_PASS: "upscaled_pass"}


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Engine and ranker by name, whether a picture may be read once more, enlarged, and what can be asked for."""

    ocr: str = DEFAULT_OCR
    ranker: str = LEARNED
    upscale: bool = True
    entities: EntityTable = OFFICIAL


@dataclass(frozen=True, slots=True)
class EngineJob:
    """The bytes of a picture file, the entities to answer, None for all, and the product group, "" for none."""

    data: bytes
    entities: tuple[str, ...] | None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The answers on a picture, its size upright in pixels, and the seconds that each stage took."""

    answers: tuple[Answer, ...]
    width: int
    height: int
    stages: tuple[tuple[str, float], ...]


class StageClock:
    """Takes the time of stages as they are announced, and tells them on."""

    def __init__(self, announce: Announce) -> None:
        self._announce = announce
        self._stage, self._since = Stage.START, time.perf_counter()
        self._seconds: dict[Stage, float] = {}

    def __call__(self, stage: Stage) -> None:
        """A stage begins, and the one before it ends."""
        now = time.perf_counter()
        self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now
        self._announce(stage)

    def seconds(self) -> tuple[tuple[str, float], ...]:
        """The seconds of each stage until now."""
        self(self._stage)
        return tuple((STAGE_NAMES[stage], seconds) for stage, seconds in self._seconds.items())


@contextmanager
def engine_process(options: EngineOptions, announce: Announce) -> Iterator[Callable[[EngineJob], Reading]]:
    """The function that does jobs; it raises PictureUnusableError."""
    extractor = Extractor(
        options.ocr, ranker=options.ranker, upscale=options.upscale, entities=options.entities, threads=1
    )

    def do(job: EngineJob) -> Reading:
        clock = StageClock(announce)
        picture = picture_from(job.data)
        extraction = extractor.extract(picture, job.entities, group=job.group, announce=clock)
        height, width = picture.shape[:2]
        return Reading(extraction.answers, width, height, clock.seconds())

    extractor.extract(_warm_up_picture())
    yield do


def _warm_up_picture() -> Image.Image:
    """A picture with a line of text, so that each model has something to do."""
    picture = Image.new("RGB", (640, 480), "white")
    ImageDraw.Draw(picture).text((200, 200), "12.5 cm", fill="black", font=ImageFont.load_default(48))
    return picture
