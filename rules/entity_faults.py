"""What is wrong with entities of a user's own, each fault with what to do about it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rules.constants import ENTITIES
from rules.lexicon import spelling_key
from rules.units import EXACT, KIND_OF, kind_of

if TYPE_CHECKING:
    from rules.entities import Entity

LONGEST = 60
"""Letters of a name, a spelling or a keyword."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_UNIT_NAME = re.compile(r"[a-z]+(?:[ -][a-z]+)*")
_SIGNS = frozenset({"x", "by", "to", "bis", "and"})
"""Words that are signs between numbers (`10 x 20`): as units they would hide these."""
_BEGINS_A_SPELLING = re.compile(r"[^\d\s_+\-/*.,:;()\[\]~=±|]")
_HAS_A_LETTER = re.compile(r"[^\W_]")
_MEANING = {spelling_key(spelling): unit for spelling, unit in EXACT.items()}


def faults_of(own: Sequence[Entity]) -> tuple[str, ...]:
    """All faults, each with the name of its entity."""
    faults = [f"{entity.name!r}: {fault}" for entity in own for fault in _faults(entity)]
    twice = [name for name, times in Counter(entity.name for entity in own).items() if times > 1]
    faults += [f"{name!r}: there are two entities of this name: rename one" for name in twice]
    return (*faults, *_collisions(own))


def _faults(entity: Entity) -> Iterator[str]:
    if not _NAME.fullmatch(entity.name) or len(entity.name) > LONGEST:
        yield f"name it in small letters, digits and _, beginning with a letter, at most {LONGEST} long"
    if entity.name in ENTITIES:
        yield "this is one of the official eight: take another name"
    yield from _faults_of_units(entity)
    yield from _faults_of_spellings(entity)
    if not entity.keywords:
        yield "keywords: name at least one word that stands beside the amount"
    for keyword in entity.keywords:
        if not _HAS_A_LETTER.search(keyword) or len(keyword) > LONGEST:
            yield f"keywords: {keyword!r} is no word of at most {LONGEST} letters: leave it out"


def _faults_of_units(entity: Entity) -> Iterator[str]:
    if not entity.units:
        yield "units: name at least one"
        return
    for unit in entity.units:
        if not _UNIT_NAME.fullmatch(unit) or len(unit) > LONGEST:
            yield f"units: write the name {unit!r} out in small letters, as in milliampere-hour"
            return
    spelt = {unit for _, unit in entity.spellings}
    for unit in entity.units:
        if unit not in KIND_OF and unit not in spelt:
            yield f"units: {unit!r} is not known: give its spellings, as in {unit}: [{unit[:2]}]"
    for unit in sorted(spelt.difference(entity.units)):
        yield f"units: {unit!r} has spellings and is not among the units: add it"
    kinds = {unit: kind_of(unit) for unit in entity.units}
    for unit, kind in kinds.items():
        if kind != kinds[entity.units[0]]:
            yield f"units: {unit!r} and {entity.units[0]!r} do not measure the same: make two entities of them"
    yield from _faults_of_range(entity)


def _faults_of_range(entity: Entity) -> Iterator[str]:
    for end in entity.plausible:
        if not _UNIT_NAME.fullmatch(end.unit) or kind_of(end.unit) != entity.kind:
            yield f"plausible: {end.unit!r} does not measure what {entity.units[0]!r} does: use one of its units"
            return
        if not 0 < end.value < math.inf:
            yield "plausible: both ends are numbers above 0"
            return
    smallest, largest = entity.plausible
    if not entity.is_plausible(smallest) or not entity.is_plausible(largest):
        yield f"plausible: {smallest} is more than {largest}: write the smaller one first"


def _faults_of_spellings(entity: Entity) -> Iterator[str]:
    for spelling, unit in entity.spellings:
        key = spelling_key(spelling)
        if not key or not _BEGINS_A_SPELLING.match(key) or key in _SIGNS or len(spelling) > LONGEST:
            yield (
                f"units: {spelling!r} cannot spell {unit}: a spelling begins with a letter or a sign such as %, "
                "and is no sign between numbers, such as x"
            )
        elif _MEANING.get(key, unit) != unit:
            yield f"units: {spelling!r} already spells {_MEANING[key]}: leave it out, or name that unit"


def _collisions(own: Sequence[Entity]) -> Iterator[str]:
    meaning: dict[str, tuple[str, str]] = {}
    for entity in own:
        for spelling, unit in entity.spellings:
            first, owner = meaning.setdefault(spelling_key(spelling), (unit, entity.name))
            if first != unit:
                yield f"{entity.name!r}: units: {spelling!r} spells {unit}, and for {owner!r} {first}: choose one"
