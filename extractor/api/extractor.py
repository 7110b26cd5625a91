"""The library's door: pictures in, typed answers with their evidence out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from extractor.api.engines import OCR_OFF, engine_of
from extractor.api.extraction import Extraction
from extractor.api.parallel import Settings, answers_of_rules, failed_extraction, in_processes
from extractor.api.pictures import PictureSource, name_of, picture_from
from extractor.api.policies import policy_of
from extractor.api.processes import cpu_count
from extractor.api.rankers import ranker_of
from extractor.api.readers import NO_VLM, LazyReader, ReaderChoice
from extractor.stages.answer import Answer
from extractor.stages.ask import Reader, Reply, ask
from extractor.stages.combine import HybridPolicy, combine
from extractor.stages.read import PicturePages
from extractor.stages.reason import PictureUnusableError
from ocr.engine import OcrEngine
from ocr.picture import Picture
from ocr.token import OcrResult
from rules.constants import ENTITIES
from rules.ranker import LEARNED, Ranker
from vlm.reader import PictureQuestions


class Extractor:
    """Says what product pictures state.

    >>> import dataset.synthetic
    >>> from pathlib import Path
    >>> picture = Path(dataset.synthetic.__file__).parents[1] / "images" / "test_0008.jpg"
    >>> extraction = Extractor().extract(picture, ["width", "item_weight"])
    >>> extraction["width"].text, extraction["width"].evidence[0].text
    ('18.1 inch', '18.1 in')
    >>> extraction["item_weight"].text, str(extraction["item_weight"].status)
    ('', 'not_found')

    `ocr` is the name of an OCR engine (see `extractor.api.engines`) or an engine; `vlm` the name of a vision-language
    reader that is asked too, its `ReaderChoice`, or a reader; `ranker` the name or file of a ranker, or a ranker. Each
    is loaded once, when it is first needed. Without `upscale` no picture is read twice. `policy` weighs rules and VLM;
    by default the one that comes with the reader. `threads` is what the OCR engine may use; all CPUs by default.

    It needs no store, no event loop and no other process, and may be used by several threads: they take turns at the
    models. Raises ExtractorError where a model does not exist or cannot run here.
    """

    def __init__(
        self,
        ocr: str | OcrEngine = "rapidocr",
        vlm: str | ReaderChoice | Reader | None = None,
        ranker: str | Ranker = LEARNED,
        *,
        upscale: bool = True,
        policy: HybridPolicy | None = None,
        threads: int | None = None,
    ) -> None:
        for model in (ocr, vlm, ranker):
            if isinstance(model, type):
                raise TypeError(f"{model.__name__} is a class: give an object of it")
        if isinstance(vlm, str):
            vlm = None if vlm == NO_VLM else ReaderChoice(vlm)
        self._ocr = ocr
        self._ranker_or_name = ranker
        self._reader: Reader | None = LazyReader(vlm) if isinstance(vlm, ReaderChoice) else vlm
        self._policy = policy or policy_of(vlm if isinstance(vlm, ReaderChoice) else None)
        self._upscale = upscale and ocr != OCR_OFF
        self._threads = threads or cpu_count()
        self._lock = threading.RLock()
        self._loaded_engine: OcrEngine | None = None

    def extract(self, picture: PictureSource, entities: Iterable[str] | None = None) -> Extraction:
        """What the picture states for each entity, all eight by default.

        Takes a path, the bytes of a file, a Pillow image, or an array of uint8, (height, width, 3) RGB. The picture is
        read twice, the second time enlarged, for a weight, load, voltage, power or volume that nothing was found for;
        without `entities` only where nothing was found at all, since most pictures state none of these. Raises
        PictureUnusableError when it cannot be loaded or read, ValueError for an unknown entity.
        """
        wanted = _checked(entities)
        loaded = picture_from(picture)
        return Extraction(self._answers(loaded, wanted), name_of(picture), loaded)

    def extract_many(
        self,
        pictures: Iterable[PictureSource],
        entities: Iterable[str] | None = None,
        *,
        workers: int = 0,
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[Extraction]:
        """The extractions of many pictures, in their order, each as soon as it is its turn.

        With `workers` so many processes read side by side, with an engine of one thread each: then engine and ranker
        must be given by name, and there can be no VLM. `progress` is told the number of pictures done. A picture that
        cannot be loaded or read has a `failure` and empty answers, and costs no other. As with all processes that are
        spawned, a script calls this below `if __name__ == "__main__":`.
        """
        wanted = _checked(entities)
        if not workers:
            found = self._in_turn(pictures, wanted)
        elif self._reader is not None:
            raise ValueError("a VLM runs in this process: use workers=0")
        elif not (isinstance(self._ocr, str) and isinstance(self._ranker_or_name, str)):
            raise TypeError("engine and ranker must be given by name for other processes: they make their own")
        else:
            settings = Settings(self._ocr, self._ranker_or_name, self._upscale)
            found = in_processes(pictures, wanted, settings, workers)
        return _counted(found, progress)

    def _in_turn(self, pictures: Iterable[PictureSource], entities: tuple[str, ...] | None) -> Iterator[Extraction]:
        for picture in pictures:
            try:
                yield self.extract(picture, entities)
            except PictureUnusableError as error:
                yield failed_extraction(picture, entities, error.failure)

    def _answers(self, picture: Picture, entities: tuple[str, ...] | None) -> tuple[Answer, ...]:
        pages = PicturePages(picture, self._engine)
        of_rules = answers_of_rules(pages, entities, self._ranker, upscale=self._upscale)
        replies = self._replies(picture, pages, of_rules)
        return tuple(
            combine(answer, replies[answer.entity].answer if answer.entity in replies else None, self._policy)
            for answer in of_rules
        )

    def _replies(self, picture: Picture, pages: PicturePages, answers: Sequence[Answer]) -> dict[str, Reply]:
        """The VLM's replies by entity, each with the page that the rules used in its prompt; none without a VLM."""
        if self._reader is None:
            return {}
        items = []
        for upscaled in (False, True):
            entities = tuple(answer.entity for answer in answers if answer.upscaled is upscaled)
            if entities:
                page = pages.upscaled() if upscaled else pages.first()
                items.append(PictureQuestions(picture, None if self._ocr == OCR_OFF else page, entities))
        with self._lock:
            of_items = list(ask(items, self._reader))
        return {
            entity: reply
            for item, replies in zip(items, of_items, strict=True)
            for entity, reply in zip(item.entities, replies, strict=True)
        }

    @property
    def _engine(self) -> OcrEngine:
        with self._lock:
            if self._loaded_engine is None:
                engine = engine_of(self._ocr, self._threads) if isinstance(self._ocr, str) else self._ocr
                self._loaded_engine = _LockedEngine(engine, self._lock)
            return self._loaded_engine

    @cached_property
    def _ranker(self) -> Ranker:
        name = self._ranker_or_name
        return ranker_of(name) if isinstance(name, str) else name


class _LockedEngine:
    """An engine that one thread at a time uses: two would overwrite each other's results."""

    def __init__(self, engine: OcrEngine, lock: threading.RLock) -> None:
        self._engine = engine
        self._lock = lock
        self.fingerprint = engine.fingerprint

    def read(self, picture: Picture) -> OcrResult:
        with self._lock:
            return self._engine.read(picture)


def _checked(entities: Iterable[str] | None) -> tuple[str, ...] | None:
    if entities is None:
        return None
    if isinstance(entities, str):
        raise TypeError(f"give a list of entities: [{entities!r}]")
    wanted = tuple(dict.fromkeys(entities))
    unknown = [entity for entity in wanted if entity not in ENTITIES]
    if unknown:
        raise ValueError(f"unknown entity {', '.join(unknown)}; there are {', '.join(ENTITIES)}")
    return wanted


def _counted(found: Iterator[Extraction], progress: Callable[[int], None] | None) -> Iterator[Extraction]:
    for done, extraction in enumerate(found, start=1):
        if progress is not None:
            progress(done)
        yield extraction
