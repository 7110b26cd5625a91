"""The run on this machine: rows -> pictures -> stages -> one answer for each row.

See `extractor.run.pictures` and `extractor.run.vlm` for its two passes over the pictures.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from extractor.api.engines import OCR_OFF, fingerprint_of
from extractor.api.readers import LazyReader
from extractor.cache.store import Store
from extractor.run.keys import keys_of
from extractor.run.options import RunOptions, RunVariant
from extractor.run.pictures import PictureJob, PicturePass, Session
from extractor.run.products import answers_of_products, entities_by_picture, group_by_picture
from extractor.run.progress import ProgressWatcher
from extractor.run.result import PictureResult
from extractor.run.row_answer import row_answer
from extractor.run.summary import Summary, summary_of
from extractor.run.vlm import PromptInput, VlmPass
from extractor.tables.rows import Row
from extractor.tables.trace import RowAnswer
from ocr.token import OcrResult

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunResult:
    """The answers in the order of the rows, and the run in numbers."""

    rows: tuple[RowAnswer, ...] = field(repr=False)  # asyncio's runner makes a text of what it returns
    summary: Summary


async def run(rows: Sequence[Row], options: RunOptions, watcher: ProgressWatcher) -> RunResult:
    """Answers all rows. A row that cannot be done has a reason.

    Raises ExtractorError when nothing can be done at all: no such engine or reader, an unusable store, workers that
    die of any picture.
    """
    with session_of(options) as session:
        (result,) = await run_variants(rows, session, (options.variant,), watcher)
    return result


async def run_variants(
    rows: Sequence[Row], session: Session, variants: Sequence[RunVariant], watcher: ProgressWatcher
) -> tuple[RunResult, ...]:
    """Answers all rows in each of the variants, with one reading of the pictures; raises as `run` does.

    Variants that show the reader the same share its answers. One with `vlm` needs a session with a reader.
    """
    started = time.perf_counter()
    passes = {}
    for prompt in (_prompt_input(variant, session) for variant in variants if variant.vlm):
        assert session.reader is not None
        passes[prompt] = VlmPass(session.store, session.reader, prompt, session.keys)
    groups = group_by_picture(rows)
    jobs = [PictureJob(link, entities, groups[link]) for link, entities in entities_by_picture(rows).items()]
    results = await PicturePass(session, watcher, tuple(passes.values())).results(jobs)
    replies = {one: vlm_pass.replies(results.values(), watcher) for one, vlm_pass in passes.items()}
    seconds = time.perf_counter() - started
    of_variants = []
    for variant in variants:
        heard = replies[_prompt_input(variant, session)] if variant.vlm else {}
        alone = partial(row_answer, results, heard, variant, session.keys.entities)
        answers = tuple(answers_of_products(rows, alone, session.keys.entities))
        of_variants.append(RunResult(answers, summary_of(results.values(), answers, seconds)))
    return tuple(of_variants)


async def read_pages(links: Iterable[str], options: RunOptions, watcher: ProgressWatcher) -> dict[str, PictureResult]:
    """Reads the first page of every picture into the store, without any answer; the results by link."""
    with session_of(replace(options, upscale=False, vlm=None)) as session:
        jobs = [PictureJob(link, ()) for link in dict.fromkeys(links)]
        return await PicturePass(session, watcher).results(jobs)


def stored_pages(results: Mapping[str, PictureResult], options: RunOptions) -> dict[str, OcrResult]:
    """The pages that `read_pages` put into the store, by link."""
    engine = fingerprint_of(options.ocr)
    with Store(options.store) as store:
        pages = {link: store.page(r.sha256, engine) for link, r in results.items() if r.sha256 is not None}
    return {link: page for link, page in pages.items() if page is not None}


@contextmanager
def session_of(options: RunOptions) -> Iterator[Session]:
    """What a run works with. Raises ExtractorError before the store is opened where engine or reader do not exist."""
    keys = keys_of(options)
    reader = None if options.vlm is None else LazyReader(options.vlm)
    with ExitStack() as stack:
        path = options.store
        if not options.use_cache:
            folder = tempfile.TemporaryDirectory(prefix="extractor-", ignore_cleanup_errors=True)
            path = Path(stack.enter_context(folder)) / "store.sqlite3"
        store = stack.enter_context(Store(path))
        logger.info("store opened: %s", path)
        logger.info("answers by: %s; %s; %s", keys.engine, keys.answers, reader.fingerprint if reader else "no reader")
        yield Session(options, keys, reader, store)


def _prompt_input(variant: RunVariant, session: Session) -> PromptInput:
    return PromptInput(variant.ocr_in_prompt and session.options.ocr != OCR_OFF, variant.blank_picture)
