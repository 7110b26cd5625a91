"""From log-odds by models that have not seen the picture: calibrated probabilities, and thresholds for answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extractor.evaluation.coverage import CheckedAnswer, Trust
from extractor.stages.answer import Answer, Candidate
from extractor.stages.reason import Reason
from extractor.training.examples import Question
from rules.counts import Counts
from rules.ranker import logistic


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A question with the log-odds of each of its candidates by a model that had not seen its picture."""

    question: Question
    log_odds: tuple[float, ...]


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


def counts_at(held_out: Sequence[HeldOut], calibration: Calibration, threshold: float) -> Counts:
    """The counts when the best candidate is answered if its probability is above `threshold`; TN are not counted."""
    total = Counts()
    for h in held_out:
        best = max(range(len(h.log_odds)), key=lambda i: h.log_odds[i], default=None)
        if best is not None and calibration.probability(h.log_odds[best]) > threshold:
            right = h.question.choices[best].right
            total += Counts(tp=int(right), fp=int(not right))
        else:
            total += Counts(fn=int(h.question.stated and not h.question.may_be_empty))
    return total


def answers_at(held_out: Iterable[HeldOut], calibration: Calibration, threshold: float) -> Iterator[CheckedAnswer]:
    """The best candidates that `counts_at` answers with, where their amounts are known, with confidence and status."""
    for h in held_out:
        choices, confidences = h.question.choices, [calibration.probability(raw) for raw in h.log_odds]
        best = max(range(len(choices)), key=lambda i: h.log_odds[i], default=None)
        if best is None or choices[best].amount is None or confidences[best] <= threshold:
            continue
        rated = [Candidate(c.amount, 0.0, p, "") for c, p in zip(choices, confidences, strict=True) if c.amount]
        entity, confidence = h.question.entity, confidences[best]
        answer = Answer(entity, choices[best].amount, Reason.ANSWERED, confidence, candidates=tuple(rated))
        yield CheckedAnswer(entity, Trust(confidence, answer.status), choices[best].right)


def smoothed_best(scores: Sequence[float]) -> int:
    """The position of the highest score, each score averaged with its neighbours'."""
    windows = [scores[max(0, i - SMOOTHED_OVER) : i + SMOOTHED_OVER + 1] for i in range(len(scores))]
    return max(range(len(scores)), key=lambda i: sum(windows[i]) / len(windows[i]))


STEPS = tuple(i / 40 for i in range(2, 37))
SMOOTHED_OVER = 2
"""Neighbouring thresholds averaged with each, so that a single row does not decide."""
