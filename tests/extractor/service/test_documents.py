from dataclasses import fields

import pytest

from extractor.service.documents import ONE, AnswerDocument, ExtractionDocument
from extractor.service.examples import BATCH_EXAMPLE, ONE_EXAMPLE
from extractor.service.worker import Reading
from extractor.stages.answer import Answer, Candidate
from extractor.stages.reason import Failure, Reason
from ocr.token import OcrToken
from rules.amount import Amount

TOKEN = OcrToken("34 g", ((0.0, 0.0), (9.0, 0.0), (9.0, 4.0), (0.0, 4.0)), 0.9)
INSIDE = {"vlm", "outcome", "seconds", "cached"}


def document_of(*answers):
    return ONE.dump_python(ExtractionDocument.of("a.png", Reading(answers, 40, 30, ())), mode="json")


def test_an_answer_has_the_library_s_fields_and_what_it_computes():
    rival = Candidate(Amount(1.2, "kilogram"), 2.0, 0.7, "1.2 kg", (("near", 1.0),), (TOKEN,))
    answer = Answer("item_weight", Amount(34.0, "gram"), Reason.ANSWERED, 0.9, evidence=(TOKEN,), candidates=(rival,))
    (shown,) = document_of(answer)["answers"]
    computed = {name: shown.pop(name) for name in ("text", "value", "unit", "status")}
    assert computed == {"text": "34.0 gram", "value": 34.0, "unit": "gram", "status": "ambiguous"}
    assert set(shown) == {field.name for field in fields(Answer)} - INSIDE
    assert shown["evidence"] == [{"text": "34 g", "box": [list(corner) for corner in TOKEN.box], "score": 0.9}]
    assert set(shown["candidates"][0]) == {field.name for field in fields(Candidate)} - {"features"}


def test_an_empty_answer_says_why():
    (shown,) = document_of(Answer("width", None, Reason.NO_CANDIDATE, 0.98))["answers"]
    assert (shown["text"], shown["value"], shown["status"]) == ("", None, "not_found")
    assert shown["reason"] == "no_candidate"


def test_a_status_of_a_server_is_a_reason_too():
    shown = ONE.dump_python(ExtractionDocument("a", failure=Failure(Reason("http_404"), "gone")), mode="json")
    assert shown["failure"] == {"reason": "http_404", "detail": "gone"}


@pytest.mark.parametrize("name", [field.name for field in fields(Answer) if field.name not in INSIDE])
def test_the_schema_describes_every_field(name):
    schema = ONE.json_schema(mode="serialization")["$defs"]
    assert name in schema[AnswerDocument.__name__]["properties"]


def test_the_examples_are_documents():
    assert ONE_EXAMPLE["answers"][0]["status"] == "verified"
    assert BATCH_EXAMPLE["pictures"][0] == ONE_EXAMPLE
    assert BATCH_EXAMPLE["pictures"][1]["failure"]["reason"] == "not_a_picture"
