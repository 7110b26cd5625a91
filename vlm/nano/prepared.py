"""Examples from folders that `python -m extractor prepare` wrote, as the nano training takes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from vlm.examples import Example as PreparedExample
from vlm.examples import read_examples
from vlm.nano.tasks import Example
from vlm.prompt import make_prompt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEPT_PICTURES = 3000
"""Scaled pictures kept in memory: 150 kB each at 224 pixels."""


class PreparedPages:
    """The examples of one side ("train" or "holdout") of prepared folders. Raises `vlm.examples.DataError`."""

    def __init__(self, folders: Sequence[Path], side: str) -> None:
        self._examples = [example for folder in folders for example in read_examples(folder / side)]
        self._picture = lru_cache(KEPT_PICTURES)(_scaled)

    def __len__(self) -> int:
        return len(self._examples)

    def draw(self, rng: Random, size: int) -> Example:
        """Any of them, with its picture scaled to `size`; the answerable ones twice as often."""
        first, second = rng.choice(self._examples), rng.choice(self._examples)
        return self._made(first if first.answerable else second, size)

    def first(self, count: int, size: int) -> list[Example]:
        """The first `count`."""
        return [self._made(example, size) for example in self._examples[:count]]

    def _made(self, example: PreparedExample, size: int) -> Example:
        prompt = make_prompt(example.entity, example.page)
        return Example(self._picture(example.picture, size), prompt, example.answer, "prepared", False, None)


def _scaled(path: str, size: int) -> NDArray[np.uint8]:
    import numpy as np
    from PIL import Image

    from vlm.collate import open_picture

    picture = open_picture(path)
    if picture is None:
        return np.full((size, size, 3), 255, np.uint8)
    return np.asarray(Image.fromarray(np.asarray(picture)).resize((size, size), Image.Resampling.BICUBIC))
