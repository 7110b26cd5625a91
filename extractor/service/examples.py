"""Examples for the OpenAPI document, made of the documents themselves."""

from __future__ import annotations

from extractor.service.documents import BATCH, ONE, AnswerDocument, BatchDocument, CandidateDocument, ExtractionDocument
from extractor.stages.reason import Failure, Reason
from ocr.token import OcrToken
from rules.amount import Amount

_WORDS = OcrToken("12.2 in", ((435.0, 310.0), (435.0, 241.0), (461.0, 241.0), (461.0, 310.0)), 0.9997)
_HEIGHT = AnswerDocument(
    "height",
    Amount(12.2, "inch"),
    Reason.ANSWERED,
    0.951,
    evidence=(_WORDS,),
    candidates=(CandidateDocument(Amount(12.2, "inch"), 4.2, 0.951, "12.2 in", evidence=(_WORDS,)),),
)
_NO_WEIGHT = AnswerDocument("item_weight", None, Reason.NO_CANDIDATE, 0.98)
_EXTRACTION = ExtractionDocument("microwave.jpg", 500, 500, (_HEIGHT, _NO_WEIGHT))
_FAILED = ExtractionDocument("notes.txt", failure=Failure(Reason.NOT_A_PICTURE, "not a picture in an accepted format"))

ONE_EXAMPLE = ONE.dump_python(_EXTRACTION, mode="json")
BATCH_EXAMPLE = BATCH.dump_python(BatchDocument((_EXTRACTION, _FAILED)), mode="json")
