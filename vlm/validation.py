"""What is wrong with data that pydantic refuses, in words for users."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_WITHOUT_VALUE = frozenset({"missing", "json_invalid"})


def mistakes(error: ValidationError | OSError) -> str:
    """All mistakes on one line; of a file that cannot be opened the system's own words."""
    if isinstance(error, OSError):
        return str(error)
    return "; ".join(map(mistake, error.errors(include_url=False)))


def mistake(error: ErrorDetails, wording: Mapping[str, str] | None = None) -> str:
    """A mistake with its place: `lora.rank: input should be a valid integer, got 'many'`.

    `wording` holds other messages than pydantic's, by its name of the mistake.
    """
    place = ".".join(map(str, error["loc"]))
    message = (wording or {}).get(error["type"]) or f"{error['msg'][0].lower()}{error['msg'][1:]}"
    if error["type"] not in _WITHOUT_VALUE:
        message = f"{message}, got {error['input']!r}"
    return f"{place}: {message}" if place else message
