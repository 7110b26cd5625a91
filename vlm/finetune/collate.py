"""From examples to batches: opens pictures and makes prompts as late as possible, labels the answer alone.

trl's own collators do not fit PaliGemma: its attention is bidirectional over the prompt and causal over the answer,
and `token_type_ids` separate the two. Without them the answer would see itself.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ocr.picture import Picture, PictureError, load_picture
from vlm.finetune.examples import Example

if TYPE_CHECKING:
    import torch
    from datasets import Dataset
    from transformers import PaliGemmaProcessor

IMAGE, PROMPT, COMPLETION, WEIGHT = "image", "prompt", "completion", "weight"
BLANK_SIZE = 448

_log = logging.getLogger(__name__)


def with_prompts(dataset: Dataset, *, ocr_dropout: float, seed: int) -> Dataset:
    """The dataset of examples with the columns that a trainer of prompts and completions expects.

    `image` holds the picture's path. The share `ocr_dropout` of the prompts is without OCR. The choice depends on the
    seed and the row alone, so it is the same after a resumed run.
    """

    def columns(batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        rows = [dict(zip(batch, cells, strict=True)) for cells in zip(*batch.values(), strict=True)]
        examples = [Example.from_row(row) for row in rows]
        return {
            IMAGE: [e.picture for e in examples],
            PROMPT: [e.prompt(with_ocr=not _drops_ocr(e, ocr_dropout, seed)) for e in examples],
            COMPLETION: [e.answer for e in examples],
            WEIGHT: [e.weight for e in examples],
        }

    return dataset.with_transform(columns)


class Collator:
    """Model inputs from rows with `image`, `prompt`, `completion` and `weight`."""

    def __init__(self, processor: PaliGemmaProcessor) -> None:
        self._processor = processor

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, torch.Tensor]:
        """Padded tensors with a row each: input_ids, attention_mask, token_type_ids, labels, pixel_values, weight.

        Labels are -100 on pictures, prompts and padding. In place of a picture that cannot be opened comes a blank one,
        with weight 0.
        """
        import torch

        pictures = [open_picture(str(row[IMAGE])) for row in rows]
        batch = encode(self._processor, pictures, [row[PROMPT] for row in rows], [row[COMPLETION] for row in rows])
        weights = [0.0 if p is None else float(row[WEIGHT]) for p, row in zip(pictures, rows, strict=True)]
        return {**batch, WEIGHT: torch.tensor(weights)}


def encode(
    processor: PaliGemmaProcessor,
    pictures: Sequence[Picture | None],
    prompts: Sequence[str],
    answers: Sequence[str] | None = None,
) -> dict[str, torch.Tensor]:
    """Model inputs for prompts about pictures (None is a blank one), padded on the left.

    With `answers` they have labels, for training; without them none, for generation.
    """
    images = [blank_picture() if picture is None else picture for picture in pictures]
    batch = processor(
        images=images,
        text=[f"<image>{prompt}" for prompt in prompts],
        suffix=None if answers is None else list(answers),
        padding="longest",
        padding_side="left",
        return_tensors="pt",
    )
    inputs = dict(batch)
    if answers is None:
        inputs.pop("labels", None)
    return inputs


def blank_picture() -> Picture:
    """A white picture, for examples with an OCR page alone."""
    return np.full((BLANK_SIZE, BLANK_SIZE, 3), 255, dtype=np.uint8)


def open_picture(path: str) -> Picture | None:
    """The picture at `path`, a blank one for ""; None, and a warning, when it cannot be opened."""
    if not path:
        return blank_picture()
    try:
        return load_picture(Path(path).read_bytes())
    except (OSError, PictureError) as error:
        _log.warning("%s cannot be opened and is left out: %s", path, error)
        return None


def _drops_ocr(example: Example, share: float, seed: int) -> bool:
    if not share:
        return False
    key = f"{seed}|{Path(example.picture).name}|{example.entity}|{example.answer}"
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") < share * 2**64
