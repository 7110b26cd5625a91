"""The look of a picture is learned from embeddings; no picture tells its own label."""

import random

import pytest

from extractor.training.examples import Choice, Question
from extractor.training.looks import FEWEST, look_prior, with_other_pictures
from rules.prior import LOOKS_ROUND, LOOKS_STATED

pytest.importorskip("sklearn")

ACROSS = (("line_horizontal", 0.9), ("line_vertical", 0.1))
UPWARDS = (("line_vertical", 0.9),)
DIAMETER = (("role_diameter", 1.0),)


def seen(i, embedding, stated, features=UPWARDS, picture=None):
    return Question(
        "depth", picture or f"{i}.jpg", stated, not stated, choices=(Choice(features, stated),), embedding=embedding
    )


def things(count=80, features=ACROSS):
    """Vases, of which the first component is high, state a depth across; lamps state none."""
    noise = random.Random(0)
    return [
        seen(i, ((1.0 if i % 2 else -1.0) + noise.gauss(0, 0.3), noise.gauss(0, 0.3)), bool(i % 2), features)
        for i in range(count)
    ]


VASE, LAMP = (1.0, 0.0), (-1.0, 0.0)


def test_looks_tell_what_is_stated_and_what_is_round():
    prior = look_prior(things())
    vase, lamp = dict(prior.features(VASE)), dict(prior.features(LAMP))
    assert vase[LOOKS_STATED] > 0.2 > -0.2 > lamp[LOOKS_STATED]
    assert vase[LOOKS_ROUND] > 0.2 > -0.2 > lamp[LOOKS_ROUND]


@pytest.mark.parametrize(("features", "is_round"), [(ACROSS, True), (DIAMETER, True), (UPWARDS, False)])
def test_round_things_have_their_depth_across_or_as_a_diameter(features, is_round):
    assert (LOOKS_ROUND in look_prior(things(features=features)).weights) == is_round


def test_too_few_rows_teach_nothing():
    assert look_prior(things(2 * FEWEST - 1)).weights == {}
    assert look_prior([seen(i, (), bool(i % 2)) for i in range(80)]).weights == {}


def test_no_picture_tells_its_own_label():
    noise = random.Random(1)
    # What they look like says nothing of what they state: rows of a picture have a component of their own.
    pictures = [tuple(noise.gauss(0, 1) for _ in range(60)) for _ in range(60)]
    rows = [seen(i, pictures[i], noise.random() < 0.5) for i in range(60)]
    own, others = look_prior(rows), with_other_pictures(rows, seed=0)
    told = [(dict(own.features(q.embedding))[LOOKS_STATED] > 0) == q.stated for q in rows]
    told_by_others = [(dict(q.choices[0].features).get(LOOKS_STATED, 0.0) > 0) == q.stated for q in others]
    assert sum(told) / len(told) > 0.8
    assert sum(told_by_others) / len(rows) < 0.7


def test_rows_of_one_picture_are_left_out_together():
    rows = things()
    twins = [*rows, *(seen(i, q.embedding, q.stated, picture=q.picture) for i, q in enumerate(rows))]
    marked = with_other_pictures(twins, seed=0)
    features = {}
    for q in marked:
        features.setdefault(q.picture, set()).add(dict(q.choices[0].features)[LOOKS_STATED])
    assert all(len(values) == 1 for values in features.values())
