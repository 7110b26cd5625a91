"""The library's door: pictures in, typed answers with their evidence out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property, partial

from extractor.api.ahead import done_ahead
from extractor.api.engines import DEFAULT_OCR, OCR_OFF, engine_of
from extractor.api.entity_file import EntitySource, entity_table
from extractor.api.extraction import Extraction
from extractor.api.pictures import PictureSource, name_of, picture_from
from extractor.api.policies import policy_of
from extractor.api.processes import ProcessLimits, WorkerDiedError, WorkerPool, cpu_count
from extractor.api.product import ProductExtraction, product_extraction
from extractor.api.rankers import ranker_of
from extractor.api.readers import NO_VLM, LazyReader, ReaderChoice
from extractor.stages.answer import Answer, failed
from extractor.stages.ask import Reply, ask, asked_of_pages
from extractor.stages.combine import HybridPolicy, combine
from extractor.stages.read import PicturePages
from extractor.stages.reason import Announce, Failure, PictureUnusableError, Reason, tell_nobody
from extractor.stages.select import is_empty_handed, is_unsure, select
from ocr.engine import OcrEngine
from ocr.picture import Picture
from rules.constants import ENTITIES
from rules.entities import EntityTable
from rules.ranker import LEARNED, Ranker
from vlm.reader import PictureQuestions, VlmReader

logger = logging.getLogger(__name__)

Entities = tuple[str, ...] | None
"""The entities that the caller named; None for all."""
_Selected = Callable[..., tuple[Answer, ...]]
_Job = tuple[Picture, Entities, str]
_Pool = WorkerPool[_Job, tuple[Answer, ...]]


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
    by default the one that comes with the reader. `entities` adds attributes of your own, which the rules alone answer:
    a file (docs/entities.md) or an `EntityTable`. `threads` is what the OCR engine may use; all CPUs by default.

    It needs no store, no event loop and no other process, and may be used by several threads: they take turns at the
    models. Raises ExtractorError where a model does not exist or cannot run here.
    """

    def __init__(
        self,
        ocr: str | OcrEngine = DEFAULT_OCR,
        vlm: str | ReaderChoice | VlmReader | None = None,
        ranker: str | Ranker = LEARNED,
        *,
        upscale: bool = True,
        policy: HybridPolicy | None = None,
        entities: EntitySource | None = None,
        threads: int | None = None,
    ) -> None:
        for model in (ocr, vlm, ranker):
            if isinstance(model, type):
                raise TypeError(f"{model.__name__} is a class: give an object of it")
        if isinstance(vlm, str):
            vlm = None if vlm == NO_VLM else ReaderChoice(vlm)
        self._ocr = ocr
        self._ranker_or_name = ranker
        self._reader: VlmReader | None = LazyReader(vlm) if isinstance(vlm, ReaderChoice) else vlm
        self._policy = policy or policy_of(vlm if isinstance(vlm, ReaderChoice) else None)
        self._table = entity_table(entities)
        self._upscale = upscale and ocr != OCR_OFF
        self._threads = threads or cpu_count()
        self._lock = threading.Lock()

    def extract(
        self,
        picture: PictureSource,
        entities: Iterable[str] | None = None,
        *,
        group: str | None = None,
        announce: Announce = tell_nobody,
    ) -> Extraction:
        """What the picture states for each entity, all eight and those of your own by default.

        Takes a path, the bytes of a file, a Pillow image, or an array of uint8, (height, width, 3) RGB. The picture is
        read twice, the second time enlarged, for an answer that is unsure, and for a weight, load, voltage, power or
        volume that nothing was found for; without `entities` these alone are no reason unless nothing at all was found,
        since most pictures state none of them. `group` is the product group, as in the rows that the ranker was fitted
        to: it tells whether a depth is usually stated. `announce` is told each stage before it begins. Raises
        PictureUnusableError when it cannot be loaded or read, ValueError for an unknown entity.
        """
        wanted = _checked(entities, self._table)
        loaded = picture_from(picture)
        return Extraction(self._answers(loaded, wanted, announce, group or ""), name_of(picture), loaded)

    def extract_many(
        self,
        pictures: Iterable[PictureSource],
        entities: Iterable[str] | None = None,
        *,
        group: str | None = None,
        workers: int = 0,
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[Extraction]:
        """The extractions of many pictures, in their order, each as soon as it is its turn.

        `group` is the product group of all of them. With `workers` so many processes read side by side, with an engine
        of one thread each: then engine and ranker must be given by name, and there can be no VLM. `progress` is told
        the number of pictures done. A picture that cannot be loaded or read has a `failure` and empty answers, and
        costs no other. As with all processes that are spawned, a script calls this below `if __name__ == "__main__":`.
        """
        wanted = _checked(entities, self._table)
        if not workers:
            answers = partial(self._answers, group=group or "")
            here = partial(_extraction, entities=wanted, table=self._table, answers=answers)
            found: Iterator[Extraction] = map(here, pictures)
        elif self._reader is not None:
            raise ValueError("a VLM runs in this process: use workers=0")
        elif not (isinstance(self._ocr, str) and isinstance(self._ranker_or_name, str)):
            raise TypeError("engine and ranker must be given by name for other processes: they make their own")
        else:
            make = partial(
                Extractor,
                self._ocr,
                ranker=self._ranker_or_name,
                upscale=self._upscale,
                policy=self._policy,
                entities=self._table,
                threads=1,
            )
            found = _in_processes(pictures, wanted, self._table, group or "", make, workers)
        return _counted(found, progress)

    def extract_product(
        self,
        pictures: Iterable[PictureSource],
        title: str | None = None,
        entities: Iterable[str] | None = None,
        *,
        group: str | None = None,
    ) -> ProductExtraction:
        """What several pictures of one product, and its title, state together for each entity, all eight by default.

        Each picture is read as `extract` does, as one of the product `group`; `extractor.stages.fuse` says how the
        answers become one. A picture that cannot be loaded or read costs no other; where none can, the extraction has a
        `failure`. Raises ValueError without a picture and for an unknown entity.
        """
        wanted = _checked(entities, self._table)
        return product_extraction(list(self.extract_many(pictures, wanted, group=group)), title, self._table)

    def _answers(
        self, picture: Picture, entities: Entities, announce: Announce = tell_nobody, group: str = ""
    ) -> tuple[Answer, ...]:
        with self._lock:
            pages = PicturePages(picture, self._engine)
            selected = partial(self._selected, pages, group=group, announce=announce)
            of_rules = self._of_rules(selected, entities)
            logger.debug("picture read%s", ", once more enlarged" if any(one.upscaled for one in of_rules) else "")
            replies = self._replies(picture, pages, of_rules)
        heard = {entity: reply.answer for entity, reply in replies.items()}
        return tuple(combine(one, heard.get(one.entity), self._policy, self._table) for one in of_rules)

    def _of_rules(self, selected: _Selected, entities: Entities) -> tuple[Answer, ...]:
        """The answers of the rules, in the order of the entities."""
        if entities is not None:
            return selected(entities, upscale=self._upscale)
        names = ENTITIES, self._table.own_names
        official, own = (selected(some, upscale=False) for some in names)
        if not self._upscale:
            return official + own
        # What is found of the user's own has no say in how the official ones are looked for.
        nothing = all(map(is_empty_handed, official))
        if nothing or any(map(is_unsure, official)):
            official = selected(ENTITIES, upscale=True)
        if (nothing and all(map(is_empty_handed, own))) or any(is_unsure(answer, self._table) for answer in own):
            own = selected(self._table.own_names, upscale=True)
        return official + own

    def _selected(
        self, pages: PicturePages, entities: tuple[str, ...], *, group: str, upscale: bool, announce: Announce
    ) -> tuple[Answer, ...]:
        found = select(
            pages, entities, self._ranker, table=self._table, group=group, upscale=upscale, announce=announce
        )
        return tuple(sorted(found, key=lambda answer: entities.index(answer.entity)))

    def _replies(self, picture: Picture, pages: PicturePages, answers: Sequence[Answer]) -> dict[str, Reply]:
        """The VLM's replies by official entity, each with the rules' page in its prompt; none without a VLM."""
        if self._reader is None:
            return {}
        items = []
        for upscaled, entities in asked_of_pages(answers):
            page = pages.upscaled if upscaled else pages.first
            items.append(PictureQuestions(picture, None if self._ocr == OCR_OFF else page, entities))
        return {
            entity: reply
            for item, replies in zip(items, ask(items, self._reader), strict=True)
            for entity, reply in zip(item.entities, replies, strict=True)
        }

    @cached_property
    def _engine(self) -> OcrEngine:
        return engine_of(self._ocr, self._threads) if isinstance(self._ocr, str) else self._ocr

    @cached_property
    def _ranker(self) -> Ranker:
        name = self._ranker_or_name
        return ranker_of(name) if isinstance(name, str) else name


def _extraction(
    picture: PictureSource,
    entities: Entities,
    table: EntityTable,
    answers: Callable[[Picture, Entities], tuple[Answer, ...]],
) -> Extraction:
    """The extraction of a picture; an empty one where it cannot be loaded or read."""
    try:
        loaded = picture_from(picture)
        return Extraction(answers(loaded, entities), name_of(picture), loaded)
    except PictureUnusableError as error:
        logger.info("no answers on %s: %s: %s", name_of(picture) or "a picture", error.failure.reason, error)
        none = failed(table.names if entities is None else entities, error.failure)
        return Extraction(none, name_of(picture), None, error.failure)


def _in_processes(
    pictures: Iterable[PictureSource],
    entities: Entities,
    table: EntityTable,
    group: str,
    make: Callable[[], Extractor],
    workers: int,
) -> Iterator[Extraction]:
    """The extractions in the order of the pictures, a bounded number of pictures ahead."""
    with (
        ThreadPoolExecutor(workers, thread_name_prefix="extract") as threads,
        _Pool(_extractor_in_process, make, workers, ProcessLimits()) as pool,
    ):
        do = partial(_extraction, entities=entities, table=table, answers=partial(_answers_of, pool, group=group))
        yield from done_ahead(threads, do, pictures, 2 * workers)


def _answers_of(
    pool: _Pool, picture: Picture, entities: Entities, *, group: str, again: bool = True
) -> tuple[Answer, ...]:
    """The answers of a process. A picture that kills one is tried once more: another's memory may have done it."""
    try:
        return pool.do((picture, entities, group))
    except WorkerDiedError as error:
        if again:
            return _answers_of(pool, picture, entities, group=group, again=False)
        raise PictureUnusableError(Failure(Reason.OCR_CRASHED, str(error))) from error


@contextmanager
def _extractor_in_process(make: Callable[[], Extractor], announce: Announce) -> Iterator[object]:
    """The function that does jobs in a worker process."""
    extractor = make()
    yield lambda job: extractor._answers(job[0], job[1], announce, job[2])


def _checked(entities: Iterable[str] | None, table: EntityTable) -> Entities:
    if entities is None:
        return None
    if isinstance(entities, str):
        raise TypeError(f"give a list of entities: [{entities!r}]")
    return table.checked(entities)


def _counted(found: Iterator[Extraction], progress: Callable[[int], None] | None) -> Iterator[Extraction]:
    for done, extraction in enumerate(found, start=1):
        if progress is not None:
            progress(done)
        yield extraction
