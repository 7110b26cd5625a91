import random

import pytest

from extractor.stages.errors import ExtractorError
from extractor.training.examples import Choice, Question
from extractor.training.thresholds import STEPS
from rules.constants import ENTITIES
from rules.ranker import LearnedRanker
from rules.trees import TreeModel

try:
    import sklearn
except ImportError:
    sklearn = None

needs_sklearn = pytest.mark.skipif(sklearn is None, reason="needs the fit extra")
ASKED = ("width", "height", "depth", "item_weight")
"""One entity of every group that shares trees."""


def choice(right, **features):
    return Choice(tuple(sorted(features.items())), right, best=right)


def questions(pictures=60, seed=0, fact="net", entities=ASKED):
    """Of three candidates that with the largest `fact` is right, but for one question in ten; `noise` says nothing."""
    draw = random.Random(seed)
    return [_question(draw, entity, f"{seed}-{p}.jpg", fact) for p in range(pictures) for entity in entities]


def _question(draw, entity, picture, fact):
    right = draw.randrange(3) if draw.random() < 0.1 else 0
    choices = [
        choice(
            place == right,
            noise=draw.random(),
            **{fact: draw.uniform(0.6, 1.0) if place == 0 else draw.uniform(0, 0.5)},
        )
        for place in range(3)
    ]
    draw.shuffle(choices)
    return Question(entity, picture, stated=True, may_be_empty=False, choices=tuple(choices))


@pytest.fixture(scope="module")
def fitted(options):
    """What comes of the usual questions."""
    from extractor.training.crossval import fit_ranker

    return fit_ranker(questions(), [], options, folds=3)


@pytest.fixture(scope="module")
def options():
    """Few small trees: these tests are on what is easy to learn."""
    from extractor.training.boosting import BoostOptions

    return BoostOptions(n_estimators=15, max_depth=2, learning_rate=0.2, max_features=1.0, min_samples_leaf=8, bags=2)


class TestFit:
    pytestmark = needs_sklearn

    def test_the_fitted_ranker_tells_right_from_wrong_on_pictures_it_never_saw(self, fitted):
        ranker = LearnedRanker.from_json(fitted.to_json())
        fresh = questions(pictures=100, seed=1)
        best = [max(q.choices, key=lambda c, q=q: ranker.scores([c.features], q.entity)[0]) for q in fresh]
        assert sum(c.right for c in best) / len(best) > 0.85
        assert fitted.tested.total.f1 > 0.85
        assert set(fitted.tested.counts) == set(ENTITIES)

    def test_probabilities_mean_what_they_say(self, fitted):
        ranker = LearnedRanker.from_json(fitted.to_json())
        assert all(group.calibration.slope > 0 for group in fitted.tested.groups.values())
        fresh = questions(pictures=100, seed=1)
        scored = [
            (ranker.probability(ranker.scores([c.features], q.entity)[0], q.entity), c)
            for q in fresh
            for c in q.choices
        ]
        for low, high in ((0.0, 0.5), (0.5, 1.0)):
            bin_ = [(p, c.right) for p, c in scored if low <= p < high]
            assert sum(p for p, _ in bin_) / len(bin_) == pytest.approx(sum(r for _, r in bin_) / len(bin_), abs=0.1)

    def test_the_ranker_scores_as_the_models_of_the_library(self, options):
        """Handed over as plain data, trees give what they gave before, but for rounding."""
        from sklearn.ensemble import GradientBoostingClassifier

        from extractor.training.boosting import BoostOptions, features_of, fit_trees

        seen = questions(pictures=30, entities=("width",))
        one = BoostOptions(n_estimators=10, max_depth=3, learning_rate=0.2, subsample=1.0, max_features=1.0, bags=1)
        trees = fit_trees(seen, one, 3)
        examples = [features for q in seen for features in features_of(q)]
        matrix = [[e.get(name, 0.0) for name in trees.features] for e in examples]
        library = GradientBoostingClassifier(
            n_estimators=10, max_depth=3, learning_rate=0.2, min_samples_leaf=one.min_samples_leaf, random_state=3,
            max_features=1.0,
        ).fit(matrix, [c.right for q in seen for c in q.choices])  # fmt: skip
        assert [trees.log_odds(e) for e in examples] == pytest.approx(list(library.decision_function(matrix)), abs=1e-3)

    def test_the_same_seed_makes_the_same_ranker(self, options):
        from extractor.training.crossval import fit_ranker

        one, same, other = (fit_ranker(questions(20), [], options, folds=2, seed=seed).to_json() for seed in (1, 1, 2))
        assert one == same != other

    def test_thresholds_are_low_where_answers_are_right_and_high_where_they_are_not(self, options):
        """Widths are always stated; depths are mostly not, and the candidates say no more of it than that."""
        from extractor.training.crossval import fit_ranker

        draw = random.Random(2)
        asked = questions(60, entities=("width", "height", "item_weight"))
        for p in range(60):
            stated = draw.random() < 0.4
            choices = (choice(stated, net=draw.uniform(0.4 if stated else 0.0, 1.0)), choice(False, net=0.0))
            asked.append(Question("depth", f"0-{p}.jpg", stated, not stated, choices))
        fitted = fit_ranker(asked, [], options, folds=3)
        assert fitted.tested.thresholds["width"] < fitted.tested.thresholds["depth"]
        assert all(STEPS[0] <= threshold <= STEPS[-1] for threshold in fitted.tested.thresholds.values())

    def test_more_bags_make_no_larger_log_odds(self, options):
        from dataclasses import replace

        from extractor.training.boosting import features_of, fit_trees

        seen = questions(30, entities=("width",))
        example = features_of(seen[0])[0]
        one, five = (fit_trees(seen, replace(options, bags=bags), 0).log_odds(example) for bags in (1, 5))
        assert five == pytest.approx(one, abs=1.0)

    def test_a_feature_that_hardly_any_candidate_has_is_left_out(self, options):
        from extractor.training.boosting import MIN_MENTIONS, fit_trees

        seen = questions(30, entities=("width",))
        rare = [
            Question("width", "r.jpg", True, False, (choice(True, rare=1.0, often=1.0), choice(False, often=1.0)))
            for _ in range(MIN_MENTIONS - 1)
        ]
        names = fit_trees([*seen, *rare], options, 0).features
        assert "often" in names
        assert "rare" not in names

    @pytest.mark.parametrize("seen", [[], [Question("width", "a.jpg", True, False, (choice(True, net=1.0),) * 9)]])
    def test_where_there_is_nothing_to_tell_apart_more_rows_are_asked_for(self, options, seen):
        from extractor.training.boosting import fit_trees

        with pytest.raises(ExtractorError, match="give more labelled rows"):
            fit_trees(seen, options, 0)

    def test_an_accepted_candidate_is_less_likely_than_the_best_one(self, options):
        """By the share `second_best`; with 0 nothing tells them apart."""
        from dataclasses import replace

        from extractor.training.boosting import features_of, fit_trees

        best, accepted, wrong = choice(True, net=0.9), Choice((("net", 0.5),), True), choice(False, net=0.1)
        seen = [Question("width", f"{i}.jpg", True, False, (best, accepted, wrong)) for i in range(30)]
        for second_best, apart in ((0.0, False), (0.5, True)):
            trees = fit_trees(seen, replace(options, second_best=second_best), 0)
            of_best, of_accepted, of_wrong = (trees.log_odds(features) for features in features_of(seen[0]))
            assert of_wrong < 0 < of_best
            assert (of_accepted < of_best - 0.5) is apart

    def test_a_row_of_little_weight_counts_little(self, options):
        """Rows that say the opposite of the others."""
        from extractor.training.boosting import features_of, fit_trees

        seen = questions(40, entities=("width",))
        opposite = [
            Question(
                q.entity, q.picture, True, False, tuple(choice(not c.right, **dict(c.features)) for c in q.choices), w
            )
            for q in seen
            for w in (0.01,)
        ]
        example = Question("width", "new.jpg", True, False, (choice(True, net=0.9), choice(False, net=0.1)))
        right, wrong = (fit_trees([*seen, *opposite], options, 0).log_odds(features_of(example)[i]) for i in (0, 1))
        assert right > 0 > wrong


class TestLeftOut:
    """Figures come from rows whose pictures the model has not seen."""

    pytestmark = needs_sklearn

    def test_what_only_identifies_the_picture_does_not_help(self, options):
        """Of some pictures every candidate is right, of the others none; a feature tells the pictures apart."""
        from extractor.training.boosting import features_of, fit_trees
        from extractor.training.crossval import fit_ranker

        draw = random.Random(5)
        marks = {f"{p}.jpg": (draw.random(), p % 2 == 0) for p in range(40)}
        asked = [
            Question(entity, picture, right, not right, (choice(right, mark=mark, noise=draw.random()),))
            for picture, (mark, right) in marks.items()
            for entity in ASKED
            for _ in range(4)
        ]
        deep = type(options)(
            n_estimators=25, max_depth=8, learning_rate=0.3, max_features=1.0, min_samples_leaf=1, bags=1
        )
        widths = [q for q in asked if q.entity == "width"]
        trees = fit_trees(widths, deep, 0)
        assert all((trees.log_odds(features_of(q)[0]) > 0) == q.choices[0].right for q in widths), "it can be learnt"
        assert fit_ranker(asked, [], deep, folds=4).tested.total.f1 < 0.8

    def test_no_model_sees_a_picture_that_it_is_judged_on(self, options, monkeypatch):
        from extractor.training import crossval

        asked, extra = questions(20, entities=ASKED), questions(20, entities=ASKED)
        fits = []

        def spy(seen, options, seed):
            fits.append(seen)
            return TreeModel((), 0.0, ())

        monkeypatch.setattr(crossval, "fit_trees", spy)
        fitted = crossval.fit_ranker(asked, extra, options, folds=5, repeats=2)
        own = {q.picture for q in asked}
        assert len(fits) == len(crossval.GROUPS) * 11
        for first in range(0, len(fits), 11):
            *parts, whole = fits[first : first + 11]
            absent = [own - {q.picture for q in part} for part in parts]
            for division in (absent[:5], absent[5:]):
                assert sorted(picture for pictures in division for picture in pictures) == sorted(own)
            assert all(len(pictures) == 4 for pictures in absent)
            assert {q.picture for q in whole} == own
        assert sum(len(group.held_out) for group in fitted.tested.groups.values()) == len(asked)

    def test_catalogue_rows_are_learned_from_and_never_measured_on(self, options):
        from extractor.training.crossval import fit_ranker

        asked, catalogue = questions(30), questions(50, seed=7, fact="other")
        fitted = fit_ranker(asked, catalogue, options, folds=3)
        held = [h.question for group in fitted.tested.groups.values() for h in group.held_out]
        assert {q.picture for q in held} == {q.picture for q in asked}
        assert len(held) == len(asked)
        assert all("other" in model.trees.features for model in fitted.models.values())
        total = fitted.tested.total
        assert total.tp + total.fp + total.fn <= len(asked) + total.fp

    def test_groups_that_mostly_learn_from_more_rows_are_grown_by_the_options_for_many(self, options, monkeypatch):
        from extractor.training import crossval

        asked = questions(20, entities=ASKED)
        more = [*questions(21, seed=7, entities=["width"]), *questions(20, seed=7, entities=["depth"])]
        larger = type(options)(n_estimators=2)
        grown = {}

        def spy(seen, options, seed):
            grown.setdefault(options, set()).update(q.entity for q in seen)
            return TreeModel((), 0.0, ())

        monkeypatch.setattr(crossval, "fit_trees", spy)
        crossval.fit_ranker(asked, more, options, for_many=larger, folds=2)
        contrast = "maximum_weight_recommendation"
        assert grown == {larger: {"width"}, options: {*ASKED, contrast} - {"width"}}

    def test_more_folds_than_pictures_do_no_harm(self, options):
        from extractor.training.crossval import fit_ranker

        asked = questions(2)
        fitted = fit_ranker(asked, questions(15, seed=3), options, folds=3)
        assert sum(len(group.held_out) for group in fitted.tested.groups.values()) == len(asked)
