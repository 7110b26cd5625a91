"""The challenge's sanity rules for predictions: one that breaks them makes the whole submission invalid.

On entities of the user's own the challenge has no rules: there a prediction is a plain number, a blank and one of the
units, which may have hyphens (`5000.0 milliampere-hour`).
"""

from __future__ import annotations

import re

from rules.constants import ALLOWED_UNITS
from rules.entities import OFFICIAL, EntityTable

_OFFICIAL_PATTERN = re.compile(r"^-?\d+(\.\d+)?\s+[a-zA-Z\s]+$")
_OWN_PATTERN = re.compile(r"-?\d+(\.\d+)?\s+[a-z\s-]+")
_BLANKS = re.compile(r"\s+")
_TOLERATED_SPELLINGS = (("ter", "tre"), ("feet", "foot"))


def prediction_fault(prediction: str, entity: str | None = None, table: EntityTable = OFFICIAL) -> str | None:
    """The fault of a prediction, in words; None without one.

    Without an entity the official rules apply: a prediction is empty, or a plain number, a blank and one of all
    allowed units, where `centimeter` and `feet` pass for `centimetre` and `foot`. With an entity the unit must also be
    allowed for it, which the official checker does not test.
    """
    if entity is not None and entity not in table:
        return f"unknown entity {entity!r}"
    if not prediction:
        return None
    own = entity is not None and table[entity].own
    if not (_OWN_PATTERN.fullmatch(prediction) if own else _OFFICIAL_PATTERN.match(prediction)):
        return f"{prediction!r} is not a plain number, a blank and a unit"
    unit = _british(_BLANKS.split(prediction, maxsplit=1)[1])
    if not own and unit not in ALLOWED_UNITS:
        return f"{unit!r} is not an allowed unit"
    if entity is not None and unit not in table[entity].units:
        return f"{unit!r} is not a unit of {entity}"
    return None


def _british(unit: str) -> str:
    for tolerated, proper in _TOLERATED_SPELLINGS:
        unit = unit.replace(tolerated, proper)
    return unit
