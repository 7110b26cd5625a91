"""The outputs of a nano model during training, and the share of right answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vlm.nano.batches import IGNORED, Batch

if TYPE_CHECKING:
    import torch
    from transformers import PaliGemmaForConditionalGeneration

_LAYERS_TO_SIGHT = 2
"""Layers after which the place tokens of a line hold features of the patches at that place (`vlm.nano.weight_init`)."""

BLANKED = frozenset({"drawn", "direction", "directions", "prepared"})
"""Sets that are scored with blank pictures too."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Logits (n, vocabulary) and labels (n,) of the answers' tokens; features of the patches (batch, patches, hidden)
    and, after the layers that look at them, of all tokens (batch, length, hidden)."""

    logits: torch.Tensor
    labels: torch.Tensor
    patches: torch.Tensor
    places: torch.Tensor


def answer_logits(
    model: PaliGemmaForConditionalGeneration, inputs: Mapping[str, torch.Tensor], *, bf16: bool
) -> Outputs:
    """The model's outputs for a batch; logits are computed for the tokens of answers alone."""
    import torch

    labels = inputs["labels"]
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        features = {k: v for k, v in inputs.items() if k != "labels"}
        output = model.model(**features, labels=labels, use_cache=False, output_hidden_states=True)
        of_answers = labels[:, 1:] != IGNORED
        logits = model.lm_head(output.last_hidden_state[:, :-1][of_answers])
    return Outputs(
        logits.float(), labels[:, 1:][of_answers], output.image_hidden_states, output.hidden_states[_LAYERS_TO_SIGHT]
    )


def score(
    model: PaliGemmaForConditionalGeneration, sets: Mapping[str, Sequence[Batch]], *, bf16: bool
) -> dict[str, float]:
    """Share of answers right to the last token, for each set of batches, and `NAME_blank` for those of `BLANKED`.

    Every token is predicted after the right ones before it, which for whole answers equals greedy generation.
    """
    import torch

    model.eval()
    result: dict[str, float] = {}
    with torch.no_grad():
        for name, batches in sets.items():
            for blank in (False, True) if name in BLANKED else (False,):
                right: list[bool] = []
                for batch in batches:
                    right.extend(_right(model, batch, blank=blank, bf16=bf16))
                result[name + "_blank" * blank] = sum(right) / max(1, len(right))
    return result


def _right(model: PaliGemmaForConditionalGeneration, batch: Batch, *, blank: bool, bf16: bool) -> list[bool]:
    import torch

    inputs = batch.tensors(blank=blank)
    outputs = answer_logits(model, inputs, bf16=bf16)
    rows = torch.nonzero(inputs["labels"][:, 1:] != IGNORED)[:, 0]
    wrong = set(rows[outputs.logits.argmax(-1) != outputs.labels].tolist())
    return [row not in wrong for row in range(len(batch.kinds))]
