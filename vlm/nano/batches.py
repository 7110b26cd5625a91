"""Batches of examples for the nano model, drawn in another process so that training does not wait for pictures."""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from vlm.finetune.examples import TRAIN
from vlm.nano.layouts import DIMENSIONS
from vlm.nano.prepared import PreparedPages
from vlm.nano.tasks import Annotation, Example, Mixture, draw_example
from vlm.nano.tokenizer import PIXEL_MEAN, PIXEL_STD
from vlm.prompt import LOC_BINS

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from transformers import PaliGemmaProcessor, PreTrainedTokenizerBase

IGNORED = -100
POOL = 8
"""Batches that are drawn together and sorted by length, for little padding."""

LABELS = ("none", *DIMENSIONS, "other")
_PATCH_REACH = 0.8  # patches, from the centre of a text
_SAME_PLACE = 3  # of LOC_BINS, between a text's place and its annotation

_SEED_STRIDE = 1_000_000_007


@dataclass(frozen=True, slots=True)
class Batch:
    """Right-padded arrays (batch, length), pictures (batch, size, size, 3) and the examples' kinds.

    `patch_labels` (batch, patches) says for each patch of a picture what the text there measures, by its position in
    `LABELS`; `place_labels` (batch, length) says so at the second place token of each line, and is `IGNORED` elsewhere.
    """

    input_ids: NDArray[np.int64]
    attention_mask: NDArray[np.int64]
    token_type_ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    pixels: NDArray[np.uint8]
    patch_labels: NDArray[np.int64]
    place_labels: NDArray[np.int64]
    kinds: tuple[str, ...]
    drawing: tuple[bool, ...]

    def tensors(self, *, blank: bool = False) -> dict[str, torch.Tensor]:
        """The model's inputs; `blank` replaces the pictures by white ones."""
        import torch

        pixels = torch.from_numpy(self.pixels)
        return {
            "input_ids": torch.from_numpy(self.input_ids),
            "attention_mask": torch.from_numpy(self.attention_mask),
            "token_type_ids": torch.from_numpy(self.token_type_ids),
            "labels": torch.from_numpy(self.labels),
            "pixel_values": pixel_values(torch.full_like(pixels, 255) if blank else pixels),
        }


@dataclass(frozen=True, slots=True)
class Schedule:
    """The mixtures over the training: stages of (share of the training at which it begins, mixture)."""

    stages: tuple[tuple[float, Mixture], ...]

    def at(self, progress: float) -> Mixture:
        """The mixture at `progress`, 0 to 1."""
        return [mixture for begin, mixture in self.stages if begin <= progress][-1]


CURRICULUM = Schedule(
    (
        (0.0, Mixture(simple=0.8, whole=0.35, directions=0.2, triple=0.3, boldness=2.2, scattered=0.5, prepared=0.1)),
        (0.08, Mixture(simple=0.4, whole=0.35, directions=0.1, triple=0.3, boldness=1.9, prepared=0.25)),
        (0.25, Mixture(simple=0.1, whole=0.25, directions=0.06, triple=0.2, boldness=1.6, prepared=0.35)),
        (0.60, Mixture(whole=0.12, directions=0.04, triple=0.1, boldness=1.2, scattered=0.3, prepared=0.45)),
        (0.80, Mixture(whole=0.05, directions=0.02, triple=0.05, scattered=0.25, prepared=0.5)),
    )
)


def pixel_values(pictures: torch.Tensor) -> torch.Tensor:
    """The processor's scaling: uint8 (batch, size, size, 3) to floats (batch, 3, size, size)."""
    return (pictures.permute(0, 3, 1, 2).float() / 255 - PIXEL_MEAN) / PIXEL_STD


def collate(examples: Sequence[Example], processor: PaliGemmaProcessor) -> Batch:
    """The batch that the processor makes of the examples with their answers as suffixes, right-padded."""
    return _padded(examples, [_encode(e, processor.tokenizer, _prompt_head(processor)) for e in examples], processor)


def training_batches(
    folder: Path,
    seed: int,
    size: int,
    *,
    steps: int,
    start: int = 0,
    image_size: int,
    schedule: Schedule = CURRICULUM,
    data: Sequence[Path] = (),
) -> Iterator[Batch]:
    """Batches number `start` to `steps` of `size` examples; each depends on `seed` and its number only.

    `folder` holds the saved processor, `data` are prepared folders. Closing the iterator ends the process that draws.
    """
    context = multiprocessing.get_context("spawn")
    queue = context.Queue(maxsize=4)
    arguments = (queue, folder, seed, size, steps, start, image_size, schedule, tuple(data))
    process = context.Process(target=_produce, args=arguments, daemon=True)
    process.start()
    try:
        begin = start - start % POOL
        for first in range(begin, steps, POOL):
            pool = queue.get()
            yield from pool[max(0, start - first) : steps - first]
    finally:
        process.terminate()


def _produce(  # noqa: PLR0917
    queue: Any,
    folder: Path,
    seed: int,
    size: int,
    steps: int,
    start: int,
    image_size: int,
    schedule: Schedule,
    data: tuple[Path, ...],
) -> None:
    import torch
    from transformers import PaliGemmaProcessor

    torch.set_num_threads(1)
    prepared = PreparedPages(data, TRAIN)
    processor = PaliGemmaProcessor.from_pretrained(folder)
    head = _prompt_head(processor)
    for pool in range(start // POOL, -(-steps // POOL)):
        mixture = schedule.at(pool * POOL / steps)
        first = seed * _SEED_STRIDE + pool * POOL * size
        examples = [_drawn(first + number, mixture, image_size, prepared) for number in range(POOL * size)]
        encoded = [_encode(example, processor.tokenizer, head) for example in examples]
        order = sorted(range(len(examples)), key=lambda i: len(encoded[i][0]))
        chunks = [order[at : at + size] for at in range(0, len(order), size)]
        Random(first).shuffle(chunks)
        queue.put([_padded([examples[i] for i in chunk], [encoded[i] for i in chunk], processor) for chunk in chunks])


def _drawn(seed: int, mixture: Mixture, size: int, prepared: PreparedPages) -> Example:
    rng = Random(seed)
    if len(prepared) and rng.random() < mixture.prepared:
        return prepared.draw(rng, size)
    return draw_example(seed, mixture, size)


def _prompt_head(processor: PaliGemmaProcessor) -> list[int]:
    return [processor.image_token_id] * processor.image_seq_length + [processor.tokenizer.bos_token_id]


def _encode(example: Example, tokenizer: PreTrainedTokenizerBase, head: list[int]) -> tuple[list[int], list[int]]:
    prompt = tokenizer(example.prompt + "\n", add_special_tokens=False).input_ids
    answer = tokenizer(example.answer, add_special_tokens=False).input_ids
    return head + prompt, [*answer, tokenizer.eos_token_id]


def _padded(
    examples: Sequence[Example], encoded: Sequence[tuple[list[int], list[int]]], processor: PaliGemmaProcessor
) -> Batch:
    import numpy as np

    shape = len(encoded), max(len(prefix) + len(suffix) for prefix, suffix in encoded)
    ids, mask, types = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    labels, place_labels = np.full(shape, IGNORED, np.int64), np.full(shape, IGNORED, np.int64)
    first_loc = processor.tokenizer.convert_tokens_to_ids("<loc0000>")
    for row, (prefix, suffix) in enumerate(encoded):
        end = len(prefix) + len(suffix)
        ids[row, :end] = prefix + suffix
        mask[row, :end] = 1
        types[row, len(prefix) : end] = 1
        labels[row, len(prefix) : end] = suffix
        for at, label in _place_labels(prefix, first_loc, examples[row]):
            place_labels[row, at] = label
    pixels = np.stack([example.pixels for example in examples])
    kinds, drawing = tuple(e.kind for e in examples), tuple(e.drawing for e in examples)
    side = math.isqrt(processor.image_seq_length)
    patches = [patch_labels_of(e.annotations, side, fully_annotated=e.fully_annotated).reshape(-1) for e in examples]
    return Batch(ids, mask, types, labels, pixels, np.stack(patches), place_labels, kinds, drawing)


def _place_labels(prefix: list[int], first_loc: int, example: Example) -> Iterator[tuple[int, int]]:
    at, reach = 0, math.inf if example.fully_annotated else _SAME_PLACE
    while at + 1 < len(prefix):
        y, x = prefix[at] - first_loc, prefix[at + 1] - first_loc
        if not (0 <= y < LOC_BINS and 0 <= x < LOC_BINS):
            at += 1
            continue
        distances = [math.hypot(one.x * LOC_BINS - x, one.y * LOC_BINS - y) for one in example.annotations]
        nearest = min(distances, default=math.inf)
        if nearest < reach:
            yield at + 1, _label_of(example.annotations[distances.index(nearest)])
        at += 2


def _label_of(annotation: Annotation) -> int:
    return LABELS.index(annotation.dimension if annotation.dimension in LABELS else "other")


def patch_labels_of(annotations: Sequence[Annotation], side: int, *, fully_annotated: bool = True) -> NDArray[np.int64]:
    """What the text at each of side x side patches measures, as positions in `LABELS`.

    Patches away from all annotations are "none", or, without `fully_annotated`, unknown: `IGNORED`.
    """
    import numpy as np

    elsewhere = LABELS.index("none") if fully_annotated else IGNORED
    labels, nearest = np.full((side, side), elsewhere, np.int64), np.full((side, side), _PATCH_REACH)
    rows, columns = np.mgrid[:side, :side] + 0.5
    for annotation in annotations:
        distance = np.hypot(rows - annotation.y * side, columns - annotation.x * side)
        labels[distance < nearest] = _label_of(annotation)
        nearest = np.minimum(nearest, distance)
    return labels
