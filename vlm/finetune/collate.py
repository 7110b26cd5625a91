"""From examples to batches: opens pictures and makes prompts as late as possible, labels the answer alone.

trl's own collators do not fit PaliGemma: its attention is bidirectional over the prompt and causal over the answer,
and `token_type_ids` separate the two. Without them the answer would see itself.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ocr.picture import Picture, PictureError, load_picture
from vlm.finetune.chance import chance
from vlm.finetune.examples import Example
from vlm.prompt import PromptForm

if TYPE_CHECKING:
    import torch
    from datasets import Dataset
    from transformers import PaliGemmaProcessor

WEIGHT = "weight"
BLANK_SIZE = 448

_log = logging.getLogger(__name__)


def training_rows(rows: Dataset, *, ocr_dropout: float, seed: int) -> Dataset:
    """The rows of examples, the share `ocr_dropout` of them without their page.

    The choice depends on the seed and the row alone, so it is the same after a resumed run.
    """

    def drop_pages(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
        keys = zip(columns["picture"], columns["entity"], columns["answer"], strict=True)
        chances = [chance(seed, Path(picture).name, entity, answer) for picture, entity, answer in keys]
        pages = zip(columns["page"], chances, strict=True)
        return columns | {"page": ["" if number < ocr_dropout else page for page, number in pages]}

    return rows.with_transform(drop_pages)


class Collator:
    """Model inputs from rows of examples."""

    def __init__(self, processor: PaliGemmaProcessor, form: PromptForm = PromptForm.PLACES) -> None:
        self._processor = processor
        self._form = form

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, torch.Tensor]:
        """Padded tensors with a row each: input_ids, attention_mask, token_type_ids, labels, pixel_values, weight.

        Labels are -100 on pictures, prompts and padding. In place of a picture that cannot be opened comes a blank one,
        with weight 0.
        """
        import torch

        examples = [Example.from_row(row) for row in rows]
        pictures = [open_picture(example.picture) for example in examples]
        batch = self._processor(
            images=[blank_picture() if picture is None else picture for picture in pictures],
            text=[f"<image>{example.prompt(self._form)}" for example in examples],
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
