"""The verdict of the rules on a page: the answer for an entity, with its evidence, or why there is none."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from ocr.token import OcrResult
from rules.amount import Amount
from rules.assign import Option, best_assignment
from rules.constants import DIMENSIONS, ENTITY_UNITS
from rules.dimension_table import DIAMETER
from rules.features import Features, FeatureTable
from rules.groups import QuantityGroup, quantity_groups
from rules.lines import Line, lines_of
from rules.located import LocatedQuantity, quantities_in
from rules.normalise import answer_of, is_plausible
from rules.quantity import Quantity
from rules.ranker import LEARNED, Ranker, ranker_of
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

    answer: Amount
    score: float
    features: Features
    measure: QuantityGroup

    @property
    def quantity(self) -> Quantity:
        """The quantity as it is printed first."""
        return self.measure.first.quantity


@dataclass(frozen=True, slots=True)
class Selection:
    """What the rules say for one entity; `confidence` is 0 to 1, `candidates` run from the best to the worst."""

    entity: str
    answer: Amount | None
    reason: Reason
    confidence: float
    chosen: Candidate | None
    candidates: tuple[Candidate, ...]


class ParsedPage:
    """A page of OCR tokens as the grammar reads it: once, whatever is asked of it."""

    def __init__(self, page: OcrResult) -> None:
        self.page = page
        self._of_units: dict[frozenset[str], tuple[tuple[QuantityGroup, ...], FeatureTable]] = {}

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines that the tokens make."""
        return lines_of(self.page.tokens)

    @cached_property
    def sightings(self) -> tuple[LocatedQuantity, ...]:
        """All quantities of the page."""
        return quantities_in(self.lines)

    def candidates(self, entity: str, ranker: Ranker) -> tuple[Candidate, ...]:
        """All measures of the page that `entity` could be answered with, best first."""
        measures, table = self._measures(entity)
        answers = [answer_of(measure.first.quantity, entity) for measure in measures]
        possible = [i for i, answer in enumerate(answers) if is_plausible(answer, entity)]
        features = table.of(entity)
        scores = ranker.scores([features[i] for i in possible], entity)
        found = [
            Candidate(answers[i], score, features[i], measures[i]) for i, score in zip(possible, scores, strict=True)
        ]
        return tuple(sorted(found, key=lambda c: -c.score))

    def _measures(self, entity: str) -> tuple[tuple[QuantityGroup, ...], FeatureTable]:
        """The measures in units that the entity may be answered in, which other entities share."""
        units = ENTITY_UNITS[entity]
        if units not in self._of_units:
            usable = [s for s in self.sightings if allowed_unit(s.quantity.unit, entity)]
            measures = quantity_groups(_as_kind(usable, ENTITY_KIND[entity]))
            self._of_units[units] = measures, FeatureTable(measures, self.lines, self.page)
        return self._of_units[units]


def select(page: OcrResult, entity: str, ranker: Ranker | None = None) -> Selection:
    """The verdict for one entity, by the shipped learned ranker unless another is given."""
    return next(selections(page, (entity,), ranker))


def selections(page: OcrResult, entities: Iterable[str], ranker: Ranker | None = None) -> Iterator[Selection]:
    """The verdict for each entity in turn, by the shipped learned ranker unless another is given.

    The page is parsed once. With a ranker that is exclusive the three dimensions are decided together, so that one
    extent answers one of them.
    """
    parsed = ParsedPage(page)
    ranker = ranker or ranker_of(LEARNED)
    for entity in entities:
        yield selection_of(parsed, entity, ranker)


def selection_of(parsed: ParsedPage, entity: str, ranker: Ranker) -> Selection:
    """The verdict for one entity of a page that others may be asked of too."""
    if not parsed.page.tokens:
        return Selection(entity, None, Reason.NO_TEXT, 0.0, None, ())
    candidates = parsed.candidates(entity, ranker)
    if not candidates:
        return Selection(entity, None, Reason.NO_CANDIDATE, 0.0, None, ())
    chosen = _chosen(parsed, entity, candidates, ranker)
    if chosen is None:
        confidence = 1.0 - ranker.probability(candidates[0].score, entity)
        return Selection(entity, None, Reason.NOT_STATED, confidence, None, candidates)
    confidence = ranker.probability(chosen.score, entity)
    return Selection(entity, chosen.answer, Reason.ANSWERED, confidence, chosen, candidates)


def _as_kind(sightings: Sequence[LocatedQuantity], kind: str) -> list[LocatedQuantity]:
    """The sightings, units that share a word (`oz`) read as the kind that is asked for."""
    return [
        replace(s, quantity=replace(s.quantity, unit=SAME_WORD.get((s.quantity.unit, kind), s.quantity.unit)))
        for s in sightings
    ]


def _chosen(parsed: ParsedPage, entity: str, candidates: tuple[Candidate, ...], ranker: Ranker) -> Candidate | None:
    if entity not in DIMENSIONS or not ranker.exclusive:
        return candidates[0] if candidates[0].score > 0 else None
    extents = sorted(DIMENSIONS)
    return assign({e: candidates if e == entity else parsed.candidates(e, ranker) for e in extents})[entity]


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
