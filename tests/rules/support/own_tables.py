"""A table with entities of a user's own, whose spellings the lexer takes for other things without them."""

from __future__ import annotations

from rules.amount import Amount
from rules.entities import Entity, EntityTable

BATTERY = Entity(
    "battery_capacity",
    ("milliampere-hour", "ampere-hour"),
    ("battery", "batteries", "akku"),
    (Amount(10.0, "milliampere-hour"), Amount(500.0, "ampere-hour")),
    spellings=(("mah", "milliampere-hour"), ("ma h", "milliampere-hour"), ("ah", "ampere-hour")),
)
ENERGY = Entity(
    "energy",
    ("watt-hour", "kilowatt-hour"),
    ("energy",),
    (Amount(0.1, "watt-hour"), Amount(100.0, "kilowatt-hour")),
    spellings=(("wh", "watt-hour"), ("kwh", "kilowatt-hour")),
)
CURRENT = Entity(
    "current",
    ("ampere", "milliampere"),
    ("current", "output"),
    (Amount(1.0, "milliampere"), Amount(1000.0, "ampere")),
    spellings=(("a", "ampere"), ("ma", "milliampere")),
)
SCREEN = Entity(
    "screen_size",
    ("inch", "centimetre"),
    ("screen", "display", "monitor"),
    (Amount(0.5, "inch"), Amount(200.0, "inch")),
)
CABLE = Entity(
    "cable_length",
    ("metre", "centimetre", "inch", "foot"),
    ("cable", "cable length", "cord"),
    (Amount(1.0, "centimetre"), Amount(500.0, "metre")),
    dimension=True,
)
PAGES = Entity(
    "page_count",
    ("page",),
    ("notebook", "book"),
    (Amount(1.0, "page"), Amount(10_000.0, "page")),
    spellings=(("pages", "page"), ("seiten", "page"), ("页", "page")),
)
FLUX = Entity(
    "luminous_flux",
    ("lumen",),
    ("brightness",),
    (Amount(1.0, "lumen"), Amount(500_000.0, "lumen")),
    spellings=(("lm", "lumen"),),
)
NOISE = Entity(
    "noise_level",
    ("decibel",),
    ("noise",),
    (Amount(1.0, "decibel"), Amount(180.0, "decibel")),
    spellings=(("db", "decibel"), ("dB(A)", "decibel")),
)
RUNTIME = Entity(
    "runtime",
    ("hour", "minute"),
    ("runtime", "playtime"),
    (Amount(1.0, "minute"), Amount(1000.0, "hour")),
    spellings=(("h", "hour"), ("hrs", "hour"), ("min", "minute")),
)
OWN = EntityTable((BATTERY, ENERGY, CURRENT, SCREEN, CABLE, PAGES, FLUX, NOISE, RUNTIME))
