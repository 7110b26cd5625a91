"""The words that a report explains codes by."""

from __future__ import annotations

from extractor.evaluation.mistakes import Kind
from extractor.stages.answer import Outcome

OUTCOME_WORDS: dict[Outcome, str] = {
    Outcome.AGREE: "both state the same amount; the unit is that of OCR and rules",
    Outcome.VLM: "OCR and rules had no answer; that of the VLM was taken",
    Outcome.VLM_CONVERTED: "the VLM's answer was taken, converted to an allowed unit",
    Outcome.VLM_OVER_OCR: "they disagree; the VLM was the more confident one",
    Outcome.OCR: "the answer of OCR and rules; no VLM was asked",
    Outcome.OCR_OVER_VLM: "they disagree; OCR and rules were the more confident ones",
    Outcome.OCR_OVER_UNANSWERABLE: "the VLM says that nothing is stated; the answer of OCR and rules was kept",
    Outcome.OCR_FALLBACK: "the VLM gave no allowed answer; that of OCR and rules stands in its place",
    Outcome.ABSTAIN: "nobody's answer was good enough to be given",
}
KIND_WORDS: dict[str, str] = {kind.value: kind.words for kind in Kind}
