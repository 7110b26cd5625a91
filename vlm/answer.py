"""A reader's answer to one question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VlmAnswer:
    """The text as generated (`34 gram`, `unanswerable`, anything when decoding is free).

    `confidence` is the calibrated probability of exactly this text, `unanswerable` that of `unanswerable`; both 0 to 1.
    """

    text: str
    confidence: float
    unanswerable: float
