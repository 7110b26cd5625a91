import numpy as np
import pytest

from vlm.confidence import calibrated
from vlm.finetune.calibrate import MAX_TEMPERATURE, MIN_TEMPERATURE, fit_temperature


def rows(overconfidence, count=4000, seed=0):
    """Probabilities of a model whose log odds are too large by the factor, and whether each answer was right."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(0.5, 1.5, count)
    right = rng.random(count) < 1 / (1 + np.exp(-odds))
    return (1 / (1 + np.exp(-odds * overconfidence))).tolist(), right.tolist()


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.5])
def test_finds_the_temperature_that_made_the_data(factor):
    fitted = fit_temperature(*rows(factor))
    assert fitted.temperature == pytest.approx(factor, rel=0.12)
    assert fitted.nll_after <= fitted.nll_before
    assert fitted.rows == 4000


def test_fitted_confidence_is_the_share_of_right_answers():
    given, right = rows(3.0)
    temperature = fit_temperature(given, right).temperature
    confidence = np.array([calibrated(p, temperature) for p in given])
    high = confidence > 0.8
    assert abs(confidence[high].mean() - np.array(right)[high].mean()) < 0.03
    assert abs(np.array(given)[high].mean() - np.array(right)[high].mean()) > 0.06


@pytest.mark.parametrize(
    ("given", "right", "expected"),
    [([0.9] * 5, [True] * 5, MIN_TEMPERATURE), ([0.9] * 5, [False] * 5, MAX_TEMPERATURE)],
)
def test_one_sided_rows_end_at_a_bound(given, right, expected):
    assert fit_temperature(given, right).temperature == pytest.approx(expected, rel=1e-3)
