"""On what grounds a candidate stands: the strokes beside its text, and what each feature adds to its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor.stages.answer import Answer, Candidate
from ocr.token import OcrResult, OcrToken
from rules.amount import Amount
from rules.drawing import BesideStroke, strokes_beside
from rules.entities import OFFICIAL, EntityTable
from rules.ranker import Ranker, WithOwn
from rules.select import ParsedPage

STROKES_SHOWN = 12
FEATURES_SHOWN = 8
_SAME_SCORE = 2e-3
"""Features and scores are rounded to four decimals in a trace."""


Strokes = tuple[tuple[BesideStroke, ...], ...]
"""The strokes beside each of several texts."""


@dataclass(frozen=True, slots=True)
class RulesOfRun:
    """What a run answered by: what scored its candidates, and the entities it could be asked."""

    ranker: Ranker
    table: EntityTable = OFFICIAL


@dataclass(frozen=True, slots=True)
class FeatureEffect:
    """A feature of a candidate, its value, and what the score would lose without it."""

    name: str
    value: float
    effect: float


def strokes_of(candidates: Sequence[Candidate], answer: Answer, page: OcrResult, rules: RulesOfRun) -> Strokes:
    """The strokes of the page beside the text of each candidate, the weightiest first.

    There are none for an entity that is no dimension (strokes say nothing about it), nor where the page does not hold
    the candidate's text.
    """
    if answer.entity not in rules.table.dimensions:
        return ((),) * len(candidates)
    parsed = ParsedPage(page, rules.table).candidates(answer.entity, WithOwn(rules.ranker))
    groups = {_printed(c.answer, c.quantity.text, c.quantity.tokens): c.group for c in parsed}
    found = [groups.get(_printed(c.amount, c.text, c.evidence)) for c in candidates]
    drawings = iter(strokes_beside([group for group in found if group is not None], page))
    return tuple(_weightiest(next(drawings).strokes) if group is not None else () for group in found)


def effects_of(
    candidates: Sequence[Candidate], entity: str, rules: RulesOfRun
) -> tuple[tuple[FeatureEffect, ...], ...]:
    """What the features of each candidate do to its score, the largest effects first.

    Each feature is left out in turn. There are none where the ranker gives another score: it is not that of the run.
    """
    examples = [example for candidate in candidates for example in _with_each_left_out(candidate)]
    scores = iter(WithOwn(rules.ranker).scores(examples, entity))
    return tuple(
        _effects(candidate, next(scores), [next(scores) for _ in candidate.features]) for candidate in candidates
    )


def _printed(amount: Amount, text: str, tokens: Sequence[OcrToken]) -> tuple[object, ...]:
    """What identifies a candidate on its page: scores of tokens are rounded in a trace, boxes are not."""
    return (str(amount), text, *((token.text, token.box) for token in tokens))


def _weightiest(strokes: Sequence[BesideStroke]) -> tuple[BesideStroke, ...]:
    return tuple(sorted(strokes, key=lambda one: -one.weight)[:STROKES_SHOWN])


def _with_each_left_out(candidate: Candidate) -> list[tuple[tuple[str, float], ...]]:
    features = candidate.features
    return [features, *(features[:i] + features[i + 1 :] for i in range(len(features)))]


def _effects(candidate: Candidate, score: float, without: Sequence[float]) -> tuple[FeatureEffect, ...]:
    if not candidate.features or abs(score - candidate.score) > _SAME_SCORE:
        return ()
    effects = (
        FeatureEffect(name, value, score - left)
        for (name, value), left in zip(candidate.features, without, strict=True)
    )
    ranked = sorted(effects, key=lambda one: -abs(one.effect))
    return tuple(one for one in ranked[:FEATURES_SHOWN] if abs(one.effect) >= _SAME_SCORE)
