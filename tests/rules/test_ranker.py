"""Rankers by name and from files; scores and probabilities that fit together; the shipped ranker."""

from __future__ import annotations

import json
import math
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.constants import ENTITIES
from rules.features import Features
from rules.ranker import (
    FORMAT,
    HAND_SET,
    LEARNED,
    READABLE_FORMATS,
    VERIFIED_FROM,
    EntityModel,
    HandSetRanker,
    LearnedRanker,
    Ranker,
    WithOwn,
    log_odds,
    logistic,
    ranker_name,
    ranker_of,
    verified_from,
    with_question,
)
from rules.trees import TreeModel
from rules.weight_table import FEATURE_WEIGHT

SHIPPED = files("rules").joinpath("ranker.json")
FACT = "net"
"""A feature whose learned contribution in `small_ranker` is -1 up to 0.5 and 1 above."""


def small_ranker() -> dict[str, Any]:
    """A ranker as JSON: log-odds are 0.25 -1 or +1 by FACT; a new one each time, for tests to change."""
    trees = {"features": [FACT], "bias": 0.25, "trees": [[[0, 0.5, 1, 2], -1.0, 1.0]]}
    model = {"trees": "all", "slope": 2.0, "shift": 0.5, "threshold": 0.2}
    return {"format": FORMAT, "trees": {"all": trees}, "entities": {entity: dict(model) for entity in ENTITIES}}


def read(data: Any) -> LearnedRanker:
    return LearnedRanker.from_json(json.dumps(data))


@pytest.mark.parametrize(("features", "raw"), [((), -0.75), (((FACT, 0.5),), -0.75), (((FACT, 0.6),), 1.25)])
@pytest.mark.parametrize("entity", ENTITIES)
def test_a_score_is_calibrated_log_odds_above_the_threshold(entity: str, features: Features, raw: float) -> None:
    ranker = read(small_ranker())
    calibrated = 2.0 * raw + 0.5
    (score,) = ranker.scores([features], entity)
    assert score == pytest.approx(calibrated - log_odds(0.2))
    assert ranker.probability(score, entity) == pytest.approx(logistic(calibrated))


def test_each_entity_has_its_own_calibration() -> None:
    data = small_ranker()
    data["entities"]["width"]["shift"] = 3.0
    ranker = read(data)
    assert ranker.scores([()], "width")[0] - ranker.scores([()], "height")[0] == pytest.approx(2.5)


def test_priors_are_of_the_entities_that_have_one() -> None:
    ranker = read(small_ranker() | {"priors": {"depth": {"vases": 1.5}}})
    assert ranker.prior_features("vases", (), "depth") == (("group_states", 1.5),)
    assert ranker.prior_features("lamps", (), "depth") == ranker.prior_features("vases", (), "width") == ()


def test_looks_are_of_the_entities_that_have_one() -> None:
    ranker = read(small_ranker() | {"looks": {"depth": {"looks_stated": [0.25, 1.0]}}})
    assert ranker.prior_features("", (0.5,), "depth") == (("looks_stated", 0.75),)
    assert ranker.prior_features("", (), "depth") == ranker.prior_features("", (0.5,), "width") == ()


@pytest.mark.parametrize(
    "looks", [[], {"depth": 1.0}, {"depth": {"looks_stated": 1.0}}, {"depth": {"looks_stated": [1e999]}}]
)
def test_looks_of_another_form_are_refused(looks: object) -> None:
    with pytest.raises(ValueError, match=r"ranker|finite"):
        read(small_ranker() | {"looks": looks})


def test_rankers_of_the_format_without_priors_are_read() -> None:
    assert read(small_ranker() | {"format": 1}).prior_features("vases", (), "depth") == ()


@pytest.mark.parametrize("priors", [[], {"depth": 1.0}, {"depth": {"vases": "often"}}, {"depth": {"vases": 1e999}}])
def test_priors_of_another_form_are_refused(priors: object) -> None:
    with pytest.raises(ValueError, match=r"ranker|finite|convert"):
        read(small_ranker() | {"priors": priors})


def test_the_trees_get_the_entity_and_the_hand_set_score() -> None:
    facts = with_question(((FACT, 0.5),), "item_weight")
    (hand_set,) = HandSetRanker().scores([((FACT, 0.5),)], "item_weight")
    assert facts == {FACT: 0.5, "asked_item_weight": 1.0, "hand_set": hand_set}


def _without(entity: str) -> dict[str, Any]:
    data = small_ranker()
    del data["entities"][entity]
    return data


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_ranker_without_an_entity_is_refused(entity: str) -> None:
    with pytest.raises(ValueError, match=f"no model for {entity}"):
        read(_without(entity))


def _with(name: str, value: Any) -> dict[str, Any]:
    data = small_ranker()
    data["entities"]["depth"][name] = value
    return data


BAD = {
    "a list": [],
    "a number": 1,
    "nothing": {},
    "no trees": {"format": FORMAT, "entities": {}},
    "no entities": {"format": FORMAT, "trees": {}},
    "lists": {"format": FORMAT, "trees": [], "entities": []},
    "a list of entities": small_ranker() | {"entities": []},
    "an entity that is none": _with("trees", "all") | {"entities": dict.fromkeys(ENTITIES, 3)},
    "trees that are none": small_ranker() | {"trees": {"all": {}}},
    "unknown trees": _with("trees", "none"),
    "no slope": _with("slope", None),
    "a slope of text": _with("slope", "steep"),
    "an endless slope": _with("slope", float("inf")),
    "a slope too large": _with("slope", 10**400),
    "a shift that is no number": _with("shift", float("nan")),
    "a threshold of 0": _with("threshold", 0.0),
    "a threshold of 1": _with("threshold", 1.0),
    "a threshold that is no number": _with("threshold", float("nan")),
    "verified from 0 on": _with("verified_from", 0.0),
    "verified from more than 1 on": _with("verified_from", 1.01),
    "verified from no number on": _with("verified_from", float("nan")),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_bad_rankers_are_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(data)


@pytest.mark.parametrize("ranker", [read(_with("verified_from", 0.9)), WithOwn(read(_with("verified_from", 0.9)))])
def test_a_ranker_says_from_which_confidence_on_its_answers_can_be_used(ranker: Ranker) -> None:
    assert verified_from(ranker, "depth") == 0.9
    assert verified_from(ranker, "width") == VERIFIED_FROM


def test_of_other_rankers_and_entities_nothing_is_known() -> None:
    own = WithOwn(read(_with("verified_from", 0.9)))
    assert verified_from(own, "screen_size") == verified_from(HandSetRanker(), "depth") == VERIFIED_FROM


def test_another_format_says_what_to_do() -> None:
    with pytest.raises(ValueError, match=rf"format is {FORMAT + 1}, not {FORMAT}; fit it again"):
        read(small_ranker() | {"format": FORMAT + 1})


@pytest.mark.parametrize("text", ["", "{", "width"])
def test_bad_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        LearnedRanker.from_json(text)


def test_rankers_by_name(tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text(json.dumps(small_ranker()), encoding="utf-8")
    own = ranker_of(str(file))
    assert isinstance(ranker_of(HAND_SET), HandSetRanker)
    assert isinstance(ranker_of("none"), HandSetRanker)
    assert isinstance(ranker_of(LEARNED), LearnedRanker)
    assert isinstance(own, LearnedRanker)
    assert own.scores([()], "width") == read(small_ranker()).scores([()], "width")


def test_other_spellings_of_a_name() -> None:
    assert HAND_SET == ranker_name("hand-set") == ranker_name("none")
    assert ranker_name(LEARNED) == LEARNED
    assert ranker_name("own.json") == "own.json"


def test_unreadable_and_bad_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="absent"):
        ranker_of(str(tmp_path / "absent.json"))
    (tmp_path / "picture.json").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(ValueError, match=r"."):
        ranker_of(str(tmp_path / "picture.json"))


def test_only_the_hand_set_ranker_is_exclusive() -> None:
    assert ranker_of(HAND_SET).exclusive
    assert not ranker_of(LEARNED).exclusive


RANKERS = [ranker_of(HAND_SET), ranker_of(LEARNED)]
scores = st.floats(-20, 20)


@pytest.mark.parametrize("ranker", RANKERS, ids=[HAND_SET, LEARNED])
@given(st.sampled_from(ENTITIES), scores, scores)
def test_probabilities_rise_with_the_score(ranker: Ranker, entity: str, one: float, other: float) -> None:
    low, high = sorted(ranker.probability(s, entity) for s in (one, other))
    assert 0 <= low <= high <= 1
    if abs(one - other) > 0.01:
        assert (ranker.probability(one, entity) < ranker.probability(other, entity)) == (one < other)


names = sorted({name for weights in FEATURE_WEIGHT.values() for name in weights})
facts = st.dictionaries(st.sampled_from(names), st.floats(-3, 3)).map(lambda values: tuple(sorted(values.items())))


@pytest.mark.parametrize("ranker", RANKERS, ids=[HAND_SET, LEARNED])
@given(st.sampled_from(ENTITIES), facts)
def test_any_features_have_a_score(ranker: Ranker, entity: str, features: Features) -> None:
    (score,) = ranker.scores([features], entity)
    assert math.isfinite(score)
    assert 0 < ranker.probability(score, entity) < 1


def _shipped_models() -> dict[str, EntityModel]:
    data = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return {
        entity: EntityModel(TreeModel.from_json(data["trees"][m["trees"]]), m["slope"], m["shift"], m["threshold"])
        for entity, m in data["entities"].items()
    }


def test_the_shipped_ranker_ranks_every_entity_in_rising_order() -> None:
    models = _shipped_models()
    assert models.keys() == set(ENTITIES)
    assert all(model.slope > 0 for model in models.values())
    assert all(model.trees.trees for model in models.values())


def test_the_shipped_ranker_is_readable_and_small() -> None:
    assert json.loads(SHIPPED.read_text(encoding="utf-8"))["format"] in READABLE_FORMATS
    assert len(SHIPPED.read_bytes()) <= 1_000_000


def test_a_score_of_0_has_the_probability_of_the_threshold() -> None:
    ranker = ranker_of(LEARNED)
    for entity, model in _shipped_models().items():
        assert ranker.probability(0.0, entity) == pytest.approx(model.threshold)


@given(st.floats(0.001, 0.999))
def test_log_odds_undo_the_logistic_function(p: float) -> None:
    assert logistic(log_odds(p)) == pytest.approx(p)


@pytest.mark.parametrize("x", [1e9, -1e9, math.inf, -math.inf])
def test_the_logistic_function_takes_any_number(x: float) -> None:
    assert logistic(x) == pytest.approx(float(x > 0))
