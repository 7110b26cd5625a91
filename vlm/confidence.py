"""A model's probability of its own answer, as the probability that the answer is right.

Its log odds are divided by a temperature, which `vlm.finetune.calibrate` fits to held-out rows. Above 1 the
temperature lowers the confidence, below 1 it raises it; the order of answers stays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LEAST = 1e-6


def calibrated(probability: float, temperature: float) -> float:
    """The probability at `temperature`, 0 to 1; at 1 it stays as it is."""
    if temperature == 1.0:
        return probability
    odds = log_odds(np.array([probability])) / temperature
    return float((1 / (1 + np.exp(-odds)))[0])


def log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """The log odds (nats) of probabilities, which count as at least 1e-6 away from 0 and 1."""
    bounded = np.clip(probabilities, _LEAST, 1 - _LEAST)
    odds: NDArray[np.float64] = np.log(bounded) - np.log1p(-bounded)
    return odds
