"""The challenge's score of a model: its answers generated, normalised by the rules, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rules.amount import Amount
from rules.counts import Counts
from rules.normalise import normalise
from rules.outcome import Outcome, count, outcome_of, same_number
from vlm.finetune.collate import encode, open_picture
from vlm.finetune.examples import Example
from vlm.prompt import UNANSWERABLE

if TYPE_CHECKING:
    from transformers import PaliGemmaForConditionalGeneration, PaliGemmaProcessor


def score_texts(texts: Sequence[str], examples: Sequence[Example]) -> Counts:
    """The score of the texts that a model generated for the examples."""
    return count(outcome_of_text(text, example) for text, example in zip(texts, examples, strict=True))


def outcome_of_text(text: str, example: Example) -> Outcome:
    """The outcome of a generated text; what the rules reject counts as an empty answer."""
    right: list[Amount | None] = [None] if UNANSWERABLE in example.right_answers else []
    amounts = [normalise(one, example.entity) for one in (text, *example.right_answers)]
    answer, *others = (amount if isinstance(amount, Amount) else None for amount in amounts)
    right += [other for other in others if other is not None]
    return outcome_of(answer, right, _same)


def generate_texts(
    model: PaliGemmaForConditionalGeneration,
    processor: PaliGemmaProcessor,
    examples: Sequence[Example],
    *,
    batch: int = 8,
    max_new_tokens: int = 16,
) -> list[str]:
    """The model's text for each example's prompt with OCR, greedy and unconstrained."""
    import torch

    was_training = model.training
    model.eval()
    texts: list[str] = []
    try:
        for start in range(0, len(examples), batch):
            part = examples[start : start + batch]
            inputs = encode(processor, [open_picture(e.picture) for e in part], [e.prompt() for e in part])
            inputs = {name: tensor.to(model.device) for name, tensor in inputs.items()}
            with torch.no_grad():
                generated = model.generate(**inputs, max_new_tokens=max_new_tokens, do_sample=False, use_cache=True)
            answers = generated[:, inputs["input_ids"].shape[1] :]
            texts += processor.batch_decode(answers, skip_special_tokens=True)
    finally:
        model.train(was_training)
    return texts


def _same(answer: Amount, right: Amount) -> bool:
    return answer.unit == right.unit and same_number(answer.value, right.value)
