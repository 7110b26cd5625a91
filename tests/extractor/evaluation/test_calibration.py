import pytest

from extractor.evaluation.calibration import calibration_of


@pytest.mark.parametrize(
    "confidences, right, shares, error",
    [
        ([], [], [], 0.0),
        ([0.95] * 4, [True] * 4, [1.0], 0.05),
        ([0.95] * 4, [False] * 4, [0.0], 0.95),
        ([0.2, 0.8], [False, True], [0.0, 1.0], 0.2),
        ([0.5, 0.5, 0.9, 0.9, 0.9, 0.9], [True, False, True, True, True, False], [0.5, 0.75], 0.1),
        ([1.0, 0.0], [True, False], [0.0, 1.0], 0.0),
    ],
)
def test_the_error_is_the_mean_distance_of_confidence_and_share(confidences, right, shares, error):
    calibration = calibration_of(confidences, right)
    assert [one.share for one in calibration.bins] == shares
    assert calibration.error == pytest.approx(error)
    assert calibration.answers == len(confidences)


@pytest.mark.parametrize("confidence, low", [(0.0, 0.0), (0.1, 0.1), (0.19, 0.1), (0.999, 0.9), (1.0, 0.9)])
def test_a_bin_begins_with_its_lower_end_and_the_last_holds_certainty(confidence, low):
    (only,) = calibration_of([confidence], [True]).bins
    assert only.low == pytest.approx(low)


# Wilson's interval for 8 of 10, 0 of 10 and 1 of 1, as tables of statistics have it.
@pytest.mark.parametrize("right, of, ends", [(8, 10, (0.4902, 0.9433)), (0, 10, (0.0, 0.2775)), (1, 1, (0.2065, 1.0))])
def test_intervals_are_wilsons(right, of, ends):
    (only,) = calibration_of([0.55] * of, [i < right for i in range(of)]).bins
    assert only.interval == pytest.approx(ends, abs=1e-4)
