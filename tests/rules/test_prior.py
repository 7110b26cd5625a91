"""The priors of a product group and of a look, and how candidates get their features from rankers that have priors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from ocr.token import OcrResult, OcrToken
from rules.features import Features
from rules.prior import GROUP_STATES, LOOKS_ROUND, LOOKS_STATED, GroupPrior, LookPrior, Prior
from rules.ranker import HandSetRanker, PriorRanker, WithOwn, prior_features
from rules.select import ParsedPage

PRIOR = GroupPrior({"vases": 1.25, "lamps": 0.0})
LOOK = LookPrior({LOOKS_STATED: (0.5, 1.0, -2.0), LOOKS_ROUND: (-1.0, 1.0, 0.0)})
PAGE = OcrResult((OcrToken("Depth 20 cm", ((0, 0), (90, 0), (90, 20), (0, 20)), 1.0),), 100, 100)


class Vases:
    """A ranker that scores a candidate by the prior of its group."""

    exclusive = False

    def scores(self, candidates: Sequence[Features], entity: str) -> list[float]:
        return [dict(features).get(GROUP_STATES, -1.0) for features in candidates]

    def probability(self, score: float, entity: str) -> float:
        return 0.5

    def prior_features(self, group: str, embedding: Sequence[float], entity: str) -> Features:
        return Prior(PRIOR, LOOK).features(group, embedding)


@pytest.mark.parametrize(
    ("group", "features"), [("vases", ((GROUP_STATES, 1.25),)), ("lamps", ()), ("chairs", ()), ("", ())]
)
def test_only_groups_that_tell_something_have_a_feature(group: str, features: Features) -> None:
    assert PRIOR.features(group) == features


def test_a_prior_survives_json() -> None:
    assert GroupPrior.from_json(PRIOR.to_json()) == PRIOR


@pytest.mark.parametrize("shift", [math.inf, math.nan])
def test_numbers_that_are_not_finite_are_refused(shift: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        GroupPrior({"vases": shift})


@pytest.mark.parametrize(
    ("embedding", "features"),
    [
        ((1.0, 0.5), ((LOOKS_STATED, 0.5),)),
        ((2.0, 0.0), ((LOOKS_ROUND, 1.0), (LOOKS_STATED, 2.5))),
        ((), ()),
        ((1.0,), ()),
        ((1.0, 0.5, 0.25), ()),
    ],
)
def test_a_look_has_the_sums_that_tell_something_and_none_of_other_embeddings(
    embedding: tuple[float, ...], features: Features
) -> None:
    assert LOOK.features(embedding) == features


def test_a_look_survives_json() -> None:
    assert LookPrior.from_json(LOOK.to_json()) == LOOK


@pytest.mark.parametrize(
    ("weights", "error"), [((math.nan, 1.0), "finite"), ((0.0, math.inf), "finite"), ((), "constant")]
)
def test_weights_that_cannot_be_summed_are_refused(weights: tuple[float, ...], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        LookPrior({LOOKS_STATED: weights})


def test_candidates_have_the_look_of_their_page() -> None:
    (candidate,) = ParsedPage(replace(PAGE, embedding=(2.0, 0.0))).candidates("depth", WithOwn(Vases()))
    assert {(LOOKS_ROUND, 1.0), (LOOKS_STATED, 2.5)} <= set(candidate.features)
    assert list(candidate.features) == sorted(candidate.features)


@pytest.mark.parametrize(("group", "score"), [("vases", 1.25), ("", -1.0)])
def test_candidates_have_the_prior_of_their_group(group: str, score: float) -> None:
    (candidate,) = ParsedPage(PAGE, group=group).candidates("depth", WithOwn(Vases()))
    assert candidate.score == score
    assert (GROUP_STATES in dict(candidate.features)) == (group == "vases")
    assert list(candidate.features) == sorted(candidate.features)


def test_rankers_without_priors_and_entities_of_the_user_s_own_have_none() -> None:
    assert isinstance(Vases(), PriorRanker)
    assert prior_features(HandSetRanker(), "vases", (), "depth") == ()
    assert prior_features(WithOwn(HandSetRanker()), "vases", (), "depth") == ()
    assert prior_features(WithOwn(Vases()), "vases", (), "depth") == PRIOR.features("vases")
    assert prior_features(WithOwn(Vases()), "vases", (2.0, 0.0), "page_count") == ()
