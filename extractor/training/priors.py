"""Learns from labelled rows whether pictures of a product group usually state an entity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.training.examples import Question
from rules.features import Features
from rules.prior import GroupPrior, Prior
from rules.ranker import log_odds

SHRUNK_BY = 3.0
"""Rows of the usual rate that are added to those of each group, so that a single row decides little."""


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """The labelled rows of one entity by product group, and those of them that state it. Rows without group count not.

    `usual` is the share of all rows that state it.
    """

    rows: Counter[str]
    stated: Counter[str]
    usual: float

    def prior(self) -> GroupPrior:
        """The prior for pictures that are not among these rows."""
        return GroupPrior({group: self._shift(self.stated[group], rows) for group, rows in sorted(self.rows.items())})

    def prior_without(self, question: Question) -> GroupPrior:
        """The prior for the question's own group, by the other rows of it."""
        group = question.group
        rows = self.rows[group] - 1
        return GroupPrior({group: self._shift(self.stated[group] - question.stated, rows)} if rows > 0 else {})

    def _shift(self, stated: int, rows: int) -> float:
        rate = (stated + SHRUNK_BY * self.usual) / (rows + SHRUNK_BY)
        return round(log_odds(rate) - log_odds(self.usual), 4)


def group_counts(questions: Sequence[Question]) -> GroupCounts:
    """The counts of questions about one entity."""
    grouped = [question for question in questions if question.group]
    stated = Counter(question.group for question in grouped if question.stated)
    # One row more of each kind keeps the log-odds finite.
    usual = (sum(question.stated for question in questions) + 1) / (len(questions) + 2)
    return GroupCounts(Counter(question.group for question in grouped), stated, usual)


def with_prior(questions: Sequence[Question], prior: Prior) -> list[Question]:
    """The questions with the prior's features for each candidate; for pictures that it was not learned from."""
    return [with_features(question, prior.features(question.group, question.embedding)) for question in questions]


def with_other_rows(questions: Sequence[Question], counts: GroupCounts) -> list[Question]:
    """The counted questions with the feature for each candidate as the other rows of the group give it.

    Were its own row counted, the feature would tell the label.
    """
    return [with_features(q, counts.prior_without(q).features(q.group)) for q in questions]


def with_features(question: Question, features: Features) -> Question:
    """The question with more features for each candidate."""
    if not features:
        return question
    choices = tuple(replace(one, features=tuple(sorted(one.features + features))) for one in question.choices)
    return replace(question, choices=choices)
