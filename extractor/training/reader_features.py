"""What a reader makes of the rules' candidates, as features of the ranker beside those of the page.

One pass of the reader over a question gives the log-likelihood of each candidate's text and of `unanswerable`
(`vlm.generate.PaliGemmaReader.score`). Fitted on rows that the reader did not learn from, trees can use it where it
knows and leave it where it is too sure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from extractor.training.examples import Question
from vlm.prompt import UNANSWERABLE, answer_text

LEAST = -30.0
"""Log-likelihoods count as at least this; below it is noise."""


def texts_of(question: Question) -> tuple[str, ...]:
    """The different texts to be scored, as the reader would write them: the candidates' and `unanswerable`."""
    texts = (answer_text(choice.amount) for choice in question.choices if choice.amount is not None)
    return tuple(dict.fromkeys((*texts, UNANSWERABLE)))


def with_reader(question: Question, scores: Mapping[str, float]) -> Question:
    """The question with the reader's features for each candidate; `scores` are log-likelihoods (nats) by text.

    They are the candidate's own, and its lead over `unanswerable` and over the best other candidate; its share among
    all, 0 to 1; and the share of `unanswerable`.
    """
    bounded = {text: max(LEAST, score) for text, score in scores.items()}
    total = math.log(sum(map(math.exp, bounded.values())))
    choices = []
    for choice in question.choices:
        if choice.amount is None:
            choices.append(choice)
            continue
        text = answer_text(choice.amount)
        others = [score for other, score in bounded.items() if other not in (text, UNANSWERABLE)]
        features = {
            "reader_score": bounded[text],
            "reader_over_empty": bounded[text] - bounded[UNANSWERABLE],
            "reader_over_others": bounded[text] - max(others, default=LEAST),
            "reader_share": math.exp(bounded[text] - total),
            "reader_empty": math.exp(bounded[UNANSWERABLE] - total),
        }
        choices.append(replace(choice, features=tuple(sorted({**dict(choice.features), **features}.items()))))
    return replace(question, choices=tuple(choices))


def all_with_reader(questions: Sequence[Question], scores: Sequence[Mapping[str, float]]) -> list[Question]:
    """The questions, each with its own scores."""
    return [with_reader(question, of_it) for question, of_it in zip(questions, scores, strict=True)]
