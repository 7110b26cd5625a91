"""Entities: what can be asked about a product. A table of them is a value: the official eight, and the user's own.

>>> plausible = (Amount(1.0, "inch"), Amount(200.0, "inch"))
>>> EntityTable((Entity("screen_size", ("inch", "centimetre"), ("screen", "display"), plausible),)).names[-2:]
('item_volume', 'screen_size')
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from rules.amount import Amount
from rules.constants import DIMENSIONS, ENTITIES, ENTITY_UNITS
from rules.entity_faults import faults_of
from rules.lexicon import STANDARD, Lexicon
from rules.unit_table import BASE_UNIT, CONVERT_TO, SAME_WORD
from rules.units import KIND_OF, in_base, kind_of

PLAUSIBLE: dict[str, tuple[float, float]] = {
    "width": (1e-3, 1e5),
    "depth": (1e-3, 1e5),
    "height": (1e-3, 1e5),
    "item_weight": (1e-3, 1e8),
    "maximum_weight_recommendation": (1e-1, 1e8),
    "voltage": (1e-3, 1e6),
    "wattage": (1e-3, 1e8),
    "item_volume": (1e-3, 1e8),
}
"""Smallest and largest measure of a product, in the base units of `rules.unit_table.BASE_UNIT`.

At least ten times wider than the measures of 2,089 rows labelled by eye. In the challenge's train.csv one weight in a
hundred (strengths of tablets, in micrograms) and fewer of the other labels lie outside.
"""


@dataclass(frozen=True, slots=True)
class Entity:
    """What can be asked: its units, all of one kind, and what tells its quantities from others.

    Answers are in one of `units`, named as in `rules.unit_table` or by a name of the user's own; an amount in another
    unit of the kind becomes one in the first. `keywords` are words that stand beside the amount. `plausible` are the
    smallest and the largest amount that a product can have. A `dimension` is a length that the drawing shows.
    `spellings` are ways to write units, each with its unit.
    """

    name: str
    units: tuple[str, ...]
    keywords: tuple[str, ...]
    plausible: tuple[Amount, Amount]
    dimension: bool = False
    spellings: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> str:
        """What its units measure."""
        return kind_of(self.units[0])

    @property
    def own(self) -> bool:
        """Whether it is a user's own, not one of the official eight."""
        return self.name not in ENTITY_UNITS

    def unit_for(self, unit: str) -> str | None:
        """The unit in which a quantity printed in `unit` answers this entity; None when it cannot."""
        if unit in self.units:
            return unit
        unit = SAME_WORD.get((unit, self.kind), unit)
        if unit in self.units:
            return unit
        target = self.units[0] if self.own and kind_of(unit) == self.kind else CONVERT_TO.get(unit)
        return target if target in self.units else None

    def is_plausible(self, amount: Amount) -> bool:
        """Whether a product can have this amount, in a unit of the entity's kind."""
        smallest, largest = (in_base(end.value, end.unit) for end in self.plausible)
        return smallest <= in_base(amount.value, amount.unit) <= largest


class EntityTableError(ValueError):
    """Entities that cannot be used; `faults` says what is wrong with each, and what to do."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class EntityTable:
    """The official eight entities and the user's `own`. Raises EntityTableError for own ones that cannot be used."""

    own: tuple[Entity, ...] = ()

    def __post_init__(self) -> None:
        if self.own and (faults := faults_of(self.own)):
            raise EntityTableError(faults)

    def __iter__(self) -> Iterator[Entity]:
        yield from self._by_name.values()

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Entity:
        """The entity of this name; raises KeyError."""
        return self._by_name[name]

    def checked(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names, each once. Raises ValueError where one is that of no entity."""
        wanted = tuple(dict.fromkeys(names))
        if unknown := [name for name in wanted if name not in self]:
            raise ValueError(f"unknown entity {', '.join(unknown)}; there are {', '.join(self.names)}")
        return wanted

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names, the official ones first."""
        return tuple(self._by_name)

    @cached_property
    def own_names(self) -> tuple[str, ...]:
        """The names of the user's own."""
        return tuple(entity.name for entity in self.own)

    @cached_property
    def units(self) -> frozenset[str]:
        """The units of all."""
        return frozenset(unit for entity in self for unit in entity.units)

    @cached_property
    def dimensions(self) -> frozenset[str]:
        """The names of those that are dimensions."""
        return DIMENSIONS | {entity.name for entity in self.own if entity.dimension}

    @cached_property
    def fingerprint(self) -> str:
        """What the answers on the user's own depend on beside the rules (16 hexadecimal digits); "" without any."""
        return hashlib.sha256(repr(self.own).encode()).hexdigest()[:16] if self.own else ""

    def lexicon_of(self, name: str) -> Lexicon:
        """The spellings of units that texts are read with. Official entities are read as if there were no others."""
        return self.own_lexicon if self[name].own else STANDARD

    def listing(self, unit: str) -> tuple[str, ...]:
        """The names of the entities that list a unit, or where none does, of those that it can answer."""
        listing = tuple(entity.name for entity in self if unit in entity.units)
        return listing or tuple(entity.name for entity in self if entity.unit_for(unit))

    @cached_property
    def own_lexicon(self) -> Lexicon:
        """The spellings of all that the user's own entities add."""
        new_units = dict.fromkeys(unit for entity in self.own for unit in entity.units if unit not in KIND_OF)
        names = [(form, unit) for unit in new_units for form in (unit, f"{unit}s")]
        names += [(form.replace("-", " "), unit) for form, unit in names if "-" in form]
        spellings = dict.fromkeys([*names, *(pair for entity in self.own for pair in entity.spellings)])
        return Lexicon(tuple(spellings)) if spellings else STANDARD

    @cached_property
    def _by_name(self) -> dict[str, Entity]:
        return _OFFICIAL_ENTITIES | {entity.name: entity for entity in self.own}


def _official(name: str) -> Entity:
    units = tuple(sorted(ENTITY_UNITS[name]))
    smallest, largest = (Amount(end, BASE_UNIT[KIND_OF[units[0]]]) for end in PLAUSIBLE[name])
    return Entity(name, units, (), (smallest, largest), name in DIMENSIONS)


_OFFICIAL_ENTITIES = {name: _official(name) for name in ENTITIES}
OFFICIAL = EntityTable()
"""The challenge's eight entities alone."""


def allowed_unit(unit: str, entity: str, table: EntityTable = OFFICIAL) -> str | None:
    """The unit in which a quantity printed in `unit` answers an entity of the table; None when it cannot.

    Raises KeyError for an entity that the table does not have.
    """
    return table[entity].unit_for(unit)
