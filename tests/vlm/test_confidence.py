import pytest

from vlm.confidence import calibrated


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_order_stays(temperature):
    given = [0.0, 0.001, 0.2, 0.5, 0.9, 0.9999, 1.0]
    after = [calibrated(p, temperature) for p in given]
    assert after == sorted(after)
    assert all(0 <= p <= 1 for p in after)
    assert after[3] == pytest.approx(0.5)


def test_temperature_above_one_takes_confidence_away():
    assert calibrated(0.9, 2.0) < 0.9 < calibrated(0.9, 0.5)
    assert calibrated(0.1, 2.0) > 0.1 > calibrated(0.1, 0.5)
