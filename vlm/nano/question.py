"""The tokens of a question that name the entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vlm.prompt import make_question

if TYPE_CHECKING:
    from transformers import PaliGemmaProcessor


def entity_token(processor: PaliGemmaProcessor, entity: str) -> int:
    """The last token of the entity in its question."""
    return _ids_up_to(processor, entity)[-1]


def token_before_entity(processor: PaliGemmaProcessor, entity: str) -> int:
    """The token before that one."""
    return _ids_up_to(processor, entity)[-2]


def _ids_up_to(processor: PaliGemmaProcessor, entity: str) -> list[int]:
    question = make_question(entity)
    beginning = question[: question.index(entity) + len(entity)]
    return [int(i) for i in processor.tokenizer(beginning, add_special_tokens=False).input_ids]
