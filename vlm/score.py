"""How good a model's answers are: generated, put through the rules, and counted as the challenge counts them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rules.amount import Amount
from rules.counts import Counts
from rules.normalise import normalise
from vlm.collate import encode, open_picture
from vlm.examples import Example
from vlm.prompt import UNANSWERABLE

if TYPE_CHECKING:
    from transformers import PaliGemmaForConditionalGeneration, PaliGemmaProcessor

SAME = 1e-3
"""Relative difference up to which two numbers of the same unit are the same answer."""


def score_texts(texts: Sequence[str], examples: Sequence[Example]) -> Counts:
    """The score of the texts that a model generated for the examples."""
    return sum((_outcome(text, example) for text, example in zip(texts, examples, strict=True)), Counts())


def generate_texts(
    model: PaliGemmaForConditionalGeneration,
    processor: PaliGemmaProcessor,
    examples: Sequence[Example],
    *,
    batch: int = 8,
    max_new_tokens: int = 16,
) -> list[str]:
    """What the model says to each example's prompt with OCR, greedily and unconstrained."""
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
                made = model.generate(**inputs, max_new_tokens=max_new_tokens, do_sample=False, use_cache=True)
            answers = made[:, inputs["input_ids"].shape[1] :]
            texts += processor.batch_decode(answers, skip_special_tokens=True)
    finally:
        model.train(was_training)
    return texts


def _outcome(text: str, example: Example) -> Counts:
    said = normalise(text, example.entity)
    if not isinstance(said, Amount):
        return Counts(tn=1) if UNANSWERABLE in example.right_answers else Counts(fn=1)
    right = (normalise(answer, example.entity) for answer in example.right_answers)
    return Counts(tp=1) if any(isinstance(r, Amount) and _same(said, r) for r in right) else Counts(fp=1)


def _same(said: Amount, right: Amount) -> bool:
    return said.unit == right.unit and abs(said.value - right.value) <= SAME * right.value
