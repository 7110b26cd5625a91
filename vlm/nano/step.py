"""One step of the nano model's training: three lessons beside the answers, and a rate of its own for the tower."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from vlm.nano.batches import IGNORED, Batch
from vlm.nano.scoring import answer_logits
from vlm.nano.tower import Lessons, cell_loss, place_loss

if TYPE_CHECKING:
    import torch
    from transformers import PaliGemmaForConditionalGeneration

_PATCHES_SHARE, _PLACES_SHARE, _COORDINATES_SHARE = 0.5, 0.7, 0.3


def make_optimiser(
    model: PaliGemmaForConditionalGeneration, lessons: Lessons, *, rate: float, tower_rate: float
) -> torch.optim.AdamW:
    """AdamW with the peak rates "peak" of its groups: `tower_rate` for tower and projector, `rate` for the rest."""
    import torch

    eyes: list[torch.nn.Parameter] = []
    rest: list[torch.nn.Parameter] = []
    for name, parameter in model.named_parameters():
        (eyes if "vision_tower" in name or "multi_modal_projector" in name else rest).append(parameter)
    rest.extend(lessons.parameters())
    groups: Sequence[dict[str, Any]] = [
        {"params": eyes, "peak": tower_rate},
        {"params": rest, "peak": rate},
    ]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)


def optimise(
    model: PaliGemmaForConditionalGeneration,
    lessons: Lessons,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    *,
    extent_words: Sequence[int],
    bf16: bool,
) -> tuple[float, float, float]:
    """One step; returns the losses of answers, patches and places before it.

    `extent_words` are the tokens of `vlm.nano.layouts.EXTENTS`, which questions name so.
    """
    import torch
    from torch.nn.functional import cross_entropy

    model.train()
    optimiser.zero_grad()
    seen = answer_logits(model, batch.tensors(), bf16=bf16)
    answers = cross_entropy(seen.logits, seen.labels)
    patches = cell_loss(lessons.patches, seen.patches, torch.from_numpy(batch.cells))
    asked = torch.from_numpy(batch.places)
    words = model.get_input_embeddings().weight[list(extent_words)] * math.sqrt(model.config.text_config.hidden_size)
    told = partial(lessons.places, words=words)
    places = cell_loss(told, seen.places[asked != IGNORED], asked[asked != IGNORED])
    where = place_loss(seen.patches)
    (answers + _PATCHES_SHARE * patches + _PLACES_SHARE * places + _COORDINATES_SHARE * where).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return float(answers.detach()), float(patches.detach()), float(places.detach())
