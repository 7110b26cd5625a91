"""What a reader answers to one question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VlmAnswer:
    """The text as generated (`34 gram`, `unanswerable`, anything when decoding is not constrained).

    `confidence` is the calibrated probability that the model gives exactly this text, `unanswerable` the one that it
    says the picture does not answer; both 0 to 1.
    """

    text: str
    confidence: float
    unanswerable: float
