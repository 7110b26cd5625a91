"""Unanswerable questions, made from pictures that state other things.

The challenge's train.csv has no empty label, and a reader that never saw one always answers. A negative is a picture
with an entity that none of its labels name and for which its page states no quantity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence, Set

from rules.constants import ENTITIES
from vlm.finetune.audit import PageAudit
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
    first: dict[str, Example] = {}
    for example in examples:
        first.setdefault(example.picture, example)
    order = sorted(
        (_rank(picture, entity, seed), picture, entity)
        for picture in first
        if picture in audits
        for entity in ENTITIES
        if (picture, entity) not in labelled
    )
    negatives: list[Example] = []
    for _, picture, entity in order:
        if len(negatives) >= count:
            break
        if not audits[picture].answers(entity):
            negatives.append(_negative(first[picture], entity))
    return tuple(negatives)


def _negative(like: Example, entity: str) -> Example:
    return Example(
        picture=like.picture,
        page=like.page,
        entity=entity,
        answer=UNANSWERABLE,
        group=like.group,
        source=like.source,
        flags=(NEGATIVE,),
    )


def _rank(picture: str, entity: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}|{picture.rsplit('/', 1)[-1]}|{entity}".encode()).digest()
