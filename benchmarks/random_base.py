"""A PaliGemma 2 with random weights in the sizes of Google's, to measure memory and speed without theirs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rules.constants import ENTITIES
from vlm.nano.architecture import NanoShape, paligemma_config
from vlm.nano.tokenizer import make_processor, train_tokenizer
from vlm.prompt import make_question

LEARNED_ENTRIES = 400
PATCH = 14


@dataclass(frozen=True, slots=True)
class BaseShape:
    """Sizes of a PaliGemma 2; `resolution` in pixels. Those of 3B are in Google's `config.json`."""

    resolution: int
    vocabulary: int = 257_216
    hidden: int = 2304
    mlp: int = 9216
    layers: int = 26
    heads: int = 8
    key_heads: int = 4
    head_size: int = 256
    tower_hidden: int = 1152
    tower_mlp: int = 4304
    tower_layers: int = 27
    tower_heads: int = 16


SHAPES: dict[str, BaseShape] = {
    "random-3b-224": BaseShape(224),
    "random-3b-448": BaseShape(448),
    "random-3b-896": BaseShape(896),
    "random-tiny": BaseShape(28, 2000, 64, 128, 2, 2, 1, 32, 64, 128, 2, 2),
}


def save_random(shape: BaseShape, folder: Path) -> Path:
    """Writes the model in bf16, with a processor whose tokenizer fills a small part of the vocabulary."""
    import torch
    from transformers import Gemma2Config, PaliGemmaForConditionalGeneration

    tokenizer = train_tokenizer([make_question(entity) for entity in ENTITIES] * 10, LEARNED_ENTRIES)
    processor = make_processor(tokenizer, NanoShape(image_size=shape.resolution, patch_size=PATCH))
    text = Gemma2Config(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.mlp,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.key_heads,
        head_dim=shape.head_size,
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
        image_size=shape.resolution,
        patch_size=PATCH,
    )
    torch.manual_seed(0)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        model = PaliGemmaForConditionalGeneration(config).to(torch.bfloat16)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
