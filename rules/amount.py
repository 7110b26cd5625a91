"""An answer in the form that the challenge asks for, and the reasons to reject a text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Rejection(StrEnum):
    """Why a text gives no answer for an entity."""

    EMPTY = "empty"
    UNANSWERABLE = "unanswerable"
    NO_NUMBER = "no_number"
    NO_UNIT = "no_unit"
    UNKNOWN_UNIT = "unknown_unit"
    WRONG_UNIT = "wrong_unit"
    NOT_POSITIVE = "not_positive"
    IMPLAUSIBLE = "implausible"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Amount:
    """A positive number in an allowed unit; `str()` gives the prediction, as in `34.0 gram`."""

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{format_number(self.value)} {self.unit}"


SIGNIFICANT_DIGITS = 10
"""Digits of a converted number: enough for any label, few enough to hide the rounding errors of factors."""


def format_number(value: float) -> str:
    """The number as labels write it: without an exponent, with at least one digit behind the point."""
    text = format(Decimal(repr(value)), "f")
    return text if "." in text else f"{text}.0"


def rounded(value: float) -> float:
    """`value` rounded to `SIGNIFICANT_DIGITS`."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
