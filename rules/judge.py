"""The verdict of the rules on a page: the answer for an entity, with its evidence, or why there is none."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ocr.token import OcrResult
from rules.answer import Answer
from rules.constants import DIMENSIONS
from rules.features import Features, features_of
from rules.lines import lines_of
from rules.measures import Measure, measures_of
from rules.normalise import answer_of, is_plausible
from rules.quantity import Quantity
from rules.role_table import DIAMETER
from rules.sightings import Sighting, sightings_of
from rules.unit_table import SAME_WORD
from rules.units import ENTITY_KIND, allowed_unit
from rules.weight_table import BIAS, FEATURE_WEIGHT


class Reason(StrEnum):
    """Why a verdict is as it is."""

    ANSWERED = "answered"
    NO_TEXT = "no_text"
    NO_CANDIDATE = "no_candidate"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measure of the page that could be the answer, with what speaks for it; `score` above 0 is worth answering."""

    answer: Answer
    score: float
    features: Features
    measure: Measure

    @property
    def quantity(self) -> Quantity:
        """The quantity as it is printed first."""
        return self.measure.first.quantity


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say for one entity; `confidence` is 0 to 1, `candidates` run from the best to the worst."""

    entity: str
    answer: Answer | None
    reason: Reason
    confidence: float
    chosen: Candidate | None
    candidates: tuple[Candidate, ...]


MAX_ASSIGNED = 8
"""Candidates per dimension that take part in the joint choice: 9 to the power of 3 combinations at most."""


def judge(page: OcrResult, entity: str) -> Verdict:
    """The verdict for one entity; the three dimensions are decided together, so that one extent answers one of them."""
    if not page.tokens:
        return Verdict(entity, None, Reason.NO_TEXT, 0.0, None, ())
    sightings = sightings_of(page)
    candidates = candidates_for(page, sightings, entity)
    if not candidates:
        return Verdict(entity, None, Reason.NO_CANDIDATE, 0.0, None, ())
    chosen = _chosen(page, sightings, entity, candidates)
    if chosen is None:
        confidence = 1.0 - _probability(candidates[0].score)
        return Verdict(entity, None, Reason.NOT_STATED, confidence, None, candidates)
    return Verdict(entity, chosen.answer, Reason.ANSWERED, _probability(chosen.score), chosen, candidates)


def candidates_for(page: OcrResult, sightings: Sequence[Sighting], entity: str) -> tuple[Candidate, ...]:
    """All measures of the page that `entity` could be answered with, best first."""
    kind = ENTITY_KIND[entity]
    usable = [s for s in sightings if allowed_unit(s.quantity.unit, entity)]
    measures = measures_of(_as_kind(usable, kind))
    lines = lines_of(page.tokens)
    found = []
    for measure in measures:
        answer = answer_of(measure.first.quantity, entity)
        if is_plausible(answer):
            features = features_of(measure, measures, lines, page, entity)
            found.append(Candidate(answer, score_of(features, entity), features, measure))
    return tuple(sorted(found, key=lambda c: -c.score))


def score_of(features: Features, entity: str) -> float:
    """The bias of the entity and its weights times the features."""
    weights = FEATURE_WEIGHT[entity]
    return BIAS[entity] + sum(weights.get(name, 0.0) * value for name, value in features)


def _as_kind(sightings: Sequence[Sighting], kind: str) -> list[Sighting]:
    """The sightings, units that share a word (`oz`) read as the kind that is asked for."""
    return [
        replace(s, quantity=replace(s.quantity, unit=SAME_WORD.get((s.quantity.unit, kind), s.quantity.unit)))
        for s in sightings
    ]


def _chosen(
    page: OcrResult, sightings: Sequence[Sighting], entity: str, candidates: tuple[Candidate, ...]
) -> Candidate | None:
    if entity not in DIMENSIONS:
        return candidates[0] if candidates[0].score > 0 else None
    extents = sorted(DIMENSIONS)
    found = {e: candidates if e == entity else candidates_for(page, sightings, e) for e in extents}
    return assign(found)[entity]


def assign(candidates: Mapping[str, Sequence[Candidate]]) -> dict[str, Candidate | None]:
    """The choice of at most one candidate per entity that has the highest sum of scores.

    A measure is given to one entity only, unless it is a diameter; leaving an entity empty counts zero.
    """
    entities = list(candidates)
    options = [[None, *(c for c in candidates[e][:MAX_ASSIGNED] if c.score > 0)] for e in entities]
    best = max(itertools.product(*options), key=_total)
    return dict(zip(entities, best, strict=True))


def _total(choice: Sequence[Candidate | None]) -> float:
    taken = [c for c in choice if c is not None]
    single = [_identity(c) for c in taken if c.measure.role != DIAMETER]
    if len(set(single)) < len(single):
        return -math.inf
    return sum(c.score for c in taken)


def _identity(candidate: Candidate) -> tuple[str, int, int]:
    quantity = candidate.quantity
    return quantity.text, quantity.start, id(quantity.tokens[0]) if quantity.tokens else 0


def _probability(score: float) -> float:
    return 1 / (1 + math.exp(-max(min(score, 50.0), -50.0)))
