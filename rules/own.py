"""Features of candidates for an entity of the user's own: what its entry in the table tells of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rules.context import contexts_in, contexts_of, pattern_of, words_before
from rules.entities import Entity, EntityTable
from rules.features import Features
from rules.fold import fold
from rules.groups import QuantityGroup
from rules.lines import Line
from rules.patterns import DIMENSION_OF

KEYWORD = "keyword"
_PARTS = frozenset({"part"})
"""Contexts that speak against a measure of the whole product, and not against a dimension of the user's own."""


def own_features(
    shared: Sequence[Features], groups: Sequence[QuantityGroup], lines: Sequence[Line], name: str, table: EntityTable
) -> tuple[Features, ...]:
    """The `shared` features of the groups, with those of the entity `name` of the table.

    `keyword`: one of its keywords stands in the own line (1) or in a heading without an amount (less);
    `keyword_before`: right before the amount; `lone_unit`: no other entity has the unit; `role`, `other_role`: a word
    names the dimension, and it is a keyword or not; `in_product`: one of the numbers of `10 x 20 cm`. Contexts that its
    keywords themselves give are left out: they do not speak against it.
    """
    if not groups:
        return ()
    entity = table[name]
    own_lines = {id(group.first.line) for group in groups}
    headings = [line for line in lines if id(line) not in own_lines]

    def keyword_in(text: str) -> frozenset[str]:
        return frozenset({KEYWORD}) if _has_keyword(text, entity.keywords) else frozenset()

    near = contexts_of([group.first for group in groups], headings, keyword_in)
    expected = _contexts(entity)
    roles = _roles(entity.keywords)
    features = []
    for of_group, group, keyword in zip(shared, groups, near, strict=True):
        kept = [(feature, value) for feature, value in of_group if feature not in expected]
        quantity = group.first.quantity
        own = keyword | {
            "keyword_before": float(_has_keyword(words_before(group.first), entity.keywords)),
            "lone_unit": float(table.listing(quantity.unit) == (name,)),
            "role": float(group.dimension in roles),
            "other_role": float(group.dimension is not None and group.dimension not in roles),
            "in_product": float(quantity.siblings > 1),
        }
        features.append(tuple(sorted(kept + [(feature, value) for feature, value in own.items() if value])))
    return tuple(features)


def _has_keyword(text: str, keywords: tuple[str, ...]) -> bool:
    return _pattern(keywords).search(fold(text)) is not None


@lru_cache(256)
def _pattern(keywords: tuple[str, ...]) -> re.Pattern[str]:
    return pattern_of([" ".join(fold(keyword).split()) for keyword in keywords])


def _contexts(entity: Entity) -> frozenset[str]:
    """The contexts that are no sign against the entity."""
    named = frozenset(context for keyword in entity.keywords for context in contexts_in(keyword))
    return named | _PARTS if entity.dimension else named


def _roles(keywords: Sequence[str]) -> frozenset[str]:
    """The dimensions that words of the keywords name (`cable length`)."""
    words = (word for keyword in keywords for word in (keyword, *keyword.split()))
    return frozenset(DIMENSION_OF[folded] for word in words if (folded := fold(word)) in DIMENSION_OF)
