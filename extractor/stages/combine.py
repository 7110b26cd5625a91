"""The hybrid policy: what the rules read off the OCR page and what the VLM says become one decision.

    VLM says            rules answer                                   rules are silent
    (not asked)         ocr                                            abstain
    the same measure    agree: the rules' unit, confidence raised
    another measure     the more confident one, confidence lowered:    vlm if answering pays, else abstain
                        vlm_over_ocr or ocr_over_vlm
    unanswerable        ocr_over_unanswerable if answering pays,       abstain
                        else abstain
    nothing allowed     ocr_fallback                                   abstain

A VLM's text becomes an answer through `rules.normalise` alone. Where the answer given is the VLM's, in a unit that the
entity does not allow and that was converted, the outcome is `vlm_converted` in place of `vlm` or `vlm_over_ocr`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from extractor.stages.answer import ANSWERED, BOTH_SOURCES, VLM_SOURCE, Decision
from extractor.stages.reasons import Failure, Fault
from rules.amount import Amount, Rejection

if TYPE_CHECKING:
    from vlm.answer import VlmAnswer


class Outcome(StrEnum):
    """How a decision came about."""

    AGREE = "agree"
    VLM = "vlm"
    VLM_CONVERTED = "vlm_converted"
    VLM_OVER_OCR = "vlm_over_ocr"
    OCR = "ocr"
    OCR_OVER_VLM = "ocr_over_vlm"
    OCR_OVER_UNANSWERABLE = "ocr_over_unanswerable"
    OCR_FALLBACK = "ocr_fallback"
    ABSTAIN = "abstain"


@dataclass(frozen=True, slots=True)
class HybridPolicy:
    """The numbers of the policy; `extractor fit-policy` fits them to a reader.

    The defaults follow from the metric (`expected_f1`, `same_unit`), were counted (`silence`: 960 labelled rows of the
    challenge's test set; 0.0 for no text, which is also how OCR switched off looks), or are neutral guesses.

    `fallback`: without it the rules' verdict has no say at all, and only the VLM's own answers stand.
    `expected_f1`: the F1 that the run as a whole is expected to reach; see `pays`.
    `edges`: by entity, how much more confident than the rules the VLM has to be to win a contradiction; 0 if not
    listed.
    `silence`: by the reason for which the rules are silent, the chance that the picture does not state the value.
    `unsupported`: factor on the VLM's confidence where the rules found candidates and none is its answer.
    `same_unit`, `other_unit`: relative difference up to which two numbers of one unit are the same (the metric's own
    tolerance), or two measures in different units (printed conversions are rounded).
    """

    fallback: bool = True
    expected_f1: float = 0.9
    edges: tuple[tuple[str, float], ...] = ()
    silence: tuple[tuple[str, float], ...] = (("no_text", 0.0), ("no_candidate", 0.75), ("not_stated", 0.8))
    unsupported: float = 0.5
    same_unit: float = 1e-3
    other_unit: float = 0.02

    def edge(self, entity: str) -> float:
        """What the VLM's confidence has to exceed the rules' by."""
        return dict(self.edges).get(entity, 0.0)

    def pays(self, confidence: float, not_stated: float) -> bool:
        """Whether an answer that is right with `confidence` raises F1, the value being absent with `not_stated`.

        A wrong answer is one false positive and leaving out a stated value one false negative, so with F the F1 of
        the other rows an answer pays from confidence = F * not_stated / (2 - F) on.
        """
        return confidence > self.expected_f1 * not_stated / (2 - self.expected_f1)


DEFAULT_POLICY = HybridPolicy()


def decide(
    entity: str, ocr: Decision, vlm: VlmAnswer | Failure | None = None, policy: HybridPolicy = DEFAULT_POLICY
) -> Decision:
    """The decision on `entity`, from the rules' own and from what the VLM said: None if it was not asked."""
    if vlm is None:
        return replace(ocr, outcome=Outcome.OCR if ocr.prediction else Outcome.ABSTAIN)
    case = _Case(entity, ocr if policy.fallback else _NO_VERDICT, policy)
    if isinstance(vlm, Failure):
        return case.without_vlm(vlm.reason, vlm.detail)
    return replace(case.weighed(vlm), vlm=vlm)


_NO_VERDICT = Decision("", VLM_SOURCE, "", 0.0)


@dataclass(frozen=True, slots=True)
class _Case:
    """The rules' decision on an entity, to be weighed against what the VLM says."""

    entity: str
    ocr: Decision
    policy: HybridPolicy

    def weighed(self, vlm: VlmAnswer) -> Decision:
        from rules.normalise import normalise

        said = normalise(vlm.text, self.entity)
        if said is Rejection.UNANSWERABLE:
            return self._against_unanswerable(vlm)
        if isinstance(said, Rejection):
            return self.without_vlm(Fault.VLM_REJECTED, f"{said}: the VLM said {vlm.text!r}")
        if not self.ocr.prediction:
            return self._vlm_alone(said, vlm)
        if self._same(said, _answer(self.ocr.prediction)):
            confidence = 1 - (1 - self.ocr.confidence) * (1 - vlm.confidence)
            return replace(self.ocr, source=BOTH_SOURCES, confidence=confidence, outcome=Outcome.AGREE)
        return self._contradiction(said, vlm)

    def without_vlm(self, reason: str, detail: str) -> Decision:
        if self.ocr.prediction:
            return replace(self.ocr, outcome=Outcome.OCR_FALLBACK, detail=detail)
        return replace(self.ocr, reason=reason, detail=detail, outcome=Outcome.ABSTAIN)

    def _against_unanswerable(self, vlm: VlmAnswer) -> Decision:
        if self.ocr.prediction and self.policy.pays(self.ocr.confidence, vlm.unanswerable):
            confidence = _against(self.ocr.confidence, vlm.unanswerable)
            return replace(self.ocr, confidence=confidence, outcome=Outcome.OCR_OVER_UNANSWERABLE)
        return replace(
            self.ocr,
            prediction="",
            tokens=(),
            source=VLM_SOURCE,
            reason=str(Rejection.UNANSWERABLE),
            confidence=vlm.unanswerable,
            detail=f"the rules: {self.ocr.prediction or self.ocr.reason or 'not asked'}",
            outcome=Outcome.ABSTAIN,
        )

    def _vlm_alone(self, said: Amount, vlm: VlmAnswer) -> Decision:
        confidence = self._supported(said, vlm)
        silence = dict(self.policy.silence).get(self.ocr.reason, 0.0)
        not_stated = 1 - (1 - vlm.unanswerable) * (1 - silence)
        if self.policy.pays(confidence, not_stated):
            return self._by_vlm(said, vlm, confidence, Outcome.VLM)
        detail = f"the VLM says {said} with confidence {confidence:.2f}; not stated: {not_stated:.2f}"
        return replace(
            self.ocr, reason=Fault.VLM_UNSURE, confidence=1 - confidence, detail=detail, outcome=Outcome.ABSTAIN
        )

    def _contradiction(self, said: Amount, vlm: VlmAnswer) -> Decision:
        confidence = self._supported(said, vlm)
        if confidence > self.ocr.confidence + self.policy.edge(self.entity):
            lowered = _against(confidence, self.ocr.confidence)
            won = self._by_vlm(said, vlm, lowered, Outcome.VLM_OVER_OCR)
            return replace(won, detail=f"the rules: {self.ocr.prediction}")
        lowered = _against(self.ocr.confidence, confidence)
        return replace(self.ocr, confidence=lowered, outcome=Outcome.OCR_OVER_VLM, detail=f"the VLM: {said}")

    def _by_vlm(self, said: Amount, vlm: VlmAnswer, confidence: float, outcome: Outcome) -> Decision:
        return replace(
            self.ocr,
            prediction=str(said),
            source=VLM_SOURCE,
            reason=ANSWERED,
            confidence=confidence,
            tokens=(),
            outcome=Outcome.VLM_CONVERTED if _is_converted(vlm.text, self.entity) else outcome,
        )

    def _supported(self, said: Amount, vlm: VlmAnswer) -> float:
        """The VLM's confidence, lowered where the rules found candidates and none is its answer."""
        seen = [_answer(candidate.answer) for candidate in self.ocr.candidates]
        if not seen or any(self._same(said, one) for one in seen):
            return vlm.confidence
        return vlm.confidence * self.policy.unsupported

    def _same(self, a: Amount, b: Amount) -> bool:
        from rules.units import in_base

        if a.unit == b.unit:
            return abs(a.value - b.value) <= self.policy.same_unit * b.value
        one, other = in_base(a.value, a.unit), in_base(b.value, b.unit)
        return abs(one - other) <= self.policy.other_unit * other


def _against(winner: float, loser: float) -> float:
    """The chance that the winner is right, given that the two cannot both be."""
    both = winner * loser
    return winner * (1 - loser) / (1 - both) if both < 1 else 0.5


def _is_converted(text: str, entity: str) -> bool:
    from rules.constants import ENTITY_UNITS
    from rules.quantity import find_quantities

    return not any(quantity.unit in ENTITY_UNITS[entity] for quantity in find_quantities(text))


def _answer(prediction: str) -> Amount:
    number, _, unit = prediction.partition(" ")
    return Amount(float(number), unit)
