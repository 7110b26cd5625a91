"""Features in units that no answer may have, such as `1.5 HP`: their labels are in the unit that these convert to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from types import MappingProxyType

from dataset.synthetic.families.features import Feature
from dataset.synthetic.families.labels import bottled
from dataset.synthetic.measure import PRINT_UNITS
from dataset.synthetic.scene import Scene


@dataclass(frozen=True, slots=True)
class OtherUnit:
    """A field of `PRINT_UNITS`, what it tells of a product, its forms, and its numbers: lowest, highest, step."""

    field: str
    entity: str
    forms: tuple[str, ...]
    lowest: Decimal
    highest: Decimal
    step: Decimal

    def amount(self, rng: Random) -> Decimal:
        """A random amount in the quantity's base unit."""
        number = self.lowest + self.step * rng.randint(0, int((self.highest - self.lowest) / self.step))
        return number * PRINT_UNITS[self.field].size


def _unit(field: str, entity: str, numbers: str, *forms: str) -> OtherUnit:
    lowest, highest, step = map(Decimal, numbers.split())
    return OtherUnit(field, entity, forms, lowest, highest, step)


OTHER_UNITS = MappingProxyType(
    {
        unit.field: unit
        for unit in (
            _unit(
                "hp", "wattage", "0.25 6 0.25", "Motor: {hp} HP", "{hp} HP motor", "Power {hp} hp", "{hp} horsepower"
            ),
            _unit("mW", "wattage", "5 900 5", "Output: {mW} mW", "{mW}mW", "Only {mW} mW"),
            _unit("cc", "item_volume", "25 1500 5", "{cc} cc", "{cc}cc", "{cc} cm³", "{cc} ccm"),
            _unit("cum", "item_volume", "0.02 0.6 0.01", "Holds {cum} m³", "{cum} m³", "Volume {cum} cbm"),
            _unit("tbsp", "item_volume", "1 12 0.5", "{tbsp} tbsp", "Holds {tbsp} tbsp", "{tbsp} tablespoons"),
            _unit("tsp", "item_volume", "0.5 9 0.5", "{tsp} tsp", "Holds {tsp} tsp", "{tsp} teaspoons"),
            _unit("t", "maximum_weight_recommendation", "0.3 3 0.05", "Max. load {t} tonnes", "Holds up to {t} tonnes"),
            _unit("st", "maximum_weight_recommendation", "10 30 1", "Max. user {st} stone", "Holds {st} stone"),
            _unit("ct", "item_weight", "0.5 40 0.25", "{ct} carat", "Weight: {ct} carats"),
            _unit("gr", "item_weight", "20 600 5", "Weight {gr} grains", "{gr} grains"),
        )
    }
)


def other_unit(rng: Random, product: str, field: str, family: Callable[..., Scene]) -> Scene:
    """A sheet of `family`, one of `features`, that states an amount in the unit of a field."""
    unit = OTHER_UNITS[field]
    return family(rng, product, (Feature(unit.entity, rng.choice(unit.forms), unit.amount(rng)),))


def bottled_other_unit(rng: Random, product: str, field: str) -> Scene:
    """A round vessel whose label states its volume in the unit of a field."""
    unit = OTHER_UNITS[field]
    return bottled(rng, product, rng.choice(unit.forms), unit.amount(rng))
