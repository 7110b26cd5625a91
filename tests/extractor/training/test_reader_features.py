"""What a reader makes of the rules' candidates, as the ranker gets it."""

from __future__ import annotations

import math

import pytest

from extractor.training.boosting import BoostOptions
from extractor.training.crossval import fit_ranker
from extractor.training.examples import Choice, Question
from extractor.training.reader_features import all_with_reader, texts_of, with_reader
from rules.amount import Amount


def question(*amounts, right=None, picture="a.png", entity="width"):
    choices = tuple(Choice((("big", 1.0),), one == right, Amount(one, "inch")) for one in amounts)
    return Question(entity, picture, right is not None, right is None, choices)


def test_each_amount_is_scored_once_and_unanswerable_too():
    assert texts_of(question(3.0, 12.5, 3.0)) == ("3 inch", "12.5 inch", "unanswerable")
    assert texts_of(question()) == ("unanswerable",)


def test_the_features_of_a_candidate_are_its_score_its_leads_and_its_share():
    scores = {"3 inch": math.log(0.6), "12.5 inch": math.log(0.3), "unanswerable": math.log(0.1)}
    first, second = with_reader(question(3.0, 12.5), scores).choices
    assert dict(first.features) == pytest.approx(
        {
            "big": 1.0,
            "reader_score": math.log(0.6),
            "reader_over_empty": math.log(6),
            "reader_over_others": math.log(2),
            "reader_share": 0.6,
            "reader_empty": 0.1,
        }
    )
    assert dict(second.features)["reader_over_others"] == pytest.approx(-math.log(2))
    assert list(first.features) == sorted(first.features)


def test_hopeless_scores_and_lone_candidates_stay_finite():
    (only,) = with_reader(question(3.0), {"3 inch": -900.0, "unanswerable": 0.0}).choices
    assert all(map(math.isfinite, dict(only.features).values()))


def test_a_ranker_that_hears_a_reader_who_knows_answers_what_the_page_cannot_tell():
    """Two candidates alike on the page; the reader finds the right one three times as likely."""
    pytest.importorskip("sklearn")
    entities = ("width", "height", "depth", "item_weight")
    asked = [
        question(3.0, 5.0, right=(3.0, 5.0)[number % 2], picture=f"{number}.png", entity=entity)
        for number in range(40)
        for entity in entities
    ]
    scores = [
        {f"{int(c.amount.value)} inch": math.log(0.6 if c.right else 0.2) for c in one.choices}
        | {"unanswerable": math.log(0.2)}
        for one in asked
    ]
    quick = BoostOptions(n_estimators=5, bags=1, min_samples_leaf=2)
    alone, heard = (
        fit_ranker(some, (), quick, folds=2).tested.total.f1 for some in (asked, all_with_reader(asked, scores))
    )
    assert heard == 1.0
    assert alone < 0.7
