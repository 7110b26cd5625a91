"""Selects the answer for an entity from a page, with its evidence, or gives the reason for none."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from ocr.token import OcrResult
from rules.amount import Amount
from rules.assign import Option, best_assignment
from rules.constants import DIMENSIONS
from rules.dimension_table import DIAMETER
from rules.entities import OFFICIAL, Entity, EntityTable
from rules.features import Features, features_of
from rules.groups import QuantityGroup, quantity_groups
from rules.lexicon import STANDARD
from rules.lines import Line, lines_of
from rules.located import LocatedQuantity, quantities_in
from rules.misread_units import correct_units
from rules.normalise import answer_of
from rules.own import own_features
from rules.quantity import Quantity
from rules.ranker import LEARNED, Ranker, WithOwn, prior_features, ranker_of
from rules.unit_table import SAME_WORD

ITEM_WEIGHT = "item_weight"
_Groups = tuple[tuple[QuantityGroup, ...], tuple[Features, ...]]
"""The groups of a page in some units, and the features of each."""


class Reason(StrEnum):
    """The reason for a selection."""

    ANSWERED = "answered"
    NO_TEXT = "no_text"
    NO_CANDIDATE = "no_candidate"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group of the page as a possible answer, with its features; worth answering from a `score` above 0."""

    answer: Amount
    score: float
    features: Features
    group: QuantityGroup

    @property
    def quantity(self) -> Quantity:
        """The quantity that is printed first."""
        return self.group.first.quantity


@dataclass(frozen=True, slots=True)
class Selection:
    """The answer for one entity, or None; `confidence` is 0 to 1, `candidates` run from the best to the worst."""

    entity: str
    answer: Amount | None
    reason: Reason
    confidence: float
    chosen: Candidate | None
    candidates: tuple[Candidate, ...]


class ParsedPage:
    """A page of OCR tokens, parsed once for all entities of a table, and once more for the user's own if asked.

    `group` is the product group, "" where it is not known.
    """

    def __init__(self, page: OcrResult, table: EntityTable = OFFICIAL, group: str = "") -> None:
        self.page = page
        self._group = group
        self._table = table
        self._groups_by_units: dict[tuple[tuple[str, ...], bool, bool], _Groups] = {}

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines that the tokens form."""
        return lines_of(self.page.tokens)

    @cached_property
    def quantities(self) -> tuple[LocatedQuantity, ...]:
        """All quantities of the page."""
        return correct_units(quantities_in(self.lines))

    def candidates(self, entity: str, ranker: Ranker) -> tuple[Candidate, ...]:
        """The groups of the page that could answer `entity`, best first."""
        asked = self._table[entity]
        groups, features = self._groups(asked)
        answers = [answer_of(group.first.quantity, entity, self._table) for group in groups]
        possible = [i for i, answer in enumerate(answers) if asked.is_plausible(answer)]
        if entity == ITEM_WEIGHT:
            possible = _net_where_named(possible, features)
        if asked.own:
            features = own_features(features, groups, self.lines, entity, self._table)
        prior = prior_features(ranker, self._group, self.page.embedding, entity)
        if prior:
            features = tuple(tuple(sorted(own + prior)) for own in features)
        scores = ranker.scores([features[i] for i in possible], entity)
        candidates = [
            Candidate(answers[i], score, features[i], groups[i]) for i, score in zip(possible, scores, strict=True)
        ]
        return tuple(sorted(candidates, key=lambda c: -c.score))

    def _groups(self, entity: Entity) -> _Groups:
        """The groups in units that can answer the entity, and their features; shared by all entities of these units."""
        drawn = entity.dimension or not entity.own
        key = entity.units, entity.own, drawn
        if key not in self._groups_by_units:
            quantities = self._own_quantities if entity.own else self.quantities
            usable = [q for q in quantities if entity.unit_for(q.quantity.unit)]
            groups = quantity_groups(_as_kind(usable, entity.kind))
            self._groups_by_units[key] = groups, features_of(groups, self.lines, self.page, drawn=drawn)
        return self._groups_by_units[key]

    @cached_property
    def _own_quantities(self) -> tuple[LocatedQuantity, ...]:
        """All quantities of the page, as the spellings of the user's own entities tell them."""
        lexicon = self._table.own_lexicon
        return self.quantities if lexicon == STANDARD else correct_units(quantities_in(self.lines, lexicon))


def select(page: OcrResult, entity: str, ranker: Ranker | None = None, table: EntityTable = OFFICIAL) -> Selection:
    """The selection for one entity, by the learned ranker of the package unless another is given."""
    return next(selections(page, (entity,), ranker, table))


def selections(
    page: OcrResult, entities: Iterable[str], ranker: Ranker | None = None, table: EntityTable = OFFICIAL
) -> Iterator[Selection]:
    """The selection for each entity of the table in turn, by the learned ranker of the package unless another is given.

    The page is parsed once. An exclusive ranker decides width, depth and height together, so that each group answers
    one of them.
    """
    parsed = ParsedPage(page, table)
    ranker = WithOwn(ranker or ranker_of(LEARNED))
    for entity in entities:
        yield selection_of(parsed, entity, ranker)


def selection_of(parsed: ParsedPage, entity: str, ranker: Ranker) -> Selection:
    """The selection for one entity of a parsed page."""
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


def assign(candidates: Mapping[str, Sequence[Candidate]]) -> dict[str, Candidate | None]:
    """At most one candidate per entity, so that the sum of scores is highest.

    A group answers one entity at most, unless it is a diameter; an entity without a candidate counts 0.
    """
    options = {entity: [Option(c.score, _claim(c)) for c in own] for entity, own in candidates.items()}
    return {e: None if i is None else candidates[e][i] for e, i in best_assignment(options).items()}


def _chosen(parsed: ParsedPage, entity: str, candidates: tuple[Candidate, ...], ranker: Ranker) -> Candidate | None:
    if entity not in DIMENSIONS or not ranker.exclusive:
        return candidates[0] if candidates[0].score > 0 else None
    dimensions = sorted(DIMENSIONS)
    return assign({d: candidates if d == entity else parsed.candidates(d, ranker) for d in dimensions})[entity]


def _claim(candidate: Candidate) -> Hashable | None:
    """Identifies the candidate's group on its page; None for a diameter, which may answer two dimensions."""
    if candidate.group.dimension == DIAMETER:
        return None
    place, quantity = candidate.group.first.place, candidate.quantity
    return quantity.text, quantity.start, place.left, place.top


def _net_where_named(places: Sequence[int], features: Sequence[Features]) -> list[int]:
    """Without what a page calls gross where it calls another amount net: a thing weighs what it weighs unpacked."""
    named = {i: {name for name, value in features[i] if value > 0} & {"net", "gross"} for i in places}
    if {"net"} not in named.values():
        return list(places)
    return [i for i in places if named[i] != {"gross"}]


def _as_kind(quantities: Sequence[LocatedQuantity], kind: str) -> list[LocatedQuantity]:
    """The quantities, with units that share a word (`oz`) taken as of `kind`."""
    return [
        replace(q, quantity=replace(q.quantity, unit=SAME_WORD.get((q.quantity.unit, kind), q.quantity.unit)))
        for q in quantities
    ]
