"""From log-odds by models that have not seen the picture: calibrated probabilities, and thresholds for answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extractor.evaluation.coverage import PROMISE, CheckedAnswer, Trust
from extractor.evaluation.metrics import Variant
from extractor.stages.answer import Answer, Candidate, Status
from extractor.stages.reason import Reason
from extractor.stages.select import UNSURE
from extractor.training.examples import Question
from rules.counts import Counts
from rules.ranker import logistic


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A question with the log-odds of each of its candidates by a model that had not seen its picture."""

    question: Question
    log_odds: tuple[float, ...]

    @property
    def likeliest(self) -> int | None:
        """The position of the likeliest candidate; None without one."""
        return max(range(len(self.log_odds)), key=lambda i: self.log_odds[i], default=None)


@dataclass(frozen=True, slots=True)
class Calibration:
    """calibrated log-odds = slope x log-odds + shift."""

    slope: float
    shift: float

    def probability(self, raw: float) -> float:
        """The calibrated probability."""
        return logistic(self.slope * raw + self.shift)


def calibrate(held_out: Sequence[HeldOut]) -> Calibration:
    """Platt scaling: the logistic regression of being right on the log-odds, over all candidates.

    Over the best candidates alone there are too few wrong ones to tell a slope.
    """
    from sklearn.linear_model import LogisticRegression

    scored = [(raw, choice.right) for h in held_out for raw, choice in zip(h.log_odds, h.question.choices, strict=True)]
    if len({right for _, right in scored}) < 2:
        return Calibration(1.0, 0.0)
    fitted = LogisticRegression(C=1.0).fit([[raw] for raw, _ in scored], [right for _, right in scored])
    return Calibration(round(float(fitted.coef_[0, 0]), 4), round(float(fitted.intercept_[0]), 4))


def counts_at(
    held_out: Sequence[HeldOut], calibration: Calibration, threshold: float, variant: Variant = Variant.ACCEPTED
) -> Counts:
    """The counts when the likeliest candidate is answered if its probability is above `threshold`; TN are not counted.

    With `Variant.PRIMARY` the labels' best answers alone are right.
    """
    primary = variant is Variant.PRIMARY
    total = Counts()
    for h in held_out:
        asked, likeliest = h.question, h.likeliest
        if likeliest is not None and calibration.probability(h.log_odds[likeliest]) > threshold:
            choice = asked.choices[likeliest]
            right = choice.best if primary else choice.right
            total += Counts(tp=int(right), fp=int(not right))
        else:
            total += Counts(fn=int(asked.best_stated if primary else asked.stated and not asked.may_be_empty))
    return total


def answers_at(
    held_out: Iterable[HeldOut], calibration: Calibration, threshold: float, verified_from: float
) -> Iterator[CheckedAnswer]:
    """The best candidates that `counts_at` answers with, where their amounts are known, with confidence and status.

    They are verified from the confidence `verified_from` on, unless they are ambiguous.
    """
    for h in held_out:
        choices, confidences = h.question.choices, [calibration.probability(raw) for raw in h.log_odds]
        best = h.likeliest
        if best is None or choices[best].amount is None or confidences[best] <= threshold:
            continue
        rated = [Candidate(c.amount, 0.0, p, "") for c, p in zip(choices, confidences, strict=True) if c.amount]
        entity, confidence = h.question.entity, confidences[best]
        amount, candidates = choices[best].amount, tuple(rated)
        answer = Answer(entity, amount, Reason.ANSWERED, confidence, candidates=candidates, verified_from=verified_from)
        yield CheckedAnswer(entity, Trust(confidence, answer.status), choices[best].right)


def lowest_verified(answers: Iterable[CheckedAnswer], start: float = UNSURE, fewest: int = 1) -> float:
    """The lowest of `VERIFIED_STEPS` from `start` on at which `fewest` answers or more keep the promise of `verified`.

    1 where there is none. `answers` are those of `answers_at` that are verified from 0 on.
    """
    possible = [one for one in answers if one.trust.status is Status.VERIFIED]
    for step in VERIFIED_STEPS:
        right = [one.right for one in possible if one.trust.confidence >= step]
        if step >= start and len(right) >= fewest and sum(right) >= PROMISE * len(right):
            return step
    return 1.0


def smoothed_best(scores: Sequence[float]) -> int:
    """The position of the highest score, each score averaged with its neighbours'."""
    windows = [scores[max(0, i - SMOOTHED_OVER) : i + SMOOTHED_OVER + 1] for i in range(len(scores))]
    return max(range(len(scores)), key=lambda i: sum(windows[i]) / len(windows[i]))


STEPS = tuple(i / 40 for i in range(2, 37))
VERIFIED_STEPS = tuple(i / 100 for i in range(round(100 * UNSURE), 100))
"""Below, a picture is read once more, for the answer is unsure."""
FEWEST_VERIFIED = 50
"""Answers that a promise needs: with 30, depth kept it on the answers that the step was chosen on, not on others."""
SMOOTHED_OVER = 2
"""Neighbouring thresholds averaged with each, so that a single row does not decide."""
