"""How likely a PaliGemma finds given answers to a question: one pass over the prompt, and one over all answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers.modeling_outputs import BaseModelOutputWithPooling


def log_likelihoods(
    model: Any, features: torch.Tensor, prompt: Sequence[int], answers: Sequence[Sequence[int]]
) -> list[float]:
    """The log probability (nats) of each answer's tokens after the prompt; the last token of each is the end of text.

    `features` (image tokens, hidden size) are those of the picture, `prompt` and `answers` token ids. The prompt is
    computed once, its keys and values are shared by all answers.
    """
    device = model.device
    ids = torch.tensor([list(prompt)], device=device)
    before = model(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        token_type_ids=torch.zeros_like(ids),  # bidirectional over the prompt, as in training
        mm_encoder_outputs={"image": BaseModelOutputWithPooling(pooler_output=features[None])},
        use_cache=True,
        logits_to_keep=1,
    )
    first = before.logits[0, -1].float().log_softmax(dim=-1)
    longest = max(map(len, answers))
    padded = torch.tensor([[*answer, *[0] * (longest - len(answer))] for answer in answers], device=device)
    real = torch.tensor([[1] * len(answer) + [0] * (longest - len(answer)) for answer in answers], device=device)
    total = first[padded[:, 0]]
    if longest > 1:
        cache = before.past_key_values
        cache.batch_repeat_interleave(len(answers))
        seen = real.new_ones(len(answers), len(prompt))
        after = model(
            input_ids=padded[:, :-1],
            attention_mask=torch.cat([seen, real[:, :-1]], dim=1),
            past_key_values=cache,
            use_cache=True,
        )
        each = after.logits.float().log_softmax(dim=-1).gather(2, padded[:, 1:, None])[..., 0]
        total = total + (each * real[:, 1:]).sum(dim=1)
    scores: list[float] = total.double().tolist()
    return scores
