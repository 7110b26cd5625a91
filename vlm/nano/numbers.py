"""Numbers in every form that packages print, with their values."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_EIGHTHS = {1: "1/8", 2: "1/4", 3: "3/8", 4: "1/2", 5: "5/8", 6: "3/4", 7: "7/8"}


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number as printed, and its value."""

    text: str
    value: float


def draw_number(
    rng: Random, *, digits: tuple[float, ...] = (2, 6, 4, 1.2, 0.4), fractions: float = 0.04
) -> PrintedNumber:
    """A number of 1 to 5 digits before the point; `digits` are the weights of the counts."""
    count = rng.choices(range(1, len(digits) + 1), digits)[0]
    whole = rng.randint(10 ** (count - 1), 10**count - 1)
    if count <= 2 and rng.random() < fractions:
        eighths = rng.choice((4, 4, 2, 6, 1, 3, 5, 7))
        return PrintedNumber(f"{whole}{rng.choice(' -')}{_EIGHTHS[eighths]}", whole + eighths / 8)
    decimals = rng.choices((0, 1, 2, 3), (55, 28, 14, 3) if count <= 3 else (90, 7, 3, 0))[0]
    if not decimals:
        grouped = count >= 4 and rng.random() < 0.3
        return PrintedNumber(f"{whole:,}" if grouped else str(whole), float(whole))
    if count == 1 and rng.random() < 0.25:
        whole = 0
    tail = "".join(rng.choice("0123456789") for _ in range(decimals))
    if rng.random() < 0.85 or not (whole or tail.strip("0")):
        tail = tail[:-1] + rng.choice("123456789")
    mark = "," if decimals < 3 and rng.random() < 0.12 else "."
    shown = "" if not whole and rng.random() < 0.2 else str(whole)
    return PrintedNumber(f"{shown}{mark}{tail}", float(f"{whole}.{tail}"))
