"""Hypotheses on one measure of a product: the amounts of its pictures and its title that are the same measure.

`extractor.stages.fuse` weighs them and says why as here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from extractor.stages.answer import AMBIGUOUS_FROM, Answer, Candidate, same_amount
from extractor.stages.reason import Reason
from rules.amount import Amount
from rules.context_table import HEADING_SHARE
from rules.ranker import log_odds, logistic
from rules.units import in_base

DISCOUNT = 0.25
"""What a picture that agrees counts beside the one before it; 1: as if they knew nothing of each other."""
PRIOR = 0.25
"""The chance that an amount is right of which nothing is known but that a picture shows it."""
SAME_UNIT = 0.02
"""Relative difference up to which two amounts in one unit are one measure, rounded in one of the pictures."""
PART_CONTEXTS = frozenset({"part", "gross", "serving", "nutrient", "accuracy", "equivalent"})
"""The contexts of `rules.context_table` that tell of something else than the whole product."""
WHOLE_CONTEXTS = frozenset({"overall", "net", "total"})
"""Those that tell of the whole product."""
_SURE = 1e-6
_BEFORE = "before_"


@dataclass(frozen=True, slots=True)
class Mention:
    """An amount on one picture. `answered`: it is that picture's answer."""

    picture: int | None
    answer: Answer
    candidate: Candidate
    answered: bool

    @property
    def amount(self) -> Amount:
        """The amount as this picture states it."""
        return self.candidate.amount

    @property
    def confidence(self) -> float:
        """The probability by this picture alone, 0 to 1."""
        return self.candidate.confidence

    @property
    def of_part(self) -> bool:
        """Whether the words around it tell of a part and not of the whole."""
        return bool(self._contexts & PART_CONTEXTS) and not self.of_whole

    @property
    def of_whole(self) -> bool:
        """Whether the words around it tell of the whole product."""
        return bool(self._contexts & WHOLE_CONTEXTS)

    @property
    def _contexts(self) -> set[str]:
        """Those of the words right before the amount, else of its line, and of headings if it stands alone there."""
        features = dict(self.candidate.features)
        before = {name.removeprefix(_BEFORE) for name in features if name.startswith(_BEFORE)}
        least = 0.0 if features.get("alone") else HEADING_SHARE
        return before or {name for name, value in features.items() if value > least}

    @property
    def rank(self) -> tuple[object, ...]:
        """The most certain first, whatever the order of the pictures."""
        candidate, amount = self.candidate, self.amount
        place = tuple((token.text, token.box) for token in candidate.evidence)
        same = candidate.text, place, candidate.score, candidate.features
        return -self.confidence, not self.answered, size_of(amount), amount.unit, *same


@dataclass(slots=True, eq=False)
class Hypothesis:
    """One measure, with the best mention of each picture; the first one is the most certain of all."""

    mentions: dict[int | None, Mention] = field(default_factory=dict)

    @property
    def best(self) -> Mention:
        """The most certain mention."""
        return next(iter(self.mentions.values()))

    @property
    def answered(self) -> list[Mention]:
        """The mentions that are their picture's answer."""
        return [mention for mention in self.mentions.values() if mention.answered]

    @property
    def support(self) -> float:
        """The probability by the pictures that mention it."""
        return pooled(mention.confidence for mention in self.mentions.values())

    @property
    def score(self) -> float:
        """The score that goes with the support; above 0 it is worth answering."""
        best = self.best.candidate
        return best.score + bounded_log_odds(self.support) - bounded_log_odds(best.confidence)

    @property
    def of_whole(self) -> bool:
        """Whether it is likely right, and a picture answers it as the measure of no part."""
        return self.support >= AMBIGUOUS_FROM and any(not mention.of_part for mention in self.answered)

    @property
    def agreed(self) -> bool:
        """Whether several pictures answer it for the whole, or one that names the whole."""
        return self.of_whole and (len(self.answered) > 1 or any(mention.of_whole for mention in self.answered))

    def confidence_of(self, picture: int | None) -> float:
        """What a picture gives it; 0 where it does not mention it."""
        return self.mentions[picture].confidence if picture in self.mentions else 0.0


def pooled(probabilities: Iterable[float]) -> float:
    """The log-linear pool of at least one probability, as `extractor.stages.fuse` says; never below the highest."""
    highest, *others = sorted(probabilities, reverse=True)
    odds = bounded_log_odds(highest)
    for rank, probability in enumerate(others, start=1):
        odds += DISCOUNT**rank * max(0.0, bounded_log_odds(probability) - log_odds(PRIOR))
    return max(highest, logistic(odds)) if others else highest


def mentions_of(picture: int | None, answer: Answer) -> list[Mention]:
    """The candidates of a picture and its answer, none more certain than the picture's own judgement lets it be."""
    if answer.reason is Reason.INVALID_ANSWER:
        return []
    if answer.amount is None:
        most = 1 - answer.confidence
        return [Mention(picture, answer, _capped(one, most), False) for one in answer.candidates]
    own = next((one for one in answer.candidates if one.amount == answer.amount), None)
    own = own or Candidate(answer.amount, 0.0, answer.confidence, "")
    chosen = replace(own, confidence=answer.confidence, evidence=answer.evidence)
    others = (one for one in answer.candidates if one.amount != answer.amount)
    capped = [Mention(picture, answer, _capped(one, answer.confidence), False) for one in others]
    return [Mention(picture, answer, chosen, True), *capped]


def _capped(candidate: Candidate, most: float) -> Candidate:
    return candidate if candidate.confidence <= most else replace(candidate, confidence=most)


def hypotheses_of(mentions: Iterable[Mention]) -> list[Hypothesis]:
    """One for each measure: a mention belongs to the first, most certain one that states the same measure."""
    hypotheses: list[Hypothesis] = []
    for mention in sorted(mentions, key=lambda one: one.rank):
        own = next((one for one in hypotheses if same_measure(one.best.amount, mention.amount)), None)
        if own is None:
            own = Hypothesis()
            hypotheses.append(own)
        own.mentions.setdefault(mention.picture, mention)
    return hypotheses


def same_measure(a: Amount, b: Amount) -> bool:
    """Whether two amounts are one measure, printed in one unit or rounded in two."""
    return same_amount(a, b, SAME_UNIT) if a.unit == b.unit else same_amount(a, b)


def size_of(amount: Amount) -> float:
    """The amount in the base unit of its kind."""
    return in_base(amount.value, amount.unit)


def bounded_log_odds(probability: float) -> float:
    """The log-odds of a probability, finite also for 0 and 1."""
    return log_odds(min(max(probability, _SURE), 1 - _SURE))
