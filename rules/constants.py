"""The entities of the challenge and the allowed units of each (from its own `constants.py`)."""

from __future__ import annotations

_LENGTH = frozenset({"centimetre", "foot", "inch", "metre", "millimetre", "yard"})
_WEIGHT = frozenset({"gram", "kilogram", "microgram", "milligram", "ounce", "pound", "ton"})

ENTITY_UNITS: dict[str, frozenset[str]] = {
    "width": _LENGTH,
    "depth": _LENGTH,
    "height": _LENGTH,
    "item_weight": _WEIGHT,
    "maximum_weight_recommendation": _WEIGHT,
    "voltage": frozenset({"kilovolt", "millivolt", "volt"}),
    "wattage": frozenset({"kilowatt", "watt"}),
    "item_volume": frozenset(
        {
            "centilitre",
            "cubic foot",
            "cubic inch",
            "cup",
            "decilitre",
            "fluid ounce",
            "gallon",
            "imperial gallon",
            "litre",
            "microlitre",
            "millilitre",
            "pint",
            "quart",
        }
    ),
}

ENTITIES: tuple[str, ...] = tuple(ENTITY_UNITS)
DIMENSIONS: frozenset[str] = frozenset({"width", "depth", "height"})
ALLOWED_UNITS: frozenset[str] = frozenset().union(*ENTITY_UNITS.values())
