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
_TEMPERATURES = np.append(np.geomspace(MIN_TEMPERATURE, MAX_TEMPERATURE, 2000), 1.0)
"""Those that are tried: 0.3 % apart."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The temperature, and the mean negative log likelihood (nats) of held-out rows without it and with it."""

    temperature: float
    nll_before: float
    nll_after: float
    rows: int


def fit_temperature(probabilities: Sequence[float], correct: Sequence[bool]) -> Calibration:
    """The temperature between MIN_TEMPERATURE and MAX_TEMPERATURE under which the outcomes are likeliest.

    `probabilities` (0 to 1) are those at temperature 1, `correct` says which answers are right.
    """
    odds, right = log_odds(np.array(probabilities)), np.array(correct)
    losses = [_nll(odds / temperature, right) for temperature in _TEMPERATURES]
    best = int(np.argmin(losses))
    return Calibration(float(_TEMPERATURES[best]), losses[-1], losses[best], len(right))


def _nll(odds: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    return float(np.logaddexp(0, np.where(correct, -odds, odds)).mean())
