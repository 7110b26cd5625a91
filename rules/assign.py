"""The joint choice for several entities: each quantity group answers one of them at most.

Only the hand-set ranker uses it: `Ranker.exclusive` is false for the learned one, which decides each entity by itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

MAX_ASSIGNED = 8
"""Options per entity that take part: at most 9 ** 3 combinations for width, depth and height."""


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate of one entity. `claim` identifies the group it takes for itself; None where groups are shared."""

    score: float
    claim: Hashable | None


def best_assignment(options: Mapping[str, Sequence[Option]]) -> dict[str, int | None]:
    """The position of the option that each entity gets, so that the sum of scores is highest and no claim comes twice.

    The options of an entity run from the best to the worst. An option that scores 0 or less is never chosen; an entity
    without an option counts 0.
    """
    entities = list(options)
    positions = [
        [None, *(i for i, option in enumerate(options[e][:MAX_ASSIGNED]) if option.score > 0)] for e in entities
    ]
    best: tuple[int | None, ...] = tuple(None for _ in entities)
    highest = 0.0
    for combination in itertools.product(*positions):
        choice = [options[e][i] for e, i in zip(entities, combination, strict=True) if i is not None]
        claims = [option.claim for option in choice if option.claim is not None]
        total = sum(option.score for option in choice)
        if total > highest and len(set(claims)) == len(claims):
            best, highest = combination, total
    return dict(zip(entities, best, strict=True))
