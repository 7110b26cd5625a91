"""The challenge's score of a reader: its answers, normalised by the rules, and counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules.amount import Amount
from rules.counts import Counts
from rules.normalise import normalise
from rules.outcome import Outcome, outcome_of, same_number
from vlm.answer import VlmAnswer
from vlm.finetune.collate import open_picture
from vlm.finetune.examples import Example
from vlm.reader import PictureQuestions, VlmReader

PICTURES_AT_ONCE = 64
"""Bounds the pictures in memory."""


def answered(reader: VlmReader, examples: Sequence[Example]) -> Iterator[tuple[Example, VlmAnswer]]:
    """The examples with the reader's answers; those whose picture cannot be opened are left out."""
    for start in range(0, len(examples), PICTURES_AT_ONCE):
        part = [(example, open_picture(example.picture)) for example in examples[start : start + PICTURES_AT_ONCE]]
        opened = [(example, picture) for example, picture in part if picture is not None]
        answers = reader.read([PictureQuestions(picture, e.page, (e.entity,)) for e, picture in opened])
        for (example, _), (answer,) in zip(opened, answers, strict=True):
            yield example, answer


def outcome_of_text(text: str, example: Example) -> Outcome:
    """The outcome of a generated text; what the rules reject counts as an empty answer."""
    amounts = [normalise(one, example.entity) for one in (text, *example.right_answers)]
    answer, *right = (amount if isinstance(amount, Amount) else None for amount in amounts)
    return outcome_of(answer, right, _same)


def metrics_of(score: Counts) -> dict[str, float]:
    """A score as it is recorded."""
    return {"rows": score.total, "f1": score.f1, "precision": score.precision, "recall": score.recall}


def _same(answer: Amount, right: Amount) -> bool:
    return answer.unit == right.unit and same_number(answer.value, right.value)
