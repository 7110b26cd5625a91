"""A folder as the hub has Google's PaliGemmas: old names of weights, shards, and a tokenizer of Gemma's kind."""

from __future__ import annotations

import json
from pathlib import Path

from tests.vlm.support.tiny import PATCH, RESOLUTION, tiny_model
from vlm.nano.architecture import NanoShape
from vlm.nano.tokenizer import make_processor, train_tokenizer

WORDS = 300
UNUSED = 600
"""Entries without a text of use, as most of Gemma's 257,000 are."""


def save_hub_like(folder: Path) -> Path:
    """Writes a tiny random PaliGemma 2 to `folder`."""
    from safetensors.torch import load_file, save_file

    processor = _processor()
    tiny_model(processor).save_pretrained(folder, max_shard_size="10MB")
    processor.tokenizer.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(_preprocessor(processor)))
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    old = {_old_name(name): tensor for name, tensor in weights.items()}
    names = sorted(old)
    shards = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for shard, some in shards.items():
        save_file({name: old[name] for name in some}, folder / shard, metadata={"format": "pt"})
    weight_map = {name: shard for shard, some in shards.items() for name in some}
    index = {"metadata": {"total_size": sum(t.nbytes for t in old.values())}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return folder


def _processor():
    """Learned words in Gemma's notation, digits one by one, bytes for the rest."""
    from transformers import PaliGemmaProcessor

    from rules.constants import ENTITIES
    from vlm.prompt import make_question

    tokenizer = train_tokenizer([make_question(entity) for entity in ENTITIES] * 10, WORDS)
    tokenizer.add_tokens([f"<unused{number}>" for number in range(UNUSED)])
    shape = NanoShape()
    processor = make_processor(tokenizer, shape)
    images = processor.image_processor
    images.size = {"height": RESOLUTION, "width": RESOLUTION}
    images.image_seq_length = (RESOLUTION // PATCH) ** 2
    return PaliGemmaProcessor(image_processor=images, tokenizer=tokenizer)


def _preprocessor(processor) -> dict[str, object]:
    """The old file of the image processor, which names its class and the processor's."""
    settings = json.loads(processor.image_processor.to_json_string())
    return settings | {"image_processor_type": "SiglipImageProcessor", "processor_class": "PaliGemmaProcessor"}


def _old_name(name: str) -> str:
    return name.replace("vision_tower.", "vision_tower.vision_model.", 1)
