"""Features of candidates for an entity of the user's own: what its entry in the table tells of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rules.context import contexts_in, contexts_of, pattern_of, words_around
from rules.context_table import HEADING_SHARE
from rules.entities import Entity, EntityTable
from rules.features import Features
from rules.fold import fold
from rules.groups import QuantityGroup
from rules.lines import Line
from rules.patterns import DIMENSION_OF
from rules.unit_table import LENGTH

_HEADING = "heading"
_HEADED = frozenset({_HEADING})
_PARTS = frozenset({"part"})
"""Contexts that speak against a size of the whole product alone."""


def own_features(
    shared: Sequence[Features], groups: Sequence[QuantityGroup], lines: Sequence[Line], name: str, table: EntityTable
) -> tuple[Features, ...]:
    """The `shared` features of the groups, with those of the entity `name` of the table.

    `keyword_*`: one of its keywords stands right before or right behind the amount, in a heading that states no amount,
    or elsewhere in the line, beyond another number; `keyword_of_rival`: one stands beside another amount, and none
    beside this one. `lone_unit`: no other entity has the unit. `role`, `other_role`: a word names the dimension, and it
    is a keyword or not. `in_product`: one of the numbers of `10 x 20 cm`. Contexts that the keywords give themselves
    are left out: they do not speak against the amount.
    """
    if not groups:
        return ()
    entity = table[name]
    keywords = _keyword_features(groups, lines, entity.keywords)
    any_named = any(map(_is_named, keywords))
    expected = _contexts(entity)
    roles = _roles(entity.keywords)
    features = []
    for of_group, group, keyword in zip(shared, groups, keywords, strict=True):
        own = keyword | {
            "keyword_of_rival": any_named and not _is_named(keyword),
            "lone_unit": table.listing(group.first.quantity.unit) == (name,),
            "role": group.dimension in roles,
            "other_role": group.dimension is not None and group.dimension not in roles,
            "in_product": group.first.quantity.siblings > 1,
        }
        kept = [(feature, value) for feature, value in of_group if feature not in expected]
        features.append(tuple(sorted([*kept, *((feature, 1.0) for feature, value in own.items() if value)])))
    return tuple(features)


def _keyword_features(
    groups: Sequence[QuantityGroup], lines: Sequence[Line], keywords: tuple[str, ...]
) -> list[dict[str, bool]]:
    """Where a keyword stands, for each group."""
    with_amounts = {id(group.first.line) for group in groups}
    headings = [line for line in lines if id(line) not in with_amounts]
    firsts = [group.first for group in groups]
    near = contexts_of(firsts, headings, lambda text: _HEADED if _has_keyword(text, keywords) else frozenset())
    found = []
    for first, heading in zip(firsts, near, strict=True):
        before, behind = (_has_keyword(words, keywords) for words in words_around(first))
        in_line = _has_keyword(first.line.text, keywords)
        headed = heading.get(_HEADING) == HEADING_SHARE
        found.append(
            {
                "keyword_before": before,
                "keyword_behind": behind,
                "keyword_heading": headed and not (before or behind),
                "keyword_elsewhere": in_line and not (before or behind),
            }
        )
    return found


def _is_named(keyword: dict[str, bool]) -> bool:
    return keyword["keyword_before"] or keyword["keyword_behind"]


def _has_keyword(text: str, keywords: tuple[str, ...]) -> bool:
    return _pattern(keywords).search(fold(text)) is not None


@lru_cache(256)
def _pattern(keywords: tuple[str, ...]) -> re.Pattern[str]:
    return pattern_of([" ".join(fold(keyword).split()) for keyword in keywords])


def _contexts(entity: Entity) -> frozenset[str]:
    """The contexts that are no sign against the entity."""
    named = frozenset(context for keyword in entity.keywords for context in contexts_in(keyword))
    return named if entity.kind == LENGTH and not entity.dimension else named | _PARTS


def _roles(keywords: Sequence[str]) -> frozenset[str]:
    """The dimensions that words of the keywords name (`cable length`)."""
    words = (word for keyword in keywords for word in (keyword, *keyword.split()))
    return frozenset(DIMENSION_OF[folded] for word in words if (folded := fold(word)) in DIMENSION_OF)
