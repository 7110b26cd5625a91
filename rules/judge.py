"""The verdict of the rules on a page: the answer for an entity, with its evidence, or why there is none."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ocr.token import OcrResult
from rules.answer import Answer
from rules.assign import Option, best_assignment
from rules.constants import DIMENSIONS
from rules.features import Features, features_of
from rules.lines import lines_of
from rules.measures import Measure, measures_of
from rules.normalise import answer_of, is_plausible
from rules.quantity import Quantity
from rules.ranker import LEARNED, Ranker, ranker_of
from rules.role_table import DIAMETER
from rules.sightings import Sighting, sightings_of
from rules.unit_table import SAME_WORD
from rules.units import ENTITY_KIND, allowed_unit


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


def judge(page: OcrResult, entity: str, ranker: Ranker | None = None) -> Verdict:
    """The verdict for one entity, by the shipped learned ranker unless another is given.

    With a ranker that is exclusive the three dimensions are decided together, so that one extent answers one of them.
    """
    if not page.tokens:
        return Verdict(entity, None, Reason.NO_TEXT, 0.0, None, ())
    ranker = ranker or ranker_of(LEARNED)
    sightings = sightings_of(page)
    candidates = candidates_for(page, sightings, entity, ranker)
    if not candidates:
        return Verdict(entity, None, Reason.NO_CANDIDATE, 0.0, None, ())
    chosen = _chosen(page, sightings, entity, candidates, ranker)
    if chosen is None:
        confidence = 1.0 - ranker.probability(candidates[0].score, entity)
        return Verdict(entity, None, Reason.NOT_STATED, confidence, None, candidates)
    confidence = ranker.probability(chosen.score, entity)
    return Verdict(entity, chosen.answer, Reason.ANSWERED, confidence, chosen, candidates)


def candidates_for(
    page: OcrResult, sightings: Sequence[Sighting], entity: str, ranker: Ranker
) -> tuple[Candidate, ...]:
    """All measures of the page that `entity` could be answered with, best first."""
    kind = ENTITY_KIND[entity]
    usable = [s for s in sightings if allowed_unit(s.quantity.unit, entity)]
    measures = measures_of(_as_kind(usable, kind))
    answers = [answer_of(measure.first.quantity, entity) for measure in measures]
    features = features_of(measures, lines_of(page.tokens), page, entity)
    found = [
        Candidate(answer, ranker.score(facts, entity), facts, measure)
        for measure, answer, facts in zip(measures, answers, features, strict=True)
        if is_plausible(answer)
    ]
    return tuple(sorted(found, key=lambda c: -c.score))


def _as_kind(sightings: Sequence[Sighting], kind: str) -> list[Sighting]:
    """The sightings, units that share a word (`oz`) read as the kind that is asked for."""
    return [
        replace(s, quantity=replace(s.quantity, unit=SAME_WORD.get((s.quantity.unit, kind), s.quantity.unit)))
        for s in sightings
    ]


def _chosen(
    page: OcrResult,
    sightings: Sequence[Sighting],
    entity: str,
    candidates: tuple[Candidate, ...],
    ranker: Ranker,
) -> Candidate | None:
    if entity not in DIMENSIONS or not ranker.exclusive:
        return candidates[0] if candidates[0].score > 0 else None
    extents = sorted(DIMENSIONS)
    found = {e: candidates if e == entity else candidates_for(page, sightings, e, ranker) for e in extents}
    return assign(found)[entity]


def assign(candidates: Mapping[str, Sequence[Candidate]]) -> dict[str, Candidate | None]:
    """The choice of at most one candidate per entity that has the highest sum of scores.

    A measure is given to one entity only, unless it is a diameter; leaving an entity empty counts zero.
    """
    options = {e: [Option(c.score, _claim(c)) for c in found] for e, found in candidates.items()}
    chosen = best_assignment(options)
    return {e: None if i is None else candidates[e][i] for e, i in chosen.items()}


def _claim(candidate: Candidate) -> Hashable | None:
    """What identifies the candidate's measure on its page; None for a diameter, which may answer two dimensions."""
    if candidate.measure.role == DIAMETER:
        return None
    place, quantity = candidate.measure.first.place, candidate.quantity
    return quantity.text, quantity.start, place.left, place.top
