"""Group priors are learned from counts; no row tells its own label."""

import math

import pytest

from extractor.training.examples import Choice, Question
from extractor.training.priors import SHRUNK_BY, group_counts, with_other_rows, with_prior
from rules.prior import GROUP_STATES, Prior
from rules.ranker import LearnedRanker, log_odds


def asked(group, stated, picture="1.jpg", entity="depth"):
    return Question(entity, picture, stated, not stated, choices=(Choice((("net", 1.0),), stated),), group=group)


ROWS = [asked("vases", True), asked("vases", True), asked("mirrors", False), asked("", True), asked("", False)]
USUAL = 4 / 7
"""Three of the five rows are stated; one row of each kind is added."""


def shift(stated, rows):
    return log_odds((stated + SHRUNK_BY * USUAL) / (rows + SHRUNK_BY)) - log_odds(USUAL)


def group_feature(question):
    return dict(question.choices[0].features).get(GROUP_STATES)


def test_groups_that_state_it_more_often_have_higher_log_odds():
    shifts = group_counts(ROWS).prior().shifts
    assert shifts == pytest.approx({"vases": shift(2, 2), "mirrors": shift(0, 1)}, abs=1e-4)
    assert shifts["mirrors"] < 0 < shifts["vases"]


def test_a_counted_row_gets_what_the_others_of_its_group_say():
    features = [group_feature(q) for q in with_other_rows(ROWS, group_counts(ROWS))]
    assert features[:2] == pytest.approx([shift(1, 1)] * 2, abs=1e-4)
    assert features[2:] == [None] * 3  # mirrors have no other row


def test_other_pictures_get_the_prior_of_all_rows():
    unseen = [asked("vases", False), asked("chairs", True), asked("", True)]
    features = [group_feature(q) for q in with_prior(unseen, Prior(group_counts(ROWS).prior()))]
    assert features == [pytest.approx(shift(2, 2), abs=1e-4), None, None]


@pytest.mark.parametrize("stated", [True, False])
def test_rows_that_are_all_alike_keep_the_numbers_finite(stated):
    rows = [asked("vases", stated)] * 3
    assert all(map(math.isfinite, group_counts(rows).prior().shifts.values()))


def test_a_fitted_ranker_tells_groups_apart_that_its_candidates_do_not():
    pytest.importorskip("sklearn")
    from extractor.training.boosting import BoostOptions
    from extractor.training.crossval import fit_ranker
    from rules.constants import DIMENSIONS

    rows = [
        asked(group, group == "vases", f"{i}.jpg", entity)
        for entity in (*sorted(DIMENSIONS), "item_weight")
        for i, group in enumerate(["vases", "mirrors"] * 40)
    ]
    options = BoostOptions(n_estimators=15, max_depth=2, learning_rate=0.2, max_features=1.0, bags=1)
    fitted = fit_ranker(rows, [], options, folds=3)
    assert fitted.tested.counts["depth"].f1 > 0.95
    assert fitted.tested.counts["item_weight"].f1 < 0.8
    ranker = LearnedRanker.from_json(fitted.to_json())
    known, other = (
        ranker.scores([(*ranker.prior_features(group, (), "depth"), ("net", 1.0))], "depth")[0]
        for group in ("vases", "mirrors")
    )
    assert known > 0 > other
    assert ranker.prior_features("vases", (), "width") == ranker.prior_features("vases", (), "item_weight") == ()
