import math
import pickle

import pytest

from extractor.stages.answer import AMBIGUOUS_FROM, VERIFIED_FROM, Answer, Candidate, failed
from extractor.stages.reason import Failure, PictureUnusableError, Reason
from rules.amount import Amount


def answer(amount, confidence=0.9, rivals=()):
    candidates = tuple(Candidate(Amount(*rival), 1.0, likely, "") for rival, likely in rivals)
    reason = Reason.ANSWERED if amount else Reason.NOT_STATED
    return Answer("width", amount and Amount(*amount), reason, confidence, candidates=candidates)


TEN = (10.0, "inch")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (answer(None), "not_found"),
        (answer(None, rivals=[(TEN, 1.0)]), "not_found"),
        (answer(TEN, VERIFIED_FROM), "verified"),
        (answer(TEN, VERIFIED_FROM - 0.01), "low_confidence"),
        (answer(TEN, rivals=[(TEN, 0.9), ((20.0, "inch"), AMBIGUOUS_FROM)]), "ambiguous"),
        (answer(TEN, rivals=[(TEN, 0.9), ((20.0, "inch"), AMBIGUOUS_FROM - 0.01)]), "verified"),
        (answer(TEN, rivals=[((25.4, "centimetre"), 0.9)]), "verified"),
    ],
)
def test_status(given, status):
    assert given.status == status


def test_an_answer_in_other_units():
    assert answer(TEN).to("cm").magnitude == pytest.approx(25.4)
    assert str(answer((2.0, "fluid ounce")).quantity.units) == "fluid_ounce"
    assert answer(None).quantity is None
    with pytest.raises(ValueError, match="no width to convert: not_stated"):
        answer(None).to("cm")


def test_what_was_written_is_read_back():
    given = answer(TEN, rivals=[((3.0, "foot"), 0.5)])
    assert Answer.from_json(given.to_json()) == given
    with pytest.raises(ValueError, match="entity"):
        Answer.from_json("{}")


def test_a_picture_that_failed_has_its_reason_in_every_answer():
    one, two = failed(["width", "depth"], Failure(Reason("http_404"), "not there"))
    assert (one.entity, two.entity) == ("width", "depth")
    assert (one.text, one.source, one.reason, one.detail) == ("", None, "http_404", "not there")
    assert Answer.from_json(one.to_json()) == one


@pytest.mark.parametrize("code", ["http_12", "http_", "nonsense", 5])
def test_only_codes_of_http_are_made_up(code):
    with pytest.raises(ValueError, match="is not a valid Reason"):
        Reason(code)


def test_a_failure_of_a_picture_can_be_sent_to_another_process():
    error = pickle.loads(pickle.dumps(PictureUnusableError(Failure(Reason.DAMAGED, "torn"))))
    assert (error.failure, str(error)) == (Failure(Reason.DAMAGED, "torn"), "torn")


def test_odd_numbers_are_read_back():
    given = answer(TEN, math.inf, rivals=[((3.0, "foot"), -math.inf)])
    assert Answer.from_json(given.to_json()) == given
    assert math.isnan(Answer.from_json(answer(TEN, math.nan).to_json()).confidence)


def test_the_detail_of_a_failure_stays_short_whatever_a_link_is():
    (answer,) = failed(["width"], Failure(Reason.PICTURE_MISSING, f"no such file: {'a' * 1_000_000}/end"))
    assert answer.detail.startswith("no such file: aaa")
    assert answer.detail.endswith("/end")
    assert len(answer.detail) < 1_100
