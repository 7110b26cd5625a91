"""Where a question says what it asks for, in tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vlm.prompt import make_question

if TYPE_CHECKING:
    from transformers import PaliGemmaProcessor


def asked_token(processor: PaliGemmaProcessor, word: str) -> int:
    """The token of the word of a question that says what is asked, or the last of its tokens."""
    return _ids_up_to(processor, word)[-1]


def token_before(processor: PaliGemmaProcessor, word: str) -> int:
    """The token right before that one."""
    return _ids_up_to(processor, word)[-2]


def _ids_up_to(processor: PaliGemmaProcessor, word: str) -> list[int]:
    question = make_question(word)
    asked = question[: question.index(word) + len(word)]
    return [int(i) for i in processor.tokenizer(asked, add_special_tokens=False).input_ids]
