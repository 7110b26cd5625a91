"""Which contexts of `rules.context_table` a quantity stands in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from rules.context_table import CONTEXT_WORDS, HEADING_SHARE
from rules.fold import fold
from rules.lines import Line
from rules.located import LocatedQuantity, above, heading_distance, reach_of, right_of
from rules.neighbours import near_pairs

MAX_HEADING_DISTANCE = 4.0
"""Letter heights up to which a line above, or to the left, speaks for the quantity."""
TEXTS_KEPT = 4096
"""Texts whose contexts are remembered: more than a page has, and few enough for workers that run for days."""


@lru_cache(TEXTS_KEPT)
def contexts_in(text: str) -> frozenset[str]:
    """The contexts whose words stand in a line of text."""
    folded = fold(text)
    return frozenset(context for context, words in _patterns().items() if words.search(folded))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {context: re.compile("|".join(map(_word, words))) for context, words in CONTEXT_WORDS.items()}


def _word(word: str) -> str:
    escaped = re.escape(word).replace(r"\ ", r"\s?")
    return rf"(?<![^\W\d_]){escaped}(?![^\W\d_])" if word[0].isascii() or word[0] < "ɏ" else escaped


def contexts_of(sightings: Sequence[LocatedQuantity], lines: Sequence[Line]) -> list[dict[str, float]]:
    """What each context counts for each sighting: 1 in its own line, `HEADING_SHARE` in a heading close by."""
    near = near_pairs(
        [reach_of(s.place, MAX_HEADING_DISTANCE) for s in sightings], [reach_of(line.place) for line in lines]
    )
    found = []
    for sighting, close in zip(sightings, near, strict=True):
        own = dict.fromkeys(contexts_in(sighting.line.text), 1.0)
        headings: dict[str, float] = {}
        for line in (lines[j] for j in close):
            if line is not sighting.line and _speaks_for(line, sighting):
                headings.update(dict.fromkeys(contexts_in(line.text), HEADING_SHARE))
        found.append(headings | own)
    return found


def contexts_before(sighting: LocatedQuantity) -> frozenset[str]:
    """The contexts of the words right before a quantity, after any other number (`Weight 8 lb Capacity 300 lb`)."""
    text, end = sighting.quantity.text, sighting.quantity.start
    start = end
    while start and not text[start - 1].isdecimal():
        start -= 1
    return contexts_in(text[start:end])


def _speaks_for(line: Line, sighting: LocatedQuantity) -> bool:
    distance = heading_distance(line.place, sighting.place)
    if distance is not None and distance <= MAX_HEADING_DISTANCE:
        return True
    height = max(sighting.place.letter_height, 1.0)
    below = above(sighting.place, line.place)
    right = right_of(line.place, sighting.place)
    return (below is not None and below <= height) or (right is not None and right <= 2 * height)
