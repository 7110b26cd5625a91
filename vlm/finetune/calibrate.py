"""Fits the temperature of `vlm.confidence` to held-out rows.

Of each answer only the probability of its whole text is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vlm.confidence import log_odds

MIN_TEMPERATURE, MAX_TEMPERATURE = 0.1, 20.0
_STEPS = 80
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True)
class Calibration:
    """The temperature, and the mean negative log likelihood (nats) of held-out rows without it and with it."""

    temperature: float
    nll_before: float
    nll_after: float
    rows: int


def fit_temperature(probabilities: Sequence[float], correct: Sequence[bool]) -> Calibration:
    """The temperature between MIN_TEMPERATURE and MAX_TEMPERATURE under which the outcomes are likeliest.

    `probabilities` are those at temperature 1, `correct` says which answers are right. Raises ValueError when there
    is no row, the lengths differ, or a probability is not between 0 and 1.
    """
    given = np.asarray(probabilities, dtype=np.float64)
    right = np.asarray(correct, dtype=bool)
    if not given.size or given.shape != right.shape:
        raise ValueError(f"{given.size} probabilities and {right.size} outcomes; there must be equally many, and some")
    if not ((given >= 0) & (given <= 1)).all():
        raise ValueError("probabilities must be between 0 and 1")
    odds = log_odds(given)
    # The likelihood is concave in the inverse temperature, so a golden section search finds its maximum.
    low, high = 1 / MAX_TEMPERATURE, 1 / MIN_TEMPERATURE
    for _ in range(_STEPS):
        left, right_end = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if _nll(odds * left, right) <= _nll(odds * right_end, right):
            high = right_end
        else:
            low = left
    inverse = (low + high) / 2
    return Calibration(1 / inverse, _nll(odds, right), _nll(odds * inverse, right), int(given.size))


def _nll(odds: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    return float(np.logaddexp(0, np.where(correct, -odds, odds)).mean())
