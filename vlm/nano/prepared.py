"""Examples of the nano training from folders that `python -m extractor prepare` wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from ocr.token import OcrResult, OcrToken
from vlm.finetune.examples import Example as PreparedExample
from vlm.finetune.examples import read_examples
from vlm.nano.annotate import annotations_of
from vlm.nano.tasks import Annotation, Example
from vlm.prompt import make_prompt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

CACHED_PICTURES = 3000
"""Scaled pictures kept in memory: 150 kB each at 224 pixels."""

_MIRRORED = 0.5


class PreparedPages:
    """The examples of one side ("train" or "holdout") of prepared folders. Raises `vlm.finetune.errors.TrainError`.

    `annotated` are the pictures with annotations, and these.
    """

    def __init__(self, folders: Sequence[Path], side: str) -> None:
        self._examples = [example for folder in folders for example in read_examples(folder / side)]
        self._picture = lru_cache(CACHED_PICTURES)(_scaled)
        annotations = _annotations_by_picture(self._examples)
        self.annotated = tuple(item for item in annotations.items() if item[1])
        self._annotations = dict(self.annotated)

    def __len__(self) -> int:
        return len(self._examples)

    def draw(self, rng: Random, size: int) -> Example:
        """A random example, its picture scaled to `size`; answerable ones come twice as often.

        Half of the annotated pictures are mirrored, with their places.
        """
        first, second = rng.choice(self._examples), rng.choice(self._examples)
        chosen = first if first.answerable else second
        mirrored = chosen.picture in self._annotations and rng.random() < _MIRRORED
        return self._made(chosen, size, mirrored=mirrored)

    def draw_annotated(self, rng: Random, size: int) -> tuple[Pixels, tuple[Annotation, ...]]:
        """A random picture of `annotated`, scaled to `size`, with its annotations."""
        picture, annotations = rng.choice(self.annotated)
        return self._picture(picture, size), annotations

    def first(self, count: int, size: int) -> list[Example]:
        """The first `count` examples."""
        return [self._made(example, size) for example in self._examples[:count]]

    def _made(self, example: PreparedExample, size: int, *, mirrored: bool = False) -> Example:
        page, pixels = example.page, self._picture(example.picture, size)
        annotations = self._annotations.get(example.picture, ())
        if mirrored and page is not None:
            page, pixels = _mirrored_page(page), pixels[:, ::-1]
            annotations = tuple(replace(annotation, x=1 - annotation.x) for annotation in annotations)
        prompt = make_prompt(example.entity, page)
        return Example(pixels, prompt, example.answer, "prepared", False, annotations, fully_annotated=False)


def _annotations_by_picture(examples: Sequence[PreparedExample]) -> dict[str, tuple[Annotation, ...]]:
    pages: dict[str, OcrResult] = {}
    right: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for example in examples:
        if not example.picture or example.page is None:
            continue
        pages.setdefault(example.picture, example.page)
        if example.answerable:
            right[example.picture][example.entity] = example.right_answers
    return {picture: annotations_of(page, right[picture]) for picture, page in pages.items()}


def _mirrored_page(page: OcrResult) -> OcrResult:
    """The page of the mirror image, left and right exchanged, with its texts unchanged."""
    return OcrResult(tuple(_mirrored_token(token, page.width) for token in page.tokens), page.width, page.height)


def _mirrored_token(token: OcrToken, width: int) -> OcrToken:
    a, b, c, d = ((width - x, y) for x, y in token.box)
    return replace(token, box=(b, a, d, c))


def _scaled(path: str, size: int) -> Pixels:
    import numpy as np
    from PIL import Image

    from vlm.finetune.collate import open_picture

    picture = open_picture(path)
    if picture is None:
        return np.full((size, size, 3), 255, np.uint8)
    return np.asarray(Image.fromarray(np.asarray(picture)).resize((size, size), Image.Resampling.BICUBIC))
