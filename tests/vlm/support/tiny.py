"""A PaliGemma small enough for tests: the real classes, random weights, a tokenizer of single characters."""

from __future__ import annotations

import string
from pathlib import Path

RESOLUTION = 28
PATCH = 14


def tiny_processor():
    """A PaliGemma processor for pictures of 28 x 28 pixels, four image tokens each."""
    from transformers import GemmaTokenizer, PaliGemmaProcessor, SiglipImageProcessorPil

    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    pieces = [*special, *(f"<0x{byte:02X}>" for byte in range(256)), "\n", "▁", *string.digits, *string.ascii_letters]
    vocabulary = {piece: number for number, piece in enumerate([*pieces, *string.punctuation])}
    tokenizer = GemmaTokenizer(vocab=vocabulary, merges=[])
    image_processor = SiglipImageProcessorPil(size={"height": RESOLUTION, "width": RESOLUTION})
    image_processor.image_seq_length = (RESOLUTION // PATCH) ** 2
    return PaliGemmaProcessor(image_processor=image_processor, tokenizer=tokenizer)


def tiny_model(processor, *, seed: int = 0):
    """A random PaliGemma with Gemma 2 language model, about half a million parameters."""
    import torch
    from transformers import Gemma2Config, PaliGemmaForConditionalGeneration

    from vlm.nano.architecture import paligemma_config

    tokenizer = processor.tokenizer
    text = Gemma2Config(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=32,
        query_pre_attn_scalar=32,
        sliding_window=4096,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        initializer_range=0.2,
    )
    config = paligemma_config(
        processor,
        text,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=RESOLUTION,
        patch_size=PATCH,
    )
    torch.manual_seed(seed)
    return PaliGemmaForConditionalGeneration(config).eval()


def save_tiny(folder: Path, *, seed: int = 0) -> Path:
    """Writes model and processor to `folder`, as a base to load."""
    processor = tiny_processor()
    tiny_model(processor, seed=seed).save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
