"""One step of the nano model's training: three auxiliary losses beside that of the answers, two learning rates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from vlm.nano.batches import IGNORED, Batch
from vlm.nano.scoring import answer_logits
from vlm.nano.tower import AuxiliaryHeads, coordinate_loss, label_loss

if TYPE_CHECKING:
    import torch
    from transformers import PaliGemmaForConditionalGeneration

_PATCHES_SHARE, _PLACES_SHARE, _COORDINATES_SHARE = 0.5, 0.7, 0.3


def make_optimiser(
    model: PaliGemmaForConditionalGeneration, heads: AuxiliaryHeads, *, rate: float, tower_rate: float
) -> torch.optim.AdamW:
    """AdamW with the peak rates "peak" of its groups: `tower_rate` for tower and projector, `rate` for the rest."""
    import torch

    tower: list[torch.nn.Parameter] = []
    rest: list[torch.nn.Parameter] = []
    for name, parameter in model.named_parameters():
        (tower if "vision_tower" in name or "multi_modal_projector" in name else rest).append(parameter)
    rest.extend(heads.parameters())
    groups: Sequence[dict[str, Any]] = [
        {"params": tower, "peak": tower_rate},
        {"params": rest, "peak": rate},
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)


def optimise(
    model: PaliGemmaForConditionalGeneration,
    heads: AuxiliaryHeads,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    *,
    dimension_tokens: Sequence[int],
    bf16: bool,
) -> tuple[float, float, float]:
    """One step; returns the losses of answers, patches and places before it.

    `dimension_tokens` are the tokens of `vlm.nano.layouts.DIMENSIONS` in questions.
    """
    import torch
    from torch.nn.functional import cross_entropy

    model.train()
    optimiser.zero_grad()
    outputs = answer_logits(model, batch.tensors(), bf16=bf16)
    answers = cross_entropy(outputs.logits, outputs.labels)
    patches = label_loss(heads.patch_head, outputs.patches, torch.from_numpy(batch.patch_labels))
    labels = torch.from_numpy(batch.place_labels)
    words = model.get_input_embeddings().weight[list(dimension_tokens)]
    words = words * math.sqrt(model.config.text_config.hidden_size)
    place_head = partial(heads.place_logits, words=words)
    places = label_loss(place_head, outputs.places[labels != IGNORED], labels[labels != IGNORED])
    coordinates = coordinate_loss(outputs.patches)
    (answers + _PATCHES_SHARE * patches + _PLACES_SHARE * places + _COORDINATES_SHARE * coordinates).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return float(answers.detach()), float(patches.detach()), float(places.detach())
