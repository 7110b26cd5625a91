"""Verdicts as a table of cases, and suspicion as a function of what is known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.review.audit import audit
from extractor.review.peers import Peers
from extractor.review.suspicion import odds_of_absence, odds_of_match, odds_of_size, suspicion
from extractor.review.verdicts import NOT_STATED, SUSPICIOUS_FROM, Verdict
from extractor.stages.answer import Answer, Candidate, failed
from extractor.stages.reason import Failure, Reason
from extractor.tables.labels import parse_gold_label, parse_label
from extractor.tables.rows import Row
from ocr.token import OcrToken
from rules.amount import Amount
from rules.entities import Entity, EntityTable
from rules.normalise import normalise

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 4.0), (0.0, 4.0))
AROUND_ONE_KILOGRAM = Peers(20, 3.0, 0.3)

AGREES, OTHER_UNIT, OTHER_VALUE = Verdict.AGREES, Verdict.OTHER_UNIT, Verdict.OTHER_VALUE
ABSENT, BAD_UNIT, RANGE, ABSURD = Verdict.NOT_IN_PICTURE, Verdict.UNIT_NOT_ALLOWED, Verdict.RANGE, Verdict.ABSURD


def answer_of(entity, text, confidence=0.95, candidates=()):
    """An answer `text`, "" for none, with candidates as (text, confidence)."""
    found = [(text, confidence)] if text else []
    token = OcrToken(f"printed {text}", BOX, 0.9)
    of_page = tuple(
        Candidate(normalise(one, entity), 0.0, sure, f"printed {one}", (), (token,))
        for one, sure in [*found, *candidates]
    )
    if not text:
        reason = Reason.NOT_STATED if candidates else Reason.NO_CANDIDATE
        return Answer(entity, None, reason, 0.0, candidates=of_page)
    amount = normalise(text, entity)
    return Answer(entity, amount, Reason.ANSWERED, confidence, evidence=(token,), candidates=of_page)


def audited(label, answer, peers=None):
    row = Row("1", "a.jpg", "7", answer.entity)
    return audit(row, parse_label(label), answer, peers)


def weight(text, confidence=0.95, candidates=()):
    return answer_of("item_weight", text, confidence, candidates)


CASES = [
    # label, answer, peers, verdict, suspicious, suggestion
    ("34.0 gram", weight("34 gram"), None, AGREES, False, ""),
    ("34 gram", weight("34.01 gram"), None, AGREES, False, ""),
    ("1,000.0 gram", weight("1000 gram"), None, AGREES, False, ""),
    ("500.0 gram", weight("0.5 kilogram"), None, OTHER_UNIT, False, ""),
    ("1.1 pound", weight("500 gram"), None, OTHER_UNIT, False, ""),
    ("500.0 gram", weight("34 gram"), None, OTHER_VALUE, True, "34.0 gram"),
    ("34.0 kilogram", weight("34 gram"), None, OTHER_VALUE, True, "34.0 gram"),
    ("500.0 gram", weight("34 gram", 0.5, [("500 gram", 0.4)]), None, AGREES, False, ""),
    ("0.5 kilogram", weight("34 gram", 0.5, [("500 gram", 0.4)]), None, OTHER_UNIT, False, ""),
    ("500.0 gram", weight("34 gram", 0.99, [("500 gram", 0.01)] + [(f"{n} gram", 0.0) for n in range(1, 5)]), None,
     AGREES, False, ""),
    ("500.0 gram", weight(""), None, ABSENT, True, NOT_STATED),
    ("500.0 gram", weight("", 0.0, [("34 gram", 0.2)]), None, ABSENT, True, NOT_STATED),
    ("500.0 gram", weight("", 0.0, [("500 gram", 0.3)]), None, AGREES, False, ""),
    ("3.0 candela", weight("34 gram"), None, BAD_UNIT, True, "34.0 gram"),
    ("3.0 candela", weight(""), None, BAD_UNIT, True, NOT_STATED),
    ("heavy", weight("34 gram"), None, BAD_UNIT, True, "34.0 gram"),
    ("0.001 tonne", weight("1 kilogram"), None, BAD_UNIT, True, "1.0 kilogram"),
    ("5.0 carat", weight(""), None, BAD_UNIT, True, NOT_STATED),
    ("1.0 horsepower", answer_of("wattage", "745.7 watt"), None, BAD_UNIT, True, "745.6998716 watt"),
    ("[100.0, 240.0] volt", answer_of("voltage", "240 volt"), None, RANGE, False, "240.0 volt"),
    ("[100.0, 240.0] volt", answer_of("voltage", "100 volt"), None, RANGE, False, "240.0 volt"),
    ("10 kilogram to 15 kilogram", weight("15 kilogram"), None, RANGE, False, "15.0 kilogram"),
    ("10 kilogram to 15 kilogram", weight("34 gram"), None, RANGE, True, "34.0 gram"),
    ("10 candela to 15 candela", weight("34 gram"), None, BAD_UNIT, True, "34.0 gram"),
    ("90.0 ton", weight(""), AROUND_ONE_KILOGRAM, ABSURD, True, NOT_STATED),
    ("90.0 ton", weight("1 kilogram"), AROUND_ONE_KILOGRAM, ABSURD, True, "1.0 kilogram"),
    ("90.0 ton", weight("90 ton"), AROUND_ONE_KILOGRAM, AGREES, False, ""),
    ("0.5 kilogram", weight(""), AROUND_ONE_KILOGRAM, ABSENT, True, NOT_STATED),
    ("9999999.0 ton", weight(""), None, ABSURD, True, NOT_STATED),
    ("0.0 gram", weight("34 gram"), None, ABSURD, True, "34.0 gram"),
    ("-5.0 gram", weight(""), None, ABSURD, True, NOT_STATED),
    ("", weight("34 gram"), None, OTHER_VALUE, True, "34.0 gram"),
    ("", weight(""), None, AGREES, False, ""),
    ("", weight("", 0.0, [("34 gram", 0.2)]), None, AGREES, False, ""),
]  # fmt: skip


@pytest.mark.parametrize(("label", "answer", "peers", "verdict", "suspicious", "suggestion"), CASES)
def test_verdicts(label, answer, peers, verdict, suspicious, suggestion):
    found = audited(label, answer, peers)
    assert (found.verdict, found.suspicious, found.suggestion) == (verdict, suspicious, suggestion)
    assert found.reason


SCREEN = Entity("screen_size", ("inch", "centimetre"), ("screen",), (Amount(1.0, "inch"), Amount(200.0, "inch")))


@pytest.mark.parametrize(
    ("label", "verdict"),
    [("27.0 inch", AGREES), ("68.58 centimetre", OTHER_UNIT), ("24.0 inch", OTHER_VALUE), ("27.0 kilogram", BAD_UNIT),
     ("2700.0 inch", ABSURD)],
)  # fmt: skip
def test_an_entity_of_the_users_own_is_audited_by_its_table(label, verdict):
    answer = Answer("screen_size", Amount(27.0, "inch"), Reason.ANSWERED, 0.9)
    row = Row("1", "a.jpg", "7", "screen_size")
    assert audit(row, parse_label(label), answer, None, EntityTable((SCREEN,))).verdict is verdict


def test_every_verdict_has_a_case():
    assert {case[3] for case in CASES} | {Verdict.NO_PICTURE} == set(Verdict)


def test_a_picture_that_is_missing_leaves_the_label_as_suspicious_as_any():
    (answer,) = failed(["item_weight"], Failure(Reason.PICTURE_MISSING, "no such file: a.jpg"))
    found = audited("34.0 gram", answer)
    assert (found.verdict, found.suspicious, found.suggestion) == (Verdict.NO_PICTURE, False, "")
    assert "no such file: a.jpg" in found.reason
    assert audited("34.0 candela", answer).suspicious


def test_a_label_with_other_accepted_answers_is_no_range():
    row = Row("1", "a.jpg", "", "voltage")
    found = audit(row, parse_gold_label("240.0 volt", "100 volt"), answer_of("voltage", "100 volt"))
    assert found.verdict is Verdict.AGREES


def test_reasons_quote_the_picture():
    assert audited("500.0 gram", weight("34 gram")).reason == "the picture states 34.0 gram (“printed 34 gram”)"
    assert "about 0.0011 ton" in audited("90.0 ton", weight(""), AROUND_ONE_KILOGRAM).reason


shares = st.floats(0, 1)
ordered = st.tuples(shares, shares).map(sorted)


@settings(max_examples=50)
@given(ordered, st.integers(1, 12))
def test_a_likelier_candidate_makes_its_label_no_more_suspicious(confidences, candidates):
    low, high = confidences
    assert suspicion(odds_of_match(high, candidates)) <= suspicion(odds_of_match(low, candidates))


@settings(max_examples=50)
@given(ordered)
def test_a_surer_other_answer_makes_a_label_no_less_suspicious(confidences):
    low, high = confidences
    assert suspicion(odds_of_absence(high)) >= suspicion(odds_of_absence(low))


@settings(max_examples=50)
@given(shares, shares, st.integers(1, 12))
def test_a_label_in_the_picture_is_less_suspicious_than_one_that_is_not(of_match, of_other, candidates):
    assert suspicion(odds_of_match(of_match, candidates)) < suspicion(odds_of_absence(of_other))


@settings(max_examples=50)
@given(st.tuples(st.floats(0, 30), st.floats(0, 30)).map(sorted))
def test_a_size_farther_off_makes_a_label_no_less_suspicious(distances):
    near, far = (suspicion(odds_of_size(3.0 + distance, AROUND_ONE_KILOGRAM)) for distance in distances)
    assert near <= far


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1e9), max_size=4))
def test_suspicion_is_a_probability(odds):
    assert 0 < suspicion(*odds) < 1


def test_the_threshold_is_even_odds():
    assert suspicion(27 / 73) == pytest.approx(SUSPICIOUS_FROM)
