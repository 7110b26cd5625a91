"""Pages are constructed by their answers; `tests/extractor/api/test_products.py` reads drawn ones."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.stages.answer import Answer, Candidate, Outcome, Source, Status
from extractor.stages.fuse import fuse, seen_on
from extractor.stages.hypothesis import DISCOUNT
from extractor.stages.product import ProductAnswer, Stance
from extractor.stages.reason import Failure, Reason
from ocr.token import OcrToken
from rules.amount import Amount
from rules.ranker import log_odds

THRESHOLD = 0.4


def token(text):
    return OcrToken(text, ((0.0, 0.0), (9.0, 0.0), (9.0, 4.0), (0.0, 4.0)), 0.9)


def candidate(text, confidence, *contexts, line=None):
    number, _, unit = text.partition(" ")
    score = log_odds(confidence) - log_odds(THRESHOLD)
    features = tuple((context, 1.0) for context in contexts)
    line = line or text
    return Candidate(Amount(float(number), unit), score, confidence, line, features, (token(line),))


def says(*candidates, entity="width"):
    """The answer of a picture with these candidates, the best of them if it is worth answering."""
    best = max(candidates, key=lambda one: one.confidence)
    shown = tuple(sorted(candidates, key=lambda one: -one.confidence))
    if best.score <= 0:
        return Answer(entity, None, Reason.NOT_STATED, 1 - best.confidence, candidates=shown)
    return Answer(entity, best.amount, Reason.ANSWERED, best.confidence, evidence=best.evidence, candidates=shown)


def one(text, confidence, *contexts, line=None, entity="width"):
    return says(candidate(text, confidence, *contexts, line=line), entity=entity)


NOTHING = Answer("width", None, Reason.NO_CANDIDATE, 0.0)
UNREADABLE = Answer("width", None, Reason.DAMAGED, 0.0, source=None)


def of_answer(answer):
    """All that an answer of a single picture holds."""
    return {field.name: getattr(answer, field.name) for field in fields(Answer)}


def stances(answer):
    return [(statement.picture, str(statement.stance)) for statement in answer.statements]


def test_pictures_that_agree_raise_the_confidence_in_what_they_state():
    fused = fuse([one("30 centimetre", 0.8), one("30 centimetre", 0.7, line="W 30")])
    assert (fused.text, fused.status) == ("30.0 centimetre", Status.VERIFIED)
    assert 0.8 < fused.confidence < 1 - 0.2 * 0.3
    assert stances(fused) == [(0, "agrees"), (1, "agrees")]
    assert [statement.evidence[0].text for statement in fused.statements] == ["30 centimetre", "W 30"]
    assert fused.evidence == fused.statements[0].evidence


def test_any_number_of_pictures_counts_for_less_than_a_few_independent_ones():
    many = fuse([one("30 centimetre", 0.8, line=str(i)) for i in range(50)])
    odds, over_prior, further = 4, 4 * 3, 1 / (1 - DISCOUNT) - 1
    assert many.confidence / (1 - many.confidence) == pytest.approx(odds * over_prior**further)


@pytest.mark.parametrize("other", ["12 inch", "30.4 centimetre", "300 millimetre"])
def test_one_measure_in_two_units_or_rounded_agrees(other):
    fused = fuse([one("30 centimetre", 0.8), one(other, 0.7)])
    assert fused.text == "30.0 centimetre"
    assert stances(fused) == [(0, "agrees"), (1, "agrees")]


def test_pictures_that_contradict_each_other_lower_the_confidence_and_make_it_ambiguous():
    fused = fuse([one("30 centimetre", 0.9), one("40 centimetre", 0.8)])
    assert (fused.text, fused.status) == ("30.0 centimetre", Status.AMBIGUOUS)
    assert 0.5 < fused.confidence < 0.8
    assert stances(fused) == [(0, "agrees"), (1, "contradicts")]
    assert [str(found.amount) for found in fused.candidates] == ["30.0 centimetre", "40.0 centimetre"]


def test_two_pictures_outvote_a_surer_one():
    fused = fuse([one("30 centimetre", 0.75), one("40 centimetre", 0.8), one("30 centimetre", 0.7, line="W 30")])
    assert fused.text == "30.0 centimetre"
    assert fused.confidence < 0.75


def test_a_picture_that_knows_both_measures_objects_less():
    alone = fuse([one("30 centimetre", 0.8), one("40 centimetre", 0.7)])
    knows = says(candidate("40 centimetre", 0.7), candidate("30 centimetre", 0.6))
    assert fuse([one("30 centimetre", 0.8), knows]).confidence > alone.confidence


def test_a_candidate_that_its_picture_does_not_answer_is_no_contradiction():
    assert fuse([one("30 centimetre", 0.8), one("40 centimetre", 0.3)]).confidence == 0.8


def test_a_doubtful_amount_stays_doubtful_on_any_number_of_pictures():
    fused = fuse([one("100 kilogram", 0.2, line=str(i), entity="item_weight") for i in range(9)])
    assert (fused.text, fused.reason) == ("", "not_stated")


def test_amounts_just_below_the_threshold_are_answered_together():
    fused = fuse([one("30 centimetre", 0.38), one("30 centimetre", 0.37, line="W 30")])
    assert (fused.text, fused.reason, fused.detail) == ("30.0 centimetre", "answered", "several pictures agree")
    assert fused.confidence > THRESHOLD
    assert fused.evidence


@pytest.mark.parametrize(
    ("entity", "whole", "part"),
    [
        ("width", one("90 centimetre", 0.5), one("60 centimetre", 0.95, "part")),
        ("width", one("90 centimetre", 0.5, "overall"), one("30 centimetre", 0.95)),
        ("item_weight", one("500 gram", 0.5), one("700 gram", 0.95, "gross")),
        ("item_weight", one("500 gram", 0.5, "before_net", "gross"), one("700 gram", 0.9, "before_gross", "net")),
        ("item_weight", one("500 gram", 0.5), one("30 gram", 0.95, "serving")),
        ("wattage", one("9 watt", 0.5), one("60 watt", 0.95, "equivalent")),
    ],
)
def test_a_part_does_not_win_against_the_whole_of_another_picture(entity, whole, part):
    whole, part = (replace(answer, entity=entity) for answer in (whole, part))
    fused = fuse([part, whole])
    assert (fused.amount, fused.confidence) == (whole.amount, whole.confidence)
    assert fused.status is Status.LOW_CONFIDENCE
    assert stances(fused) == [(1, "agrees"), (0, "part")]


def test_a_part_stands_where_no_picture_states_the_whole():
    assert fuse([one("60 centimetre", 0.9, "part"), NOTHING]).text == "60.0 centimetre"
    assert fuse([one("60 centimetre", 0.9, "part"), one("90 centimetre", 0.3)]).text == "60.0 centimetre"


def test_an_unlikely_whole_does_not_push_a_part_aside():
    assert fuse([one("60 centimetre", 0.9, "part"), one("90 centimetre", 0.45)]).text == "60.0 centimetre"


def test_a_length_much_smaller_than_an_agreed_one_does_not_win():
    close_up = one("12 centimetre", 0.97)
    apart = fuse([one("90 centimetre", 0.6), close_up])
    agreed = fuse([one("90 centimetre", 0.6), close_up, one("90 centimetre", 0.55, line="W 90")])
    assert apart.text == "12.0 centimetre"
    assert agreed.text == "90.0 centimetre"
    assert (1, "part") in stances(agreed)


def test_a_small_voltage_is_no_part_of_a_large_one():
    fused = fuse(
        [one(f"{volts} volt", 0.8, line=line, entity="voltage") for volts, line in ((240, "a"), (240, "b"), (12, "c"))]
    )
    assert (2, "contradicts") in stances(fused)


def test_a_heading_tells_of_a_part_only_where_the_amount_stands_alone():
    whole = one("90 centimetre", 0.5)
    for contexts, winner in ((("part", "alone"), "90.0 centimetre"), (("part",), "60.0 centimetre")):
        features = tuple((name, 0.6 if name == "part" else 1.0) for name in contexts)
        below = replace(candidate("60 centimetre", 0.95), features=features)
        assert fuse([says(below), whole]).text == winner


def test_what_a_vlm_says_counts_as_its_picture_does():
    vlm = Answer("width", Amount(30.0, "centimetre"), Reason.ANSWERED, 0.7, Source.VLM, outcome=Outcome.VLM)
    fused = fuse([vlm, one("30 centimetre", 0.6)])
    assert fused.confidence > 0.7
    assert [statement.text for statement in fused.statements] == ["", "30 centimetre"]


def test_what_a_picture_thinks_absent_counts_no_more_than_it_allows():
    refused = replace(one("30 centimetre", 0.9), amount=None, reason=Reason.UNANSWERABLE, confidence=0.95, evidence=())
    assert fuse([refused, one("40 centimetre", 0.6)]).text == "40.0 centimetre"


def test_an_answer_that_is_not_allowed_is_no_evidence():
    invalid = replace(one("30 centimetre", 0.9), amount=None, reason=Reason.INVALID_ANSWER, confidence=0.0)
    assert fuse([invalid, one("40 centimetre", 0.6)]).confidence == 0.6


@pytest.mark.parametrize(
    ("pictures", "reason"),
    [
        ([UNREADABLE, UNREADABLE], "damaged"),
        ([UNREADABLE, NOTHING], "no_candidate"),
        ([replace(NOTHING, reason=Reason.NO_TEXT), NOTHING], "no_candidate"),
        ([UNREADABLE, replace(NOTHING, reason=Reason.NO_TEXT)], "no_text"),
    ],
)
def test_an_empty_answer_has_the_reason_that_tells_most(pictures, reason):
    for order in (pictures, pictures[::-1]):
        fused = fuse(order)
        assert (fused.text, fused.reason, fused.statements) == ("", reason, ())


def test_the_title_is_one_more_source_and_has_no_place():
    title = replace(one("30 centimetre", 0.55), source=Source.TITLE, evidence=())
    alone = fuse([NOTHING], title)
    assert (alone.text, alone.source, stances(alone)) == ("30.0 centimetre", "title", [(None, "agrees")])
    both = fuse([one("30 centimetre", 0.5)], title)
    assert both.confidence > 0.55
    assert (both.source, stances(both)) == ("ocr", [(0, "agrees"), (None, "agrees")])
    assert fuse([one("40 centimetre", 0.9)], title).confidence < 0.9


def test_a_row_sees_the_tokens_of_its_own_picture_alone():
    pictures = [one("30 centimetre", 0.9), one("12 inch", 0.8), one("40 centimetre", 0.5), NOTHING]
    fused = fuse(pictures)
    seen = [seen_on(i, own, fused) for i, own in enumerate(pictures)]
    assert {answer.text for answer in seen} == {"30.0 centimetre"}
    assert [[found.text for found in answer.evidence] for answer in seen] == [["30 centimetre"], ["12 inch"], [], []]
    shown = [[found.text for one in answer.candidates for found in one.evidence] for answer in seen]
    assert shown == [["30 centimetre"], ["12 inch"], ["40 centimetre"], []]


def test_a_product_answer_survives_json():
    fused = fuse([one("30 centimetre", 0.9), one("40 centimetre", 0.8)])
    assert ProductAnswer.from_json(fused.to_json()) == fused
    assert Answer.from_json(fused.to_json()).text == fused.text


# Properties

AMOUNTS = st.sampled_from(["10 centimetre", "10.1 centimetre", "10.3 centimetre", "4 inch", "25 centimetre", "60 inch"])
CANDIDATES = st.builds(
    lambda text, confidence, contexts, line: candidate(text, confidence, *contexts, line=line),
    AMOUNTS,
    st.sampled_from([0.001, 0.1, 0.25, 0.39, 0.41, 0.6, 0.8, 0.99, 0.999999]),
    st.sets(st.sampled_from(["part", "overall", "alone"])).map(sorted),
    st.sampled_from(["a", "b", "c"]),
)
READ = st.lists(CANDIDATES, min_size=1, max_size=4, unique_by=lambda found: found.amount).map(lambda all_: says(*all_))
PICTURES = st.lists(READ | st.just(NOTHING) | st.just(UNREADABLE), min_size=1, max_size=5)


def test_pictures_that_differ_in_words_around_an_amount_alone_have_an_order():
    one_of_a_part = says(candidate("10 centimetre", 0.001, "part", line="a"))
    plain = says(candidate("10 centimetre", 0.001, line="a"))
    assert of_answer(fuse([one_of_a_part, plain])) == of_answer(fuse([plain, one_of_a_part]))


@given(PICTURES, st.none() | READ, st.randoms())
def test_the_order_of_the_pictures_does_not_matter(pictures, title, random):
    shuffled = random.sample(pictures, len(pictures))
    fused, again = fuse(pictures, title), fuse(shuffled, title)
    assert of_answer(again) == of_answer(fused)


@given(PICTURES, st.none() | READ, st.data())
def test_a_copy_of_a_picture_adds_nothing(pictures, title, data):
    copied = data.draw(st.sampled_from(pictures))
    assert fuse([*pictures, copied], title) == fuse(pictures, title)


@given(PICTURES, st.none() | READ, st.sampled_from([0.41, 0.6, 0.95, 1.0]))
def test_a_picture_that_agrees_never_lowers_the_confidence(pictures, title, confidence):
    before = fuse(pictures, title)
    if before.amount is not None:
        chosen = Candidate(before.amount, 1.0, confidence, "new")
        agreeing = Answer("width", before.amount, Reason.ANSWERED, confidence, candidates=(chosen,))
        after = fuse([*pictures, agreeing], title)
        assert after.confidence >= before.confidence
        assert after.amount is not None


@given(PICTURES.filter(lambda found: any(one.candidates for one in found)), st.sampled_from([NOTHING, UNREADABLE]))
def test_a_picture_without_candidates_changes_nothing(pictures, empty):
    assert fuse([*pictures, empty]) == fuse(pictures)


@given(READ | st.just(NOTHING) | st.just(UNREADABLE))
def test_one_picture_without_a_title_has_its_very_answer(answer):
    assert of_answer(fuse([answer])) == of_answer(answer)


@given(PICTURES, st.none() | READ)
def test_every_answer_is_sound(pictures, title):
    fused = fuse(pictures, title)
    assert 0 <= fused.confidence <= 1
    assert (fused.reason == "answered") is (fused.amount is not None)
    assert all(0 <= found.confidence <= 1 for found in fused.candidates)
    if fused.amount is not None:
        assert fused.statements[0].stance is Stance.AGREES
        assert fused.statements[0].amount == fused.amount
    if any(one.amount for one in [*pictures, *([title] if title else [])]):
        assert fused.amount is not None


def test_a_failure_is_a_source_without_a_word():
    failure = Failure(Reason.DAMAGED, "broken")
    broken = Answer("width", None, failure.reason, 0.0, source=None, detail=failure.detail)
    assert of_answer(fuse([broken])) == of_answer(broken)
