"""Answers as a sequence, also by the name of their entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar, overload

from extractor.stages.answer import Answer

AnswerT_co = TypeVar("AnswerT_co", bound=Answer, covariant=True)


class AnswerSequence(Sequence[AnswerT_co], Generic[AnswerT_co]):
    """What all kinds of extractions have: their `answers`, in the order of the entities."""

    __slots__ = ()
    answers: tuple[AnswerT_co, ...]

    @overload
    def __getitem__(self, key: int | str) -> AnswerT_co: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[AnswerT_co]: ...
    def __getitem__(self, key: int | str | slice) -> AnswerT_co | Sequence[AnswerT_co]:
        """The answer at a position, or on an entity. Raises KeyError for an entity that was not among the questions."""
        if not isinstance(key, str):
            return self.answers[key]
        for answer in self.answers:
            if answer.entity == key:
                return answer
        raise KeyError(key)

    def __len__(self) -> int:
        """How many answers there are, empty ones too."""
        return len(self.answers)
