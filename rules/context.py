"""Which contexts of `rules.context_table` a quantity stands in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rules.context_table import CONTEXT_WORDS, HEADING_SHARE
from rules.fold import fold
from rules.lines import Line
from rules.sightings import Sighting, above, heading_distance, right_of

MAX_HEADING_DISTANCE = 4.0
"""Letter heights up to which a line above, or to the left, speaks for the quantity."""
_DIGIT = re.compile(r"\d")


@cache
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


def contexts_of(sighting: Sighting, lines: Sequence[Line]) -> dict[str, float]:
    """What each context counts for a sighting: 1 in its own line, `HEADING_SHARE` in a heading close by."""
    own = dict.fromkeys(contexts_in(sighting.line.text), 1.0)
    headings: dict[str, float] = {}
    for line in lines:
        if line is not sighting.line and _speaks_for(line, sighting):
            headings.update(dict.fromkeys(contexts_in(line.text), HEADING_SHARE))
    return headings | own


def contexts_before(sighting: Sighting) -> frozenset[str]:
    """The contexts of the words right before a quantity, after any other number (`Weight 8 lb Capacity 300 lb`)."""
    quantity = sighting.quantity
    return contexts_in(_DIGIT.split(quantity.text[: quantity.start])[-1])


def _speaks_for(line: Line, sighting: Sighting) -> bool:
    distance = heading_distance(line.place, sighting.place)
    if distance is not None and distance <= MAX_HEADING_DISTANCE:
        return True
    height = max(sighting.place.letter_height, 1.0)
    below = above(sighting.place, line.place)
    right = right_of(line.place, sighting.place)
    return (below is not None and below <= height) or (right is not None and right <= 2 * height)
