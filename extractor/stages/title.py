"""Title: what the title of a product states, by the rules' own path.

A title becomes a page with a line for each of its clauses, far apart and without strokes. The rules find
quantities, named dimensions and contexts on it as on any page; only the ranker is another, as the learned one and most
hand-set weights know pictures alone. A title never makes an answer `verified`: see `TITLE_TRUST`.

Limits: a length without a named dimension counts next to nothing (`Vase 12 inch`), and so does the order of a product
of sizes (`30 x 20 x 10 cm`). `pack of 2` behind an amount is not read. Words such as `shelf` or `cable`, which tell of
a part on pictures, are no sign of one here: they mostly name the product itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractor.stages.answer import Answer, Candidate, Source
from extractor.stages.select import answer_on
from ocr.token import OcrResult, OcrToken
from rules.constants import DIMENSIONS
from rules.entities import OFFICIAL, EntityTable
from rules.features import Features
from rules.fold import fold
from rules.quantity import find_quantities
from rules.ranker import WithOwn, logistic
from rules.select import ParsedPage
from rules.weight_table import BIAS, FEATURE_WEIGHT

LONGEST_TITLE = 2_000
"""Characters of a title that are read, about ten times as many as titles have; the time grows faster than the text."""
TITLE_TRUST = 0.6
"""Highest probability of an amount in a title. Set by hand: no labelled titles were at hand."""
TITLE_BIAS = dict.fromkeys(DIMENSIONS, -3.0) | {"maximum_weight_recommendation": -1.5}
"""In place of `rules.weight_table.BIAS`: lengths and weights that no word explains say little in a title. By hand."""
TITLE_FEATURES = frozenset(
    {"role_width", "role_height", "role_depth", "role_length", "role_diameter", "first_of_product",
     "second_of_product", "third_of_product", "in_triple", "overall", "weight", "net", "gross", "load", "serving",
     "nutrient", "strength", "material", "accuracy", "total", "each", "input", "output", "battery", "voltage", "power",
     "equivalent", "volume", "homonym", "range", "tiny_unit", "keyword_before", "keyword_behind", "keyword_elsewhere",
     "keyword_of_rival", "lone_unit", "role", "other_role"}
)  # fmt: skip
"""Features that come from words: those of place and print tell nothing here."""
OTHER_THING = ("for", "fits", "fit", "compatible with", "works with", "für", "passend für", "pour", "para")
"""Words after which an amount belongs to another thing: `charger for 12V batteries`."""

_CLAUSE = re.compile(r",\s|[;|]|\((?=[^()]*\d)|\)")
_TO_OTHER_THING = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, OTHER_THING))})\s+(?:[^\W\d]+\s+)?$")
_LINE_HEIGHT = 20.0
_LINE_DISTANCE = 20 * _LINE_HEIGHT


def joined_titles(titles: Iterable[str]) -> str:
    """All titles of one product as one text, whatever their order; "" without any."""
    return "; ".join(sorted({title.strip() for title in titles} - {""}))


def title_answers(title: str, entities: Iterable[str], table: EntityTable = OFFICIAL) -> tuple[Answer, ...]:
    """What the title states for each entity, without tokens: they would have no place on any picture."""
    page = ParsedPage(_page_of(_beginning(title)), table)
    return tuple(_without_places(answer_on(page, entity, TitleRanker())) for entity in entities)


class TitleRanker:
    """Weighs the words around an amount by `rules.weight_table`; the amount is the answer from a score above 0."""

    exclusive = True

    def scores(self, candidates: Sequence[Features], entity: str) -> list[float]:
        """The bias of the entity and its weights times the features that a title has."""
        of_words = [_word_features(features) for features in candidates]
        if entity not in FEATURE_WEIGHT:
            return WithOwn(self).scores(of_words, entity)
        weights, bias = FEATURE_WEIGHT[entity], TITLE_BIAS.get(entity, BIAS[entity])
        return [bias + sum(weights.get(name, 0.0) * value for name, value in features) for features in of_words]

    def probability(self, score: float, entity: str) -> float:
        """`TITLE_TRUST` times the logistic function of the score."""
        return TITLE_TRUST * logistic(score)


def _beginning(title: str) -> str:
    """The part of the title that is read, which ends with a word, lest it ends within a number."""
    return title if len(title) <= LONGEST_TITLE else title[:LONGEST_TITLE].rpartition(" ")[0]


def _page_of(title: str) -> OcrResult:
    clauses = [clause.strip() for clause in _CLAUSE.split(_without_other_things(title))]
    tokens = [_token(clause, row * _LINE_DISTANCE) for row, clause in enumerate(clauses) if clause]
    width = max((token.right for token in tokens), default=1.0)
    return OcrResult(tuple(tokens), int(width), int(_LINE_DISTANCE * max(len(clauses), 1)))


def _without_other_things(title: str) -> str:
    """The title with a bar in place of each amount that belongs to another thing."""
    kept, at = "", 0
    for quantity in find_quantities(title):
        if _TO_OTHER_THING.search(fold(title[at : quantity.start])):
            kept += f"{title[at : quantity.start]}|"
            at = quantity.end
    return kept + title[at:]


def _token(text: str, top: float) -> OcrToken:
    right, bottom = 0.5 * _LINE_HEIGHT * len(text), top + _LINE_HEIGHT
    return OcrToken(text, ((0.0, top), (right, top), (right, bottom), (0.0, bottom)), 1.0)


def _without_places(answer: Answer) -> Answer:
    candidates = tuple(map(_by_words, answer.candidates))
    return replace(answer, source=Source.TITLE, evidence=(), candidates=candidates, seconds=0.0)


def _by_words(candidate: Candidate) -> Candidate:
    return replace(candidate, features=_word_features(candidate.features), evidence=())


def _word_features(features: Features) -> Features:
    return tuple((name, value) for name, value in features if name in TITLE_FEATURES)
