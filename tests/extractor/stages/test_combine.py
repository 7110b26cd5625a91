from dataclasses import replace

import pytest

from extractor.stages.answer import Answer, Candidate, Outcome
from extractor.stages.combine import HybridPolicy, combine
from extractor.stages.reason import Failure, Reason
from ocr.token import OcrToken
from rules.amount import Amount
from rules.sanity import prediction_fault
from vlm.answer import VlmAnswer

TOKEN = OcrToken("250 g", ((0.0, 0.0), (9.0, 0.0), (9.0, 4.0), (0.0, 4.0)), 0.9)
NOTHING = Answer("", None, Reason.NO_CANDIDATE, 0.0)
ABSENT = VlmAnswer("unanswerable", 0.9, 0.9)


def amount(text):
    number, _, unit = text.partition(" ")
    return Amount(float(number), unit)


def rules_say(prediction, confidence=0.8, others=()):
    candidates = tuple(Candidate(amount(text), 1.0, 0.5, text) for text in (prediction, *others))
    return Answer("", amount(prediction), Reason.ANSWERED, confidence, evidence=(TOKEN,), candidates=candidates)


def decide(entity, rules, vlm=None, policy=HybridPolicy()):  # noqa: B008
    return combine(replace(rules, entity=entity), vlm, policy)


def vlm_says(text, confidence=0.7, unanswerable=0.05):
    return VlmAnswer(text, confidence, unanswerable)


def made(decision):
    return decision.text, decision.outcome


@pytest.mark.parametrize(
    ("entity", "ocr", "vlm", "expected"),
    [
        ("item_weight", rules_say("250.0 gram"), None, ("250.0 gram", "ocr")),
        ("item_weight", NOTHING, None, ("", "abstain")),
        ("item_weight", rules_say("250.0 gram"), vlm_says("250 gram"), ("250.0 gram", "agree")),
        ("item_weight", rules_say("250.0 gram"), vlm_says("250.2 gram"), ("250.0 gram", "agree")),
        ("item_weight", rules_say("250.0 gram"), vlm_says("8.8 ounce"), ("250.0 gram", "agree")),
        ("width", rules_say("10.0 inch"), vlm_says("25.4 cm"), ("10.0 inch", "agree")),
        ("item_weight", NOTHING, vlm_says("250 gram"), ("250.0 gram", "vlm")),
        ("width", NOTHING, vlm_says("5 dm"), ("50.0 centimetre", "vlm_converted")),
        (
            "width",
            rules_say("4.0 inch", 0.3, ["50.0 centimetre"]),
            vlm_says("5 dm"),
            ("50.0 centimetre", "vlm_converted"),
        ),
        ("item_weight", rules_say("250.0 gram"), vlm_says("many"), ("250.0 gram", "ocr_fallback")),
        ("item_weight", rules_say("250.0 gram"), vlm_says("5 volt"), ("250.0 gram", "ocr_fallback")),
        ("item_weight", rules_say("250.0 gram"), vlm_says(""), ("250.0 gram", "ocr_fallback")),
        ("item_weight", rules_say("250.0 gram"), Failure(Reason.VLM_FAILED, "x"), ("250.0 gram", "ocr_fallback")),
        ("item_weight", NOTHING, vlm_says("many"), ("", "abstain")),
        ("item_weight", NOTHING, Failure(Reason.VLM_FAILED, "x"), ("", "abstain")),
        ("item_weight", NOTHING, ABSENT, ("", "abstain")),
        ("item_weight", rules_say("250.0 gram", 0.95), ABSENT, ("250.0 gram", "ocr_over_unanswerable")),
        ("item_weight", rules_say("250.0 gram", 0.6), ABSENT, ("", "abstain")),
        (
            "item_weight",
            rules_say("250.0 gram", 0.5, ["2.0 pound"]),
            vlm_says("2 pound", 0.6),
            ("2.0 pound", "vlm_over_ocr"),
        ),
        (
            "item_weight",
            rules_say("250.0 gram", 0.7, ["2.0 pound"]),
            vlm_says("2 pound", 0.6),
            ("250.0 gram", "ocr_over_vlm"),
        ),
        (
            "item_weight",
            rules_say("250.0 gram", 0.6, ["2.0 pound"]),
            vlm_says("2 pound", 0.6),
            ("250.0 gram", "ocr_over_vlm"),
        ),
    ],
)
def test_every_outcome(entity, ocr, vlm, expected):
    decision = decide(entity, ocr, vlm)
    assert made(decision) == expected
    assert 0 <= decision.confidence <= 1
    assert prediction_fault(decision.text, entity) is None
    assert (decision.reason == "answered") is bool(decision.text)
    assert bool(decision.evidence) is (bool(decision.text) and "ocr" in decision.source)
    assert decision.vlm == (vlm if isinstance(vlm, VlmAnswer) else None)


def test_agreement_raises_and_contradiction_lowers_confidence():
    ocr = rules_say("250.0 gram", 0.6, ["2.0 pound"])
    assert decide("item_weight", ocr, vlm_says("250 gram", 0.7)).confidence > 0.7
    assert decide("item_weight", ocr, vlm_says("2 pound", 0.7)).confidence < 0.7
    assert decide("item_weight", ocr, vlm_says("2 pound", 0.5)).confidence < 0.6
    assert decide("item_weight", rules_say("250.0 gram", 0.99), ABSENT).confidence < 0.99


@pytest.mark.parametrize(("one", "other"), [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)])
def test_extreme_confidences_stay_probabilities(one, other):
    for text in ("250 gram", "2 pound", "unanswerable"):
        decision = decide("item_weight", rules_say("250.0 gram", one), VlmAnswer(text, other, other))
        assert 0 <= decision.confidence <= 1


@pytest.mark.parametrize(
    ("vlm", "reason", "said"),
    [
        (vlm_says("many"), "vlm_rejected", "no_number: the VLM said 'many'"),
        (Failure(Reason.VLM_FAILED, "out of memory"), "vlm_failed", "out of memory"),
        (ABSENT, "unanswerable", "the rules: no_candidate"),
        (vlm_says("250 gram", 0.2, 0.6), "vlm_unsure", "the VLM says 250.0 gram with confidence 0.20"),
    ],
)
def test_an_empty_answer_says_why(vlm, reason, said):
    decision = decide("item_weight", NOTHING, vlm)
    assert (decision.outcome, decision.reason) == (Outcome.ABSTAIN, reason)
    assert said in decision.detail


def test_a_fallback_says_what_the_vlm_failed_by():
    decision = decide("item_weight", rules_say("250.0 gram"), vlm_says("5 volt"))
    assert decision.detail.startswith("wrong_unit")


@pytest.mark.parametrize(
    ("vlm", "expected"),
    [
        (vlm_says("2 pound", 0.1), ("2.0 pound", "vlm")),
        (vlm_says("many"), ("", "abstain")),
        (ABSENT, ("", "abstain")),
        (Failure(Reason.VLM_FAILED, "x"), ("", "abstain")),
        (vlm_says("2 pound", 0.1, 0.8), ("", "abstain")),
    ],
)
def test_without_fallback_the_rules_have_no_say(vlm, expected):
    assert made(decide("item_weight", rules_say("250.0 gram", 0.99), vlm, HybridPolicy(fallback=False))) == expected


def test_an_edge_makes_it_harder_for_the_vlm_to_win_on_that_entity_alone():
    policy = HybridPolicy(margins=(("width", 0.3),))
    for entity, right in (("width", "ocr_over_vlm"), ("height", "vlm_over_ocr")):
        ocr = rules_say("10.0 inch", 0.5, ["20.0 inch"])
        assert decide(entity, ocr, vlm_says("20 inch", 0.7), policy).outcome == right


def test_an_answer_that_no_candidate_supports_counts_less():
    vlm = vlm_says("20 inch", 0.7)
    assert decide("width", rules_say("10.0 inch", 0.5, ["20.0 inch"]), vlm).outcome == "vlm_over_ocr"
    assert decide("width", rules_say("10.0 inch", 0.5), vlm).outcome == "ocr_over_vlm"


def test_where_the_rules_read_nothing_that_fits_the_vlm_must_be_surer():
    vlm = vlm_says("20 inch", 0.3)
    assert decide("width", Answer("", None, Reason("no_text"), 0.0), vlm).outcome == "vlm"
    assert decide("width", Answer("", None, Reason("no_candidate"), 0.0), vlm).outcome == "abstain"


@pytest.mark.parametrize(("f1", "not_stated"), [(0.9, 0.3), (0.6, 0.5), (0.95, 0.9)])
def test_answering_pays_exactly_where_it_raises_f1(f1, not_stated):
    """Adds to 1,000 rows of this F1 one row that is answered, or left empty, many times over."""
    policy = HybridPolicy(expected_f1=f1)
    threshold = f1 * not_stated / (2 - f1)

    def f1_after(tp, wrong):
        base = 1000.0
        return (2 * f1 * base / 2 + 2 * tp) / (base + 2 * tp + wrong)

    for confidence in (threshold - 0.01, threshold + 0.01):
        answered = f1_after(confidence, 1 - confidence)
        left_empty = f1_after(0.0, 1 - not_stated)
        assert policy.improves_f1(confidence, not_stated) is (answered > left_empty)


@pytest.mark.parametrize(
    ("value", "unit"), [(1e400, "gram"), (5.0, "volt"), (5.0, "gram\nx"), (5.0, "gramme"), (float("nan"), "gram")]
)
def test_an_answer_that_is_not_allowed_is_emptied_and_the_evidence_kept(value, unit):
    rules = Answer("item_weight", Amount(value, unit), Reason.ANSWERED, 0.9, evidence=(TOKEN,))
    answer = combine(rules)
    assert (answer.text, answer.reason, answer.evidence) == ("", "invalid_answer", (TOKEN,))
    assert "not allowed" in answer.detail


@pytest.mark.parametrize("rules", [NOTHING, rules_say("5.0 gram")])
def test_an_allowed_answer_is_left_as_it_is(rules):
    answer = decide("item_weight", rules)
    assert (answer.text, answer.reason, answer.confidence) == (rules.text, rules.reason, rules.confidence)


@pytest.mark.parametrize(
    ("rules", "vlm", "expected"),
    [
        (rules_say("250.0 gram", 0.9), vlm_says("3 gram", 0.1), ("3.0 gram", "vlm")),
        (rules_say("250.0 gram", 0.9), vlm_says("8.8 ounce", 0.1), ("8.8 ounce", "vlm")),
        (rules_say("250.0 gram", 0.9), vlm_says("2 stone", 0.1), ("28.0 pound", "vlm_converted")),
        (rules_say("250.0 gram", 0.9), vlm_says("3 volt", 0.9), ("250.0 gram", "ocr_fallback")),
        (rules_say("250.0 gram", 0.9), Failure(Reason.VLM_FAILED, "x"), ("250.0 gram", "ocr_fallback")),
        (rules_say("250.0 gram", 0.9), ABSENT, ("", "abstain")),
        (NOTHING, vlm_says("3 gram", 0.1), ("3.0 gram", "vlm")),
        (NOTHING, vlm_says("3 volt", 0.9), ("", "abstain")),
    ],
)
def test_reader_first_takes_the_rules_answer_after_a_rejection_alone(rules, vlm, expected):
    assert made(decide("item_weight", rules, vlm, HybridPolicy(reader_first=True))) == expected
