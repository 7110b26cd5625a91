"""What a reader may write."""

from __future__ import annotations

from enum import StrEnum


class Decoding(StrEnum):
    """What a reader may write beside `unanswerable`."""

    FREE = "free"
    """Anything."""
    KNOWN_UNIT = "known_unit"
    """A number and any unit that the rules know; they convert, or reject."""
    ALLOWED_UNIT = "allowed_unit"
    """A plausible number and a unit that the entity allows."""


DEFAULT_DECODING = Decoding.KNOWN_UNIT
