import pytest

from extractor.evaluation.coverage import CheckedAnswer, Share, Trust, coverage_of, coverages_of
from extractor.stages.answer import Status


def checked(confidence, right, entity="width", status=Status.VERIFIED):
    return CheckedAnswer(entity, Trust(confidence, status), right)


def answers(*pairs):
    return [checked(confidence, right) for confidence, right in pairs]


@pytest.mark.parametrize(
    ("given", "precision", "kept", "confidence"),
    [
        ([], 0.95, Share(0, 0), None),
        (answers((0.9, True), (0.5, True)), 0.95, Share(2, 2), 0.5),
        (answers((0.9, True), (0.5, False)), 0.95, Share(1, 1), 0.9),
        # A wrong answer at the top does not end it: what counts is the share among all above.
        (answers((0.9, False), (0.8, True), (0.7, True), (0.6, True)), 0.75, Share(4, 3), 0.6),
        (answers((0.9, False), (0.8, True)), 0.95, Share(0, 0), None),
        # Answers of one confidence cannot be told apart.
        (answers((0.9, True), (0.8, True), (0.8, False)), 0.95, Share(1, 1), 0.9),
        (answers((0.8, False), (0.8, True)), 0.5, Share(2, 1), 0.8),
        # Their order does not count.
        (answers((0.2, False), (0.7, True), (0.9, True)), 0.95, Share(2, 2), 0.7),
    ],
)
def test_as_many_are_kept_as_keep_the_promise(given, precision, kept, confidence):
    coverage = coverage_of(given, precision)
    assert (coverage.kept, coverage.confidence) == (kept, confidence)
    assert coverage.coverage == (kept.answers / len(given) if given else 0)


def test_verified_answers_are_counted_by_their_status():
    given = [checked(0.9, True), checked(0.9, False, status=Status.AMBIGUOUS), checked(0.85, False)]
    assert coverage_of(given).verified == Share(2, 1)
    assert coverage_of(given).verified.precision == 0.5
    assert coverage_of(given[1:2]).verified.precision is None


def test_entities_have_thresholds_of_their_own():
    given = [checked(0.9, True), checked(0.6, True), checked(0.7, False, "depth"), checked(0.99, True, "depth")]
    coverages = coverages_of(given, ("depth", "height", "width"))
    assert {name: one.confidence for name, one in coverages.entities.items()} == {"depth": 0.99, "width": 0.6}
    assert coverages.all.kept == Share(2, 2)
    assert coverages.precision == 0.95
