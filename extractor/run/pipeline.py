"""The run: pictures -> OCR and rules -> (reader) -> one decision and one trace for each row.

See `extractor.run.ocr_pass` and `extractor.run.vlm_pass` for the two passes, `extractor.stages.combine` for what
becomes of both.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.api.engines import fingerprint_of
from extractor.api.rankers import rules_key
from extractor.api.readers import LazyReader
from extractor.cache.store import Store
from extractor.run.ocr_pass import OcrPass
from extractor.run.options import PredictOptions, Way
from extractor.run.outcome import Origin, PictureOutcome
from extractor.run.progress import ProgressWatcher
from extractor.run.reader import ReaderSettings
from extractor.run.summary import Summary, summary_of
from extractor.stages.combine import decide
from extractor.tables.rows import Row
from extractor.tables.trace import RowTrace, StagesCached, StageSeconds, checked, undecided

if TYPE_CHECKING:
    from extractor.run.vlm_pass import PictureAsked, Question, Shown, VlmPass, VlmReply

OCR_OFF = "none"


@dataclass(frozen=True, slots=True)
class RunResult:
    """The traces in the order of the rows, and the run in numbers."""

    traces: tuple[RowTrace, ...]
    summary: Summary


@dataclass(frozen=True, slots=True)
class Session:
    """What a run works with: the options, the OCR engine's settings, the reader if one is asked, the open store."""

    options: PredictOptions
    engine: str
    reader: LazyReader | None
    store: Store


def run(rows: Sequence[Row], options: PredictOptions, watcher: ProgressWatcher) -> RunResult:
    """Answers all rows. A row that cannot be done has a reason in its trace.

    Raises ExtractorError when nothing can be done at all: no such engine or reader, an unusable store, workers that
    die whatever they are given.
    """
    way = Way(vlm=options.vlm is not None, policy=options.policy)
    with session_of(options) as session:
        (result,) = run_ways(rows, session, (way,), watcher)
    return result


def run_ways(
    rows: Sequence[Row], session: Session, ways: Sequence[Way], watcher: ProgressWatcher
) -> tuple[RunResult, ...]:
    """Answers all rows in each of the ways, with one reading of the pictures; raises as `run` does.

    Ways that show the reader the same share its answers. A way with `vlm` needs a session with a reader.
    """
    started = time.perf_counter()
    shown = [_shown(way, session) for way in ways]
    passes = _passes(shown, session)
    settings = ReaderSettings(
        session.options.ocr,
        session.engine,
        rules_key(session.options.ranker),
        session.store.path,
        session.options.ranker,
        session.options.second_look and session.options.ocr != OCR_OFF,
    )
    ocr_pass = OcrPass(session.options, settings, session.store, watcher, tuple(passes.values()))
    outcomes = asyncio.run(ocr_pass.outcomes(rows))
    asked = _asked(outcomes.values()) if passes else ()
    replies = {one: vlm_pass.replies(asked, watcher) for one, vlm_pass in passes.items()}
    seconds = time.perf_counter() - started
    results = []
    for way, seen in zip(ways, shown, strict=True):
        said = replies[seen] if seen else {}
        traces = tuple(_trace(row, outcomes[row.picture], said, way) for row in rows)
        results.append(RunResult(traces, summary_of(outcomes.values(), traces, seconds)))
    return tuple(results)


@contextmanager
def session_of(options: PredictOptions) -> Iterator[Session]:
    """What a run works with. Raises ExtractorError before the store is opened where engine or reader do not exist."""
    engine = fingerprint_of(options.ocr)
    rules_key(options.ranker)
    reader = None if options.vlm is None else LazyReader(options.vlm)
    with _store_path(options) as path, Store(path) as store:
        yield Session(options, engine, reader, store)


@contextmanager
def _store_path(options: PredictOptions) -> Iterator[Path]:
    if options.use_cache:
        yield options.store
        return
    with tempfile.TemporaryDirectory(prefix="extractor-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "store.sqlite3"


def _shown(way: Way, session: Session) -> Shown | None:
    if not way.vlm:
        return None
    from extractor.run.vlm_pass import Shown

    with_page = way.ocr_in_prompt and session.options.ocr != OCR_OFF
    return Shown(session.engine if with_page else None, way.blank_picture)


def _passes(shown: Sequence[Shown | None], session: Session) -> dict[Shown, VlmPass]:
    wanted = dict.fromkeys(one for one in shown if one is not None)
    if not wanted:
        return {}
    from extractor.run.vlm_pass import VlmPass

    if session.reader is None:
        raise ValueError("no reader is chosen")
    return {one: VlmPass(session.store, session.reader, one) for one in wanted}


def _asked(outcomes: Iterable[PictureOutcome]) -> tuple[PictureAsked, ...]:
    """The pictures that were read, each once, with all that is asked of it under whatever link."""
    from extractor.run.vlm_pass import PictureAsked

    paths: dict[str, Path | None] = {}
    entities: dict[str, dict[str, None]] = {}
    for outcome in outcomes:
        if outcome.failure is None and outcome.content is not None:
            paths[outcome.content] = outcome.path or paths.get(outcome.content)
            entities.setdefault(outcome.content, {}).update(dict.fromkeys(a.entity for a in outcome.answers))
    return tuple(PictureAsked(content, path, tuple(entities[content])) for content, path in paths.items())


def _trace(row: Row, outcome: PictureOutcome, replies: Mapping[Question, VlmReply], way: Way) -> RowTrace:
    fetched_before = outcome.origin is Origin.KEPT
    seconds = StageSeconds(outcome.fetch_seconds, outcome.ocr_seconds)
    if outcome.failure is not None:
        cached = StagesCached(fetch=fetched_before)
        return RowTrace(row, undecided(outcome.failure), outcome.content, seconds, cached)
    answer = outcome.answer_for(row.entity)
    reply = _reply(outcome, row.entity, replies) if way.vlm else None
    decision = decide(row.entity, answer.decision, reply.said if reply else None, way.policy)
    return RowTrace(
        row,
        checked(decision, row.entity),
        outcome.content,
        replace(seconds, rules=answer.seconds, vlm=reply.seconds if reply else 0.0),
        StagesCached(fetched_before, outcome.page_kept, answer.kept, vlm=reply.kept if reply else False),
    )


def _reply(outcome: PictureOutcome, entity: str, replies: Mapping[Question, VlmReply]) -> VlmReply:
    from extractor.run.vlm_pass import Question

    assert outcome.content is not None
    return replies[Question(outcome.content, entity)]
