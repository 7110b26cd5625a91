"""The nano model: a small `PaliGemmaForConditionalGeneration`, with first weights that already copy and look.

The language model begins as a copier that looks at the place of a text (`vlm.nano.weight_init`). In the tower, patches
begin with the coordinates of their middles. Half of its attention heads begin with equal query and key projections, so
that near patches attend to each other. The patch filters begin as plane waves of several directions, which respond to
lines anywhere in the patch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vlm.nano.layouts import DIMENSIONS
from vlm.nano.question import token_before_entity
from vlm.nano.weight_init import AXIS, init_attention, init_embeddings, init_projector, patch_coordinates
from vlm.prompt import LOC_BINS

if TYPE_CHECKING:
    import torch
    from torch import nn
    from transformers import (
        PaliGemmaConfig,
        PaliGemmaForConditionalGeneration,
        PaliGemmaProcessor,
        PreTrainedConfig,
    )

_SHARED_HEADS = 2
_PLACE_GAIN = 3.0  # so that the content of a patch does not drown its place


@dataclass(frozen=True, slots=True)
class NanoShape:
    """Sizes of a nano model; `image_size` is a multiple of `patch_size`, both in pixels."""

    hidden: int = 160
    layers: int = 4
    heads: int = 5
    mlp: int = 256
    tower_hidden: int = 128
    tower_heads: int = 4
    tower_layers: int = 2
    tower_mlp: int = 256
    image_size: int = 224
    patch_size: int = 28
    rope_theta: float = 1_000_000.0
    initial_range: float = 0.05

    @property
    def image_tokens(self) -> int:
        """Patches of one picture; each is a token of the prompt."""
        return (self.image_size // self.patch_size) ** 2


def build_model(processor: PaliGemmaProcessor, shape: NanoShape, seed: int) -> PaliGemmaForConditionalGeneration:
    """A new model for the processor's vocabulary, with random weights from `seed`."""
    import torch
    from transformers import GemmaConfig, PaliGemmaForConditionalGeneration

    tokenizer = processor.tokenizer
    text = GemmaConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        intermediate_size=shape.mlp,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        head_dim=shape.hidden // shape.heads,
        max_position_embeddings=1024,
        initializer_range=shape.initial_range,
        rope_parameters={"rope_type": "default", "rope_theta": shape.rope_theta},
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    config = paligemma_config(
        processor,
        text,
        hidden_size=shape.tower_hidden,
        intermediate_size=shape.tower_mlp,
        num_hidden_layers=shape.tower_layers,
        num_attention_heads=shape.tower_heads,
        image_size=shape.image_size,
        patch_size=shape.patch_size,
    )
    torch.manual_seed(seed)
    model = PaliGemmaForConditionalGeneration(config)
    _init_weights(
        model, tokenizer.convert_tokens_to_ids("<loc0000>"), token_before_entity(processor, DIMENSIONS[0]), shape
    )
    return model


def paligemma_config(processor: PaliGemmaProcessor, text: PreTrainedConfig, **tower: int) -> PaliGemmaConfig:
    """A PaliGemma of this language model, and of a tower in these sizes of `SiglipVisionConfig`."""
    from transformers import PaliGemmaConfig, SiglipVisionConfig

    return PaliGemmaConfig(
        text_config=text,
        vision_config=SiglipVisionConfig(projection_dim=text.hidden_size, vision_use_head=False, **tower),
        projection_dim=text.hidden_size,
        image_token_index=processor.image_token_id,
        image_token_id=processor.image_token_id,
    )


def waves(count: int, size: int) -> torch.Tensor:
    """Plane waves of eight directions and growing frequency, sines and cosines: (count, size, size), norm 1/3."""
    import torch

    grid = (torch.arange(size) - (size - 1) / 2) / size
    down, right = torch.meshgrid(grid, grid, indexing="ij")
    filters = []
    for number in range(count):
        direction = math.pi * (number // 2 % 8) / 8
        cycles = 0.75 * 1.7 ** (number // 16)
        phase = math.pi / 2 * (number % 2)
        along = right * math.cos(direction) + down * math.sin(direction)
        wave = torch.cos(2 * math.pi * cycles * along + phase)
        wave = wave - wave.mean()
        filters.append(wave / wave.norm())
    return torch.stack(filters) / 3


def _init_weights(
    model: PaliGemmaForConditionalGeneration, first_loc: int, before_entity: int, shape: NanoShape
) -> None:
    import torch

    tower, projector = model.model.vision_tower, model.model.multi_modal_projector.linear
    vision = getattr(tower, "vision_model", tower)
    with torch.no_grad():
        words, scale = model.get_input_embeddings().weight, math.sqrt(shape.hidden)
        init_embeddings(words, first_loc, LOC_BINS, scale)
        init_attention(
            model.model.language_model.layers, shape.hidden, shape.heads, shape.rope_theta, words[before_entity] * scale
        )
        init_projector(projector)
        _init_patches(vision.embeddings, shape)
        for layer in vision.encoder.layers:
            _init_shared_heads(layer.self_attn, shape)


def _init_patches(embeddings: nn.Module, shape: NanoShape) -> None:
    """Rows and columns in the first channels, waves in the others."""
    import torch

    patches, filters = embeddings.position_embedding.weight, embeddings.patch_embedding
    patches.zero_()
    patches[:, : 2 * AXIS] = _PLACE_GAIN * patch_coordinates(shape.image_size // shape.patch_size)
    filters.weight.zero_()
    filters.weight[2 * AXIS :] = waves(shape.tower_hidden - 2 * AXIS, shape.patch_size)[:, None]
    filters.weight += torch.randn_like(filters.weight) * 0.2 / math.sqrt(3 * shape.patch_size**2)
    filters.bias.zero_()


def _init_shared_heads(attention: nn.Module, shape: NanoShape) -> None:
    """Sets the first heads' keys equal to their queries, so that near places attend to each other."""
    size = _SHARED_HEADS * shape.tower_hidden // shape.tower_heads
    query = attention.q_proj.weight[:size].normal_(std=2 * shape.initial_range)
    attention.k_proj.weight[:size] = query
