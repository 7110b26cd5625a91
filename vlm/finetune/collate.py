"""From examples to batches: opens pictures and makes prompts as late as possible, labels the answer alone.

PaliGemma's attention is bidirectional over the prompt and causal over the answer, and `token_type_ids` separate the
two. Without them the answer would see itself.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocr.picture import Picture, PictureError, load_picture
from vlm.finetune.chance import chance
from vlm.finetune.examples import Example

if TYPE_CHECKING:
    import torch
    from datasets import Dataset
    from transformers import PaliGemmaProcessor

WEIGHT = "weight"
BLANK_SIZE = 448

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """The examples of a dataset, the share `ocr_dropout` of them without their page.

    The choice depends on the seed and the row alone, so it is the same after a resumed run.
    """

    rows: Dataset
    ocr_dropout: float
    seed: int

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, number: int) -> Example:
        example = Example.from_row(self.rows[number])
        drawn = chance(self.seed, Path(example.picture).name, example.entity, example.answer)
        return replace(example, page=None) if drawn < self.ocr_dropout else example


class Collator:
    """Model inputs from examples."""

    def __init__(self, processor: PaliGemmaProcessor) -> None:
        self._processor = processor

    def __call__(self, examples: Sequence[Example]) -> dict[str, torch.Tensor]:
        """Padded tensors with a row each: input_ids, attention_mask, token_type_ids, labels, pixel_values, weight.

        Labels are -100 on pictures, prompts and padding. In place of a picture that cannot be opened comes a blank one,
        with weight 0.
        """
        import torch

        pictures = [open_picture(example.picture) for example in examples]
        batch = self._processor(
            images=[blank_picture() if picture is None else picture for picture in pictures],
            text=[f"<image>{example.prompt()}" for example in examples],
            suffix=[example.answer for example in examples],
            padding="longest",
            padding_side="left",
            return_tensors="pt",
        )
        weights = [0.0 if picture is None else e.weight for picture, e in zip(pictures, examples, strict=True)]
        return {**batch, WEIGHT: torch.tensor(weights)}


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
