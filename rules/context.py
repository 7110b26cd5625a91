"""The contexts of `rules.context_table` in which a quantity stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from rules.context_table import CONTEXT_WORDS, HEADING_SHARE
from rules.fold import fold
from rules.lines import Line
from rules.located import LocatedQuantity
from rules.neighbours import near_pairs
from rules.placement import above, heading_distance, reach_of, right_of

MAX_HEADING_DISTANCE = 4.0
"""Letter heights up to which a line above, or to the left, is a heading of the quantity."""
CACHED_TEXTS = 4096
"""Texts whose contexts are cached: more than a page has, and few enough for workers that run for days."""


ContextsIn = Callable[[str], frozenset[str]]
"""Says which contexts the words of a text give."""


def contexts_of(
    quantities: Sequence[LocatedQuantity], lines: Sequence[Line], of_text: ContextsIn | None = None
) -> list[dict[str, float]]:
    """The contexts of each quantity with their weights: 1 in its own line, `HEADING_SHARE` in a heading close by.

    They are those that `of_text` finds, by default `contexts_in`.
    """
    of_text = of_text or contexts_in
    near = near_pairs(
        [reach_of(located.place, MAX_HEADING_DISTANCE) for located in quantities],
        [reach_of(line.place) for line in lines],
    )
    contexts = []
    for located, close in zip(quantities, near, strict=True):
        own = dict.fromkeys(of_text(located.line.text), 1.0)
        headings: dict[str, float] = {}
        for line in (lines[j] for j in close):
            if line is not located.line and _is_heading_of(line, located):
                headings.update(dict.fromkeys(of_text(line.text), HEADING_SHARE))
        contexts.append(headings | own)
    return contexts


def words_around(located: LocatedQuantity) -> tuple[str, str]:
    """The texts between a quantity and the numbers before and behind it (`Weight 8 lb Capacity 300 lb`)."""
    text, quantity = located.quantity.text, located.quantity
    start, end = quantity.start, quantity.end
    while start and not text[start - 1].isdecimal():
        start -= 1
    while end < len(text) and not text[end].isdecimal():
        end += 1
    return text[start : quantity.start], text[quantity.end : end]


def contexts_before(located: LocatedQuantity) -> frozenset[str]:
    """The contexts of the words between a quantity and the number before it."""
    return contexts_in(words_around(located)[0])


@lru_cache(CACHED_TEXTS)
def contexts_in(text: str) -> frozenset[str]:
    """The contexts whose words a text contains."""
    folded = fold(text)
    return frozenset(context for context, words in _patterns().items() if words.search(folded))


def _is_heading_of(line: Line, located: LocatedQuantity) -> bool:
    """Whether a line near a quantity belongs to it: left or above as a heading, or close below or to the right."""
    distance = heading_distance(line.place, located.place)
    if distance is not None and distance <= MAX_HEADING_DISTANCE:
        return True
    height = max(located.place.letter_height, 1.0)
    below = above(located.place, line.place)
    right = right_of(line.place, located.place)
    return (below is not None and below <= height) or (right is not None and right <= 2 * height)


def pattern_of(words: Sequence[str]) -> re.Pattern[str]:
    """Finds any of the words, folded ones, in a folded text; those of alphabets as words of their own."""
    return re.compile("|".join(map(_word, words)))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {context: pattern_of(words) for context, words in CONTEXT_WORDS.items()}


def _word(word: str) -> str:
    escaped = re.escape(word).replace(r"\ ", r"\s?")
    return rf"(?<![^\W\d_]){escaped}(?![^\W\d_])" if word[0].isascii() or word[0] < "ɏ" else escaped
