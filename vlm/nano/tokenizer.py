"""A small BPE tokenizer, learned from the generator's prompts: Gemma's special tokens, bytes and single digits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from vlm.nano.architecture import NanoShape

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import GemmaTokenizer, PaliGemmaProcessor

SPECIALS = ("<pad>", "<eos>", "<bos>", "<unk>", "<mask>")
BYTES = tuple(f"<0x{value:02X}>" for value in range(256))
PIXEL_MEAN, PIXEL_STD = 0.9, 0.3
"""So that white paper is near zero for the tower, and thin dark lines are far from it."""

LONGEST_TOKEN = 80
"""Letters of the longest token, which can hold a whole list of units: questions take few tokens."""


def train_tokenizer(texts: Iterable[str], size: int) -> GemmaTokenizer:
    """A Gemma tokenizer of about `size` entries (before the places and `<image>`), learned from `texts`.

    Digits never merge with anything, nor do newlines and the words for the dimensions.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
    from transformers import GemmaTokenizer

    learner = Tokenizer(models.BPE())
    learner.normalizer = normalizers.Replace(" ", "▁")
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex("<loc[0-9]{4}>"), "removed"),
            pre_tokenizers.Split(Regex(r"[0-9\n]|width|depth|height|directions?"), "isolated"),
        ]
    )
    learned_size = size - len(SPECIALS) - len(BYTES)
    trainer = trainers.BpeTrainer(
        vocab_size=learned_size, max_token_length=LONGEST_TOKEN, min_frequency=8, show_progress=False
    )
    learner.train_from_iterator(texts, trainer)
    learned, merges = _vocabulary(learner)
    vocabulary = {entry: number for number, entry in enumerate((*SPECIALS, *BYTES, *learned))}
    return GemmaTokenizer(vocab=vocabulary, merges=merges)


def make_processor(tokenizer: GemmaTokenizer, shape: NanoShape) -> PaliGemmaProcessor:
    """The PaliGemma processor of a nano model; adds `<image>` and the loc and seg tokens to the tokenizer."""
    from transformers import PaliGemmaProcessor
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    images = SiglipImageProcessorPil(
        size={"height": shape.image_size, "width": shape.image_size},
        image_mean=[PIXEL_MEAN] * 3,
        image_std=[PIXEL_STD] * 3,
    )
    images.image_seq_length = shape.image_tokens
    return PaliGemmaProcessor(image_processor=images, tokenizer=tokenizer)


def _vocabulary(learner: Tokenizer) -> tuple[list[str], list[tuple[str, str]]]:
    model = json.loads(learner.to_str())["model"]
    needed = (*(str(digit) for digit in range(10)), "\n", "▁")
    entries = sorted(model["vocab"], key=model["vocab"].__getitem__)
    missing = [entry for entry in needed if entry not in model["vocab"]]
    return [*missing, *entries], [(left, right) for left, right in model["merges"]]
