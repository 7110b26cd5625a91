"""Codes that carry the words people read for them."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Described(StrEnum):
    """Values with the words that tables explain them by."""

    words: str

    def __new__(cls, value: str, words: str) -> Self:
        """The member with this value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member
