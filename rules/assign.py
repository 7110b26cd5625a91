"""Who gets which measure when several entities want one and each measure answers one of them only."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

MAX_ASSIGNED = 8
"""Options per entity that take part: 9 to the power of 3 combinations for the three dimensions."""


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate of one entity. `claim` is the measure it takes for itself; None when others may have it too."""

    score: float
    claim: Hashable | None


def best_assignment(options: Mapping[str, Sequence[Option]]) -> dict[str, int | None]:
    """Which option each entity gets, by position, so that the sum of scores is highest and no claim is met twice.

    `options` are best first; one that scores 0 or less is never taken, and leaving an entity empty counts zero.
    """
    entities = list(options)
    positions = [
        [None, *(i for i, option in enumerate(options[e][:MAX_ASSIGNED]) if option.score > 0)] for e in entities
    ]
    best: tuple[int | None, ...] = tuple(None for _ in entities)
    highest = 0.0
    for combination in itertools.product(*positions):
        taken = [options[e][i] for e, i in zip(entities, combination, strict=True) if i is not None]
        claims = [option.claim for option in taken if option.claim is not None]
        total = sum(option.score for option in taken)
        if total > highest and len(set(claims)) == len(claims):
            best, highest = combination, total
    return dict(zip(entities, best, strict=True))
