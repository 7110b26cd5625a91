import random

import pytest

import extractor.training.tested as divided
from extractor.evaluation.coverage import CheckedAnswer, Trust
from extractor.evaluation.metrics import Variant
from extractor.stages.answer import Status
from extractor.training.examples import Choice, Question
from extractor.training.thresholds import (
    STEPS,
    Calibration,
    HeldOut,
    answers_at,
    counts_at,
    lowest_verified,
    smoothed_best,
)
from rules.amount import Amount
from rules.counts import Counts
from rules.ranker import logistic

NO_SKLEARN = "needs the fit extra"


def held(raw, right=True, *, stated=True, may_be_empty=False):
    """A question with one candidate, or with none where `raw` is None."""
    choices = () if raw is None else (Choice((), right),)
    return HeldOut(Question("width", "a.jpg", stated, may_be_empty, choices), () if raw is None else (raw,))


PLAIN = Calibration(1.0, 0.0)


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        (held(1.0), Counts(tp=1)),
        (held(1.0, right=False), Counts(fp=1)),
        (held(1.0, right=False, stated=False, may_be_empty=True), Counts(fp=1)),
        (held(-1.0), Counts(fn=1)),
        (held(-1.0, may_be_empty=True), Counts()),
        (held(-1.0, right=False, stated=False, may_be_empty=True), Counts()),
        (held(None), Counts(fn=1)),
        (held(None, stated=False, may_be_empty=True), Counts()),
    ],
)
def test_rows_are_counted_as_the_challenge_does(one, counts):
    assert counts_at([one], PLAIN, 0.5) == counts
    assert counts_at([one, one], PLAIN, 0.5) == counts + counts


@pytest.mark.parametrize(
    ("raw", "best", "best_stated", "counts"),
    [
        (1.0, True, True, Counts(tp=1)),
        (1.0, False, True, Counts(fp=1)),
        (1.0, False, False, Counts(fp=1)),
        (-1.0, True, True, Counts(fn=1)),
        (-1.0, False, False, Counts()),
    ],
)
def test_best_answers_alone_are_counted_where_wanted(raw, best, best_stated, counts):
    choices = (Choice((), right=True, best=best),)
    question = Question("depth", "a.jpg", stated=True, may_be_empty=True, choices=choices, best_stated=best_stated)
    assert counts_at([HeldOut(question, (raw,))], PLAIN, 0.5, Variant.PRIMARY) == counts


def test_the_best_candidate_is_answered_whichever_place_it_has():
    question = Question("width", "a.jpg", True, False, tuple(Choice((), right) for right in (False, True, False)))
    assert counts_at([HeldOut(question, (0.1, 0.9, -3.0))], PLAIN, 0.5) == Counts(tp=1)


def test_the_threshold_is_one_of_calibrated_probabilities():
    rows = [held(0.5)]
    assert [counts_at(rows, PLAIN, threshold).tp for threshold in (0.6, 0.65)] == [1, 0]
    assert counts_at(rows, Calibration(2.0, -1.5), 0.5) == Counts(fn=1)


def test_f1():
    assert Counts().f1 == 0.0
    assert Counts(tp=3, fp=1, fn=2).f1 == pytest.approx(6 / 9)
    assert Counts(tp=1) + Counts(fp=2, fn=3) == Counts(1, 2, 3)


def test_thresholds_are_probabilities():
    assert all(0 < threshold < 1 for threshold in STEPS)


@pytest.mark.parametrize(("scores", "best"), [([0, 0, 0, 1, 1, 1, 1, 1, 0, 0], 5), ([9, 9, 9, 1, 1, 1, 1, 1, 0, 0], 0)])
def test_the_middle_of_the_best_thresholds_is_taken(scores, best):
    assert smoothed_best(scores) == best


def test_a_single_lucky_threshold_does_not_win():
    assert smoothed_best([0, 2, 0, 0, 0, 1, 1, 1, 1, 1]) >= 5


def test_calibration_finds_the_line_that_probabilities_follow():
    pytest.importorskip("sklearn", reason=NO_SKLEARN)
    from extractor.training.thresholds import calibrate

    draw = random.Random(0)
    raws = [draw.uniform(-3, 3) for _ in range(4000)]
    found = calibrate([held(raw, draw.random() < logistic(0.5 * raw - 1)) for raw in raws])
    assert (found.slope, found.shift) == (pytest.approx(0.5, abs=0.1), pytest.approx(-1, abs=0.15))
    assert found.probability(2.0) == pytest.approx(logistic(found.slope * 2 + found.shift))


@pytest.mark.parametrize("rows", [[], [held(1.0)], [held(1.0), held(-1.0)]])
def test_without_right_and_wrong_nothing_is_calibrated(rows):
    pytest.importorskip("sklearn", reason=NO_SKLEARN)
    from extractor.training.thresholds import calibrate

    assert calibrate(rows) == Calibration(1.0, 0.0)


def inches(value, right=True):
    return Choice((), right, Amount(value, "inch"))


def test_held_out_answers_have_the_confidence_and_status_of_answers():
    asked = Question("width", "a.jpg", True, False, (inches(3.0, right=False), inches(5.0)))
    sure, unsure = HeldOut(asked, (-3.0, 4.0)), HeldOut(asked, (0.4, 1.0))
    first, second = answers_at([sure, unsure, held(None), held(-1.0)], PLAIN, 0.5, 0.8)
    assert first == CheckedAnswer("width", Trust(pytest.approx(logistic(4.0)), Status.VERIFIED), right=True)
    assert second.trust.status is Status.AMBIGUOUS
    assert not list(answers_at([unsure], PLAIN, 0.9, 0.8))
    (stricter,) = answers_at([sure], PLAIN, 0.5, 0.99)
    assert stricter.trust.status is Status.LOW_CONFIDENCE


def checked(confidence, right, status=Status.VERIFIED):
    return CheckedAnswer("width", Trust(confidence, status), right)


SURE, DOUBTFUL, WRONG = (checked(0.9, True), checked(0.7, True), checked(0.7, False))


@pytest.mark.parametrize(
    ("answers", "lowest"),
    [
        ([SURE] * 95 + [WRONG] * 5, 0.6),
        ([SURE] * 94 + [WRONG] * 6, 0.71),
        ([SURE] * 94 + [checked(0.905, False)] * 6, 1.0),
        ([SURE] * 94 + [checked(0.99, False, Status.AMBIGUOUS)] * 6, 0.6),
        ([SURE] * 49, 1.0),
        ([SURE] * 49 + [DOUBTFUL], 0.6),
        ([], 1.0),
    ],
)
def test_the_lowest_confidence_that_keeps_the_promise_of_verified(answers, lowest):
    assert lowest_verified(answers, fewest=50) == lowest


def test_few_answers_can_raise_a_step_and_none_promise_nothing():
    assert lowest_verified([SURE], 0.75) == 0.75
    assert lowest_verified([SURE, DOUBTFUL, WRONG], 0.65) == 0.71
    assert lowest_verified([], 0.75) == lowest_verified([DOUBTFUL], 0.75) == 1.0


def test_every_division_into_folds_has_a_say_in_the_thresholds_and_the_counts_are_of_the_first():
    pytest.importorskip("sklearn", reason=NO_SKLEARN)
    rng = random.Random(0)

    def division(shift):
        kinds = [True, False, False] * 60
        held_out = [held(rng.gauss(shift - 2 * (not one), 1.5), one, stated=one, may_be_empty=not one) for one in kinds]
        return dict.fromkeys(divided.GROUPS, ()) | {"width": tuple(held_out)}

    one, other = division(1.0), division(3.0)
    alone, both, turned = divided.tested(one), divided.tested(one, other), divided.tested(other, one)
    assert both.thresholds == turned.thresholds != alone.thresholds
    assert both.groups["width"].calibration == turned.groups["width"].calibration != alone.groups["width"].calibration
    assert both.groups["width"].held_out == one["width"]
    assert both.counts["width"] != turned.counts["width"]
