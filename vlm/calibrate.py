"""Turns a model's probability of its own answer into one that it is right, by a temperature fitted on held-out rows.

Of each answer only the probability of its whole text is needed: its log odds are divided by the temperature. Above 1
the temperature takes confidence away, below 1 it adds some; the order of answers stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIN_TEMPERATURE, MAX_TEMPERATURE = 0.1, 20.0
_LEAST = 1e-6
_STEPS = 80
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True)
class Calibration:
    """The temperature, and the mean negative log likelihood (nats) of held-out rows without it and with it."""

    temperature: float
    nll_before: float
    nll_after: float
    rows: int


def calibrated(probability: float, temperature: float) -> float:
    """The probability at `temperature`, 0 to 1; at 1 it stays as it is."""
    if temperature == 1.0:
        return probability
    return float(_sigmoid(_log_odds(np.array([probability])) / temperature)[0])


def fit_temperature(probabilities: Sequence[float], correct: Sequence[bool]) -> Calibration:
    """The temperature between MIN_TEMPERATURE and MAX_TEMPERATURE under which right and wrong answers are likeliest.

    `probabilities` are those at temperature 1. Raises ValueError when there is no row, the lengths differ, or a
    probability is not between 0 and 1.
    """
    given = np.asarray(probabilities, dtype=np.float64)
    right = np.asarray(correct, dtype=bool)
    if not given.size or given.shape != right.shape:
        raise ValueError(f"{given.size} probabilities and {right.size} outcomes; there must be equally many, and some")
    if not ((given >= 0) & (given <= 1)).all():
        raise ValueError("probabilities must be between 0 and 1")
    odds = _log_odds(given)
    # The likelihood is concave in the inverse temperature, so narrowing its range finds the one best.
    low, high = 1 / MAX_TEMPERATURE, 1 / MIN_TEMPERATURE
    for _ in range(_STEPS):
        left, right_end = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if _nll(odds * left, right) <= _nll(odds * right_end, right):
            high = right_end
        else:
            low = left
    inverse = (low + high) / 2
    return Calibration(1 / inverse, _nll(odds, right), _nll(odds * inverse, right), int(given.size))


def _log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    bounded = np.clip(probabilities, _LEAST, 1 - _LEAST)
    odds: NDArray[np.float64] = np.log(bounded) - np.log1p(-bounded)
    return odds


def _sigmoid(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    probabilities: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
    return probabilities


def _nll(odds: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    return float(np.logaddexp(0, np.where(correct, -odds, odds)).mean())
