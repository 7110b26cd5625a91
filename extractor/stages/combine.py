"""Combine: what the rules read off the page and what the VLM says become one answer.

    VLM says            rules answer                                   rules are silent
    (not asked)         ocr                                            abstain
    the same amount     agree: the rules' unit, confidence raised
    another amount      the more confident one, confidence lowered:    vlm if answering pays, else abstain
                        vlm_over_ocr or ocr_over_vlm
    unanswerable        ocr_over_unanswerable if answering pays,       abstain
                        else abstain
    nothing allowed     ocr_fallback                                   abstain

A VLM's text becomes an answer through `rules.normalise` alone. Where the answer given is the VLM's, in a unit that the
entity does not allow and that was converted, the outcome is `vlm_converted` in place of `vlm` or `vlm_over_ocr`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from extractor.stages.answer import Answer, Outcome, Source
from extractor.stages.reason import Failure, Reason
from rules.amount import Amount, Rejection
from rules.constants import ENTITY_UNITS
from rules.entities import OFFICIAL, EntityTable
from rules.normalise import normalise
from rules.quantity import find_quantities
from rules.sanity import prediction_fault
from rules.units import in_base
from vlm.answer import VlmAnswer


@dataclass(frozen=True, slots=True)
class HybridPolicy:
    """The numbers of the policy; `extractor fit-policy` fits them to a reader.

    The defaults follow from the metric (`expected_f1`, `same_unit`), were counted (`absence_priors`: 960 labelled rows
    of the challenge's test set; 0.0 for no text, which is also how OCR switched off looks), or are neutral guesses.

    `fallback`: without it the rules' answer has no say at all, and only the VLM's own answers stand.
    `reader_first`: no confidences are weighed. The VLM's answer stands, and that of the rules only where the VLM said
    nothing allowed, or failed. `unanswerable` is an empty answer.
    `expected_f1`: the F1 that the run as a whole is expected to reach; see `improves_f1`.
    `margins`: by entity, how much more confident than the rules the VLM has to be to win a contradiction; 0 if not
    listed.
    `absence_priors`: by the reason why the rules have no answer, the chance that the picture does not state the value.
    `support_penalty`: factor on the VLM's confidence where the rules found candidates and none is its answer.
    `same_unit`, `other_unit`: relative difference up to which two numbers of one unit are the same (the metric's own
    tolerance), or two measures in different units (printed conversions are rounded).
    """

    fallback: bool = True
    reader_first: bool = False
    expected_f1: float = 0.9
    margins: tuple[tuple[str, float], ...] = ()
    absence_priors: tuple[tuple[str, float], ...] = (("no_text", 0.0), ("no_candidate", 0.75), ("not_stated", 0.8))
    support_penalty: float = 0.5
    same_unit: float = 1e-3
    other_unit: float = 0.02

    def margin(self, entity: str) -> float:
        """What the VLM's confidence has to exceed the rules' by."""
        return dict(self.margins).get(entity, 0.0)

    def improves_f1(self, confidence: float, not_stated: float) -> bool:
        """Whether an answer that is right with `confidence` raises F1, the value being absent with `not_stated`.

        A wrong answer is one false positive and leaving out a stated value one false negative, so with F the F1 of
        the other rows an answer raises F1 from confidence = F * not_stated / (2 - F) on.
        """
        return confidence > self.expected_f1 * not_stated / (2 - self.expected_f1)


DEFAULT_POLICY = HybridPolicy()


def combine(
    answer: Answer,
    vlm: VlmAnswer | Failure | None = None,
    policy: HybridPolicy = DEFAULT_POLICY,
    table: EntityTable = OFFICIAL,
) -> Answer:
    """The final answer on an entity of the table, from that of the rules and what the VLM said: None if not asked.

    A VLM can be asked about official entities alone. Empty, with the reason `invalid_answer`, where it would make a
    submission invalid.
    """
    return _checked(_combined(answer, vlm, policy), table)


def _combined(answer: Answer, vlm: VlmAnswer | Failure | None, policy: HybridPolicy) -> Answer:
    if vlm is None:
        return replace(answer, outcome=Outcome.ABSTAIN if answer.amount is None else Outcome.OCR)
    rules = answer if policy.fallback else Answer(answer.entity, None, Reason.NOT_ASKED, 0.0, Source.VLM)
    case = _Case(rules, policy)
    if isinstance(vlm, Failure):
        return case.without_vlm(vlm.reason, vlm.detail)
    return replace(case.weighed(vlm), vlm=vlm)


def _checked(answer: Answer, table: EntityTable) -> Answer:
    fault = prediction_fault(answer.text, answer.entity, table)
    if fault is None:
        return answer
    detail = f"the answer was not allowed: {fault}"
    return replace(
        answer, amount=None, reason=Reason.INVALID_ANSWER, confidence=0.0, detail=detail, outcome=Outcome.ABSTAIN
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """The rules' answer, to be weighed against what the VLM says."""

    rules: Answer
    policy: HybridPolicy

    def weighed(self, vlm: VlmAnswer) -> Answer:
        amount = normalise(vlm.text, self.rules.entity)
        if amount is Rejection.UNANSWERABLE:
            return self._against_unanswerable(vlm)
        if isinstance(amount, Rejection):
            return self.without_vlm(Reason.VLM_REJECTED, f"{amount}: the VLM said {vlm.text!r}")
        if self.policy.reader_first:
            return self._by_vlm(amount, vlm, vlm.confidence, Outcome.VLM)
        if self.rules.amount is None:
            return self._vlm_alone(amount, vlm)
        if self._same(amount, self.rules.amount):
            confidence = 1 - (1 - self.rules.confidence) * (1 - vlm.confidence)
            return replace(self.rules, source=Source.BOTH, confidence=confidence, outcome=Outcome.AGREE)
        return self._contradiction(amount, vlm)

    def without_vlm(self, reason: Reason, detail: str) -> Answer:
        if self.rules.amount is not None:
            return replace(self.rules, outcome=Outcome.OCR_FALLBACK, detail=detail)
        return replace(self.rules, reason=reason, detail=detail, outcome=Outcome.ABSTAIN)

    def _against_unanswerable(self, vlm: VlmAnswer) -> Answer:
        heard = self.rules.amount is not None and not self.policy.reader_first
        if heard and self.policy.improves_f1(self.rules.confidence, vlm.unanswerable):
            confidence = against(self.rules.confidence, vlm.unanswerable)
            return replace(self.rules, confidence=confidence, outcome=Outcome.OCR_OVER_UNANSWERABLE)
        return replace(
            self.rules,
            amount=None,
            evidence=(),
            source=Source.VLM,
            reason=Reason.UNANSWERABLE,
            confidence=vlm.unanswerable,
            detail=f"the rules: {self.rules.text or self.rules.reason}",
            outcome=Outcome.ABSTAIN,
        )

    def _vlm_alone(self, amount: Amount, vlm: VlmAnswer) -> Answer:
        confidence = self._supported(amount, vlm)
        prior = dict(self.policy.absence_priors).get(self.rules.reason, 0.0)
        not_stated = 1 - (1 - vlm.unanswerable) * (1 - prior)
        if self.policy.improves_f1(confidence, not_stated):
            return self._by_vlm(amount, vlm, confidence, Outcome.VLM)
        detail = f"the VLM says {amount} with confidence {confidence:.2f}; not stated: {not_stated:.2f}"
        return replace(
            self.rules, reason=Reason.VLM_UNSURE, confidence=1 - confidence, detail=detail, outcome=Outcome.ABSTAIN
        )

    def _contradiction(self, amount: Amount, vlm: VlmAnswer) -> Answer:
        confidence = self._supported(amount, vlm)
        if confidence > self.rules.confidence + self.policy.margin(self.rules.entity):
            lowered = against(confidence, self.rules.confidence)
            answer = self._by_vlm(amount, vlm, lowered, Outcome.VLM_OVER_OCR)
            return replace(answer, detail=f"the rules: {self.rules.text}")
        lowered = against(self.rules.confidence, confidence)
        return replace(self.rules, confidence=lowered, outcome=Outcome.OCR_OVER_VLM, detail=f"the VLM: {amount}")

    def _by_vlm(self, amount: Amount, vlm: VlmAnswer, confidence: float, outcome: Outcome) -> Answer:
        return replace(
            self.rules,
            amount=amount,
            source=Source.VLM,
            reason=Reason.ANSWERED,
            confidence=confidence,
            evidence=(),
            outcome=Outcome.VLM_CONVERTED if _is_converted(vlm.text, self.rules.entity) else outcome,
        )

    def _supported(self, amount: Amount, vlm: VlmAnswer) -> float:
        """The VLM's confidence, lowered where the rules found candidates and none is its answer."""
        candidates = self.rules.candidates
        if not candidates or any(self._same(amount, one.amount) for one in candidates):
            return vlm.confidence
        return vlm.confidence * self.policy.support_penalty

    def _same(self, a: Amount, b: Amount) -> bool:
        """Whether two amounts are the same, by the tolerance for one unit or for two."""
        if a.unit == b.unit:
            return abs(a.value - b.value) <= self.policy.same_unit * b.value
        one, other = in_base(a.value, a.unit), in_base(b.value, b.unit)
        return abs(one - other) <= self.policy.other_unit * other


def against(winner: float, loser: float) -> float:
    """The chance that the winner is right, given that the two cannot both be."""
    both = winner * loser
    return winner * (1 - loser) / (1 - both) if both < 1 else 0.5


def _is_converted(text: str, entity: str) -> bool:
    return not any(quantity.unit in ENTITY_UNITS[entity] for quantity in find_quantities(text))
