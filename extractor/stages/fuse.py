"""Fuse: the answers on each picture of one product, and on its title, become one answer on the product.

This is data fusion by a log-linear opinion pool. Amounts of different pictures that are one measure form a hypothesis.

- **Agreement.** The log-odds of a hypothesis are those of its most certain picture, plus what each further one has
  over `hypothesis.PRIOR`, times `hypothesis.DISCOUNT` once for the second, twice for the third, ...: pictures of one
  product come from one hand and repeat its figures and its mistakes. So any number of pictures counts for less than
  1 / (1 - `DISCOUNT`) that know nothing of each other, as n sources with the correlation r are worth
  n / (1 + (n - 1) r) < 1 / r independent ones. A picture that doubts an amount adds nothing.
- **Contradiction.** A picture that answers another measure speaks against a hypothesis, by as much as it prefers its
  own; the two cannot both be right (`extractor.stages.combine.against`). The candidates of the product keep the
  confidence of their own pictures alone, so two strong rivals make an answer `ambiguous`.
- **Whole and part.** The measure of a part (a drawer, a package, a serving: `hypothesis.PART_CONTEXTS`) does not
  compete with a likely one that a picture answers for the whole, nor does a length below `SMALL` of one that pictures
  agree on. It is listed with `PART_SHARE` of its confidence.

A product with one picture that has candidates, and no title, has that picture's very answer. `DISCOUNT`, `PRIOR`,
`PART_SHARE` and `SMALL` are set by hand: there are no labels of several pictures of one product to fit them to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.stages.answer import Answer, Candidate, Outcome
from extractor.stages.combine import against
from extractor.stages.hypothesis import (
    Hypothesis,
    Mention,
    bounded_log_odds,
    hypotheses_of,
    mentions_of,
    pooled,
    same_measure,
    size_of,
)
from extractor.stages.product import ProductAnswer, Stance, Statement
from extractor.stages.reason import Reason
from extractor.stages.select import CANDIDATES_KEPT
from ocr.token import OcrToken
from rules.amount import Amount
from rules.constants import DIMENSIONS

PART_SHARE = 0.1
"""The share of its confidence that a part's measure keeps beside the whole's."""
SMALL = 0.5
"""The share of an agreed length below which another is a part's."""


def fuse(
    pictures: Sequence[Answer], title: Answer | None = None, dimensions: frozenset[str] = DIMENSIONS
) -> ProductAnswer:
    """The answer on a product, from the answers on one entity of each of its pictures and of its title.

    There must be one picture at least. One that says exactly what another says counts once. `dimensions` are the
    entities that are dimensions.
    """
    sources: dict[int | None, Answer] = {pictures.index(answer): answer for answer in dict.fromkeys(pictures)}
    if title is not None:
        sources[None] = title
    mentions = {picture: mentions_of(picture, answer) for picture, answer in sources.items()}
    heard = [picture for picture, of_picture in mentions.items() if of_picture]
    if not heard:
        return ProductAnswer.of(min(sources.values(), key=_emptiness))
    fused = _Product(hypotheses_of([one for of_picture in mentions.values() for one in of_picture]), dimensions)
    if len(heard) == 1:
        own = sources[heard[0]]
        return ProductAnswer.of(own, fused.statements_on(own.amount))
    return fused.answer()


def seen_on(picture: int, own: Answer, product: ProductAnswer) -> ProductAnswer:
    """The product's answer with the tokens that are on one of its pictures alone; `own` is that picture's answer."""
    statements = [one for one in product.statements if one.picture == picture and one.stance is Stance.AGREES]
    candidates = (replace(one, evidence=_evidence_on(own, one.amount)) for one in product.candidates)
    return replace(
        product,
        evidence=statements[0].evidence if statements else (),
        candidates=tuple(candidates),
        upscaled=own.upscaled,
        vlm=own.vlm,
        seconds=own.seconds,
        cached=own.cached,
    )


class _Product:
    """The hypotheses on one entity of a product, weighed against each other."""

    def __init__(self, hypotheses: Sequence[Hypothesis], dimensions: frozenset[str]) -> None:
        self._hypotheses = hypotheses
        self._dimensions = dimensions
        self._aside = [one for one in hypotheses if self._is_of_part(one)]
        self._competing = [one for one in hypotheses if one not in self._aside]

    def answer(self) -> ProductAnswer:
        """The most certain hypothesis that is worth answering."""
        possible = [one for one in self._competing if one.answered or one.score > 0]
        if not possible:
            best = max(self._competing, key=lambda one: one.support)
            answer = replace(ProductAnswer.of(best.best.answer), confidence=1 - best.support)
            return replace(answer, candidates=self._candidates())
        chosen = max(possible, key=self._confidence)
        first = min(chosen.mentions.values(), key=_prominence)
        answer = replace(
            ProductAnswer.of(first.answer),
            amount=first.amount,
            confidence=self._confidence(chosen),
            candidates=self._candidates(),
            evidence=first.candidate.evidence,
            statements=self.statements_on(first.amount),
        )
        if first.answered:
            return answer
        outcome = answer.outcome and Outcome.OCR
        return replace(answer, reason=Reason.ANSWERED, detail="several pictures agree", outcome=outcome)

    def statements_on(self, amount: Amount | None) -> tuple[Statement, ...]:
        """What bears on the answer `amount`: those that agree first, then by confidence; none for no answer."""
        if amount is None:
            return ()
        agreeing: list[Mention] = []
        against_it: list[Mention] = []
        of_parts: list[Mention] = []
        for hypothesis in self._hypotheses:
            if any(mention.amount == amount for mention in hypothesis.mentions.values()):
                agreeing += hypothesis.mentions.values()
            elif hypothesis in self._aside:
                of_parts += hypothesis.answered
            else:
                against_it += hypothesis.answered
        stances = ((Stance.AGREES, agreeing), (Stance.CONTRADICTS, against_it), (Stance.PART, of_parts))
        return tuple(
            _statement(one, stance) for stance, mentions in stances for one in sorted(mentions, key=_prominence)
        )

    def _is_of_part(self, one: Hypothesis) -> bool:
        if self._is_too_small(one):
            return True
        whole_known = any(other.of_whole for other in self._hypotheses)
        return whole_known and all(mention.of_part for mention in one.mentions.values())

    def _is_too_small(self, one: Hypothesis) -> bool:
        """Whether it is a length much below one that pictures agree on."""
        if one.agreed or one.best.answer.entity not in self._dimensions:
            return False
        size = size_of(one.best.amount)
        return any(size < SMALL * size_of(other.best.amount) for other in self._hypotheses if other.agreed)

    def _confidence(self, one: Hypothesis) -> float:
        """The probability of a hypothesis after all contradiction."""
        rivals = (mention for other in self._competing if other is not one for mention in other.answered)
        preferred = [mention.confidence - one.confidence_of(mention.picture) for mention in rivals]
        objections = [by for by in preferred if by > 0]
        return against(one.support, pooled(objections)) if objections else one.support

    def _candidates(self) -> tuple[Candidate, ...]:
        found = [self._candidate(one, 1.0) for one in self._competing]
        found += [self._candidate(one, PART_SHARE) for one in self._aside]
        return tuple(sorted(found, key=lambda one: -one.confidence)[:CANDIDATES_KEPT])

    def _candidate(self, one: Hypothesis, share: float) -> Candidate:
        confidence = share * one.support
        score = one.score + bounded_log_odds(confidence) - bounded_log_odds(one.support)
        return replace(one.best.candidate, confidence=confidence, score=score)


def _prominence(mention: Mention) -> tuple[bool, bool, tuple[object, ...]]:
    """Answers come first, then pictures before the title, then the more certain."""
    return not mention.answered, mention.picture is None, mention.rank


def _evidence_on(own: Answer, amount: Amount) -> tuple[OcrToken, ...]:
    return next((one.evidence for one in own.candidates if same_measure(one.amount, amount)), ())


def _statement(mention: Mention, stance: Stance) -> Statement:
    candidate = mention.candidate
    return Statement(mention.picture, stance, mention.amount, mention.confidence, candidate.text, candidate.evidence)


def _emptiness(answer: Answer) -> tuple[bool, bool, str]:
    """The reason that tells most comes first: that of a picture that was read, then with text on it."""
    return answer.source is None, answer.reason is Reason.NO_TEXT, answer.reason
