"""Unanswerable questions, made from pictures that state other things.

The challenge's train.csv has no empty label, and a reader that never saw one always answers. A negative is a picture
with an entity that none of its labels name and for which its page states no quantity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from itertools import islice
from pathlib import Path

from rules.constants import ENTITIES
from vlm.finetune.audit import PageAudit
from vlm.finetune.chance import chance
from vlm.finetune.examples import Example
from vlm.prompt import UNANSWERABLE

NEGATIVE = "negative"


def make_negatives(
    examples: Sequence[Example], labelled: Set[tuple[str, str]], audits: Mapping[str, PageAudit], count: int, seed: int
) -> tuple[Example, ...]:
    """Up to `count` unanswerable questions about the examples' pictures, spread over pictures and entities.

    `labelled` are the pictures' paths, each with an entity that some label names, usable or not. `audits` are those of
    the pictures' pages, by path; pictures without one make no negatives.
    """
    first = {example.picture: example for example in reversed(examples)}
    order = sorted(
        (chance(seed, Path(picture).name, entity), picture, entity)
        for picture in first
        if picture in audits
        for entity in ENTITIES
        if (picture, entity) not in labelled
    )
    negatives = (
        replace(first[picture], entity=entity, answer=UNANSWERABLE, accepted=(), weight=1.0, flags=(NEGATIVE,))
        for _, picture, entity in order
        if not audits[picture].answers(entity)
    )
    return tuple(islice(negatives, count))
