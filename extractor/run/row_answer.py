"""The answer to a row, from what came of its picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from extractor.run.options import RunVariant
from extractor.run.result import Origin, PictureResult
from extractor.run.vlm import Question
from extractor.stages.answer import failed
from extractor.stages.ask import Reply
from extractor.stages.combine import combine
from extractor.tables.rows import Row
from extractor.tables.trace import RowAnswer, StagesCached, StageSeconds
from rules.entities import EntityTable


def row_answer(
    results: Mapping[str, PictureResult],
    replies: Mapping[Question, Reply],
    variant: RunVariant,
    table: EntityTable,
    row: Row,
) -> RowAnswer:
    """The answer to a row on its picture alone, from the results by link and the replies of a VLM."""
    result = results[row.picture]
    fetched_before = result.origin is Origin.CACHED
    seconds = StageSeconds(result.fetch_seconds, result.ocr_seconds)
    if result.failure is not None:
        (answer,) = failed([row.entity], result.failure)
        return RowAnswer(row, answer, result.sha256, seconds, StagesCached(fetch=fetched_before), result.path)
    of_rules = next(answer for answer in result.answers if answer.entity == row.entity)
    assert result.sha256 is not None
    asked = variant.vlm and not table[row.entity].own
    reply = replies[Question(result.sha256, row.entity)] if asked else None
    return RowAnswer(
        row,
        combine(of_rules, reply.answer if reply else None, variant.policy, table),
        result.sha256,
        replace(seconds, rules=of_rules.seconds, vlm=reply.seconds if reply else 0.0),
        StagesCached(fetched_before, result.page_cached, of_rules.cached, vlm=reply.cached if reply else False),
        result.path,
    )
