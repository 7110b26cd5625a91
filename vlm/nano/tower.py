"""The vision tower's own pre-training on patch labels: the dimension that the number at each patch measures.

The language model needs features of the tower to look at, and the tower gets no gradient before the language model
looks. So the tower first learns from dense labels, a thousand patches a step, in a few minutes.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

from vlm.nano.batches import LABELS, patch_labels_of, pixel_values
from vlm.nano.layouts import DIMENSIONS
from vlm.nano.prepared import PreparedPages
from vlm.nano.tasks import Mixture, draw_picture
from vlm.nano.weight_init import StreamLayout, patch_coordinates

if TYPE_CHECKING:
    import torch
    from transformers import PaliGemmaForConditionalGeneration

_DIRECT_SHARE = 0.1  # of the place head's own logits for dimensions, beside the similarity with the word
LABEL_WEIGHTS = (0.1, 1.0, 1.0, 1.0, 0.3)
_NEW = 10
"""Pictures drawn for each step; the rest of the batch are mirror images of earlier ones."""

_PREPARED = 0.45  # of a batch, where there are such pages
_EARLIER = 600
_BATCH = 40
_PEAK_RATE = 3e-3
_WARMUP = 100


class AuxiliaryHeads:
    """Heads for training only: they predict the dimension that the number at a patch, or at a place, measures.

    The place head compares features with the embeddings of `width`, `height` and `depth`. So places learn to look like
    those words, and attention that finds the line with the printed word also finds the line with the drawn one.
    """

    def __init__(self, hidden: int) -> None:
        import torch

        self.patch_head = torch.nn.Linear(hidden, len(LABELS))
        self.place_head = torch.nn.Linear(hidden, len(LABELS))

    def place_logits(self, features: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
        """Logits (n, labels) of features (n, hidden); `words` (dimensions, hidden) are scaled embeddings."""
        import torch

        content = StreamLayout(features.shape[-1]).content
        similarity = features[:, content] @ words[:, content].detach().T / math.sqrt(content.stop - content.start)
        logits = self.place_head(features)
        first = LABELS.index(DIMENSIONS[0])
        last = first + len(DIMENSIONS)
        named = logits[:, first:last] * _DIRECT_SHARE + similarity
        return torch.cat([logits[:, :first], named, logits[:, last:]], dim=1)

    def parameters(self) -> list[torch.nn.Parameter]:
        """The parameters of both heads."""
        return [*self.patch_head.parameters(), *self.place_head.parameters()]

    def state_dict(self) -> dict[str, Any]:
        """The weights, for `load_state_dict`; the keys are those of the first saved runs."""
        return {"patches": self.patch_head.state_dict(), "others": self.place_head.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restores the weights from `state_dict`."""
        self.patch_head.load_state_dict(state["patches"])
        self.place_head.load_state_dict(state["others"])


def label_loss(
    head: Callable[[torch.Tensor], torch.Tensor], features: torch.Tensor, labels: torch.Tensor
) -> torch.Tensor:
    """Cross entropy of the labels under the head's logits for the features, of the same shape.

    Labels below 0 do not count; without any other the loss is 0.
    """
    import torch

    if not bool((labels >= 0).any()):
        return torch.zeros(())
    logits = head(features.float()).reshape(-1, len(LABELS))
    return torch.nn.functional.cross_entropy(logits, labels.flatten(), torch.tensor(LABEL_WEIGHTS))


def coordinate_loss(patches: torch.Tensor) -> torch.Tensor:
    """Mean squared error of the coordinates in the channels of patch features (batch, patches, hidden)."""
    import torch

    layout, side = StreamLayout(patches.shape[-1]), math.isqrt(patches.shape[1])
    predicted = torch.cat([patches[..., layout.axis_before], patches[..., layout.own_axis]], dim=-1).float()
    return torch.nn.functional.mse_loss(predicted, patch_coordinates(side).expand_as(predicted))


def pretrain_tower(
    model: PaliGemmaForConditionalGeneration,
    patch_head: torch.nn.Linear,
    prepared: PreparedPages,
    *,
    seed: int,
    seconds: float,
    steps: int | None,
    bf16: bool,
    log: Callable[[str], None],
) -> None:
    """Trains tower and projector for `seconds`, or for `steps` if those end first, on drawn and `prepared` pages."""
    import torch

    vision = model.config.vision_config
    side = vision.image_size // vision.patch_size
    tower, projector = model.model.vision_tower, model.model.multi_modal_projector
    parameters = [*tower.parameters(), *projector.parameters(), *patch_head.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=_PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    rng, earlier = Random(seed), deque[tuple[Any, Any]](maxlen=_EARLIER)
    begun, step, recent = time.monotonic(), 0, deque[tuple[float, float]](maxlen=100)
    while True:
        progress = max((time.monotonic() - begun) / seconds, step / steps if steps else 0.0)
        if progress >= 1:
            return
        pixels, labels = _batch(rng, earlier, prepared, progress, vision.image_size, side)
        for group in optimiser.param_groups:
            group["lr"] = _PEAK_RATE * min(1, (step + 1) / _WARMUP) * (0.15 + 0.85 * (1 - progress))
        optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            patches = projector(tower(pixels).last_hidden_state)
        loss = label_loss(patch_head, patches, labels)
        (loss + coordinate_loss(patches)).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        recent.append((float(loss.detach()), _dimension_accuracy(patch_head, patches, labels)))
        step += 1
        if step % 100 == 0:
            mean, right = (sum(values) / len(values) for values in zip(*recent, strict=True))
            log(f"{time.monotonic() - begun:6.0f} s  tower step {step}  loss {mean:.3f}  dimensions right {right:.3f}")


def _batch(
    rng: Random, earlier: deque[tuple[Any, Any]], prepared: PreparedPages, progress: float, size: int, side: int
) -> tuple[torch.Tensor, torch.Tensor]:
    import numpy as np
    import torch

    mixture = Mixture(boldness=1 + 2 * (1 - progress), scattered=0.5, cards=0.4)
    for _ in range(_NEW):
        pixels, annotations = draw_picture(rng, mixture, size)
        earlier.append((pixels, patch_labels_of(annotations, side)))
    new = list(earlier)[-_NEW:]
    real = [
        _annotated(prepared, rng, size, side) for _ in range(round(_BATCH * _PREPARED) if prepared.annotated else 0)
    ]
    old = [rng.choice(earlier) for _ in range(_BATCH - len(new) - len(real))]
    pairs = new + [_mirrored(*pair, rng) for pair in (*old, *real)]
    pictures = torch.from_numpy(np.stack([pixels for pixels, _ in pairs]))
    return pixel_values(pictures), torch.from_numpy(np.stack([labels.reshape(-1) for _, labels in pairs]))


def _annotated(prepared: PreparedPages, rng: Random, size: int, side: int) -> tuple[Any, Any]:
    pixels, annotations = prepared.draw_annotated(rng, size)
    return pixels, patch_labels_of(annotations, side, fully_annotated=False)


def _mirrored(pixels: Any, labels: Any, rng: Random) -> tuple[Any, Any]:
    steps = rng.choice(((1, 1), (1, -1), (-1, 1), (-1, -1)))
    return pixels[:: steps[0], :: steps[1]], labels[:: steps[0], :: steps[1]]


def _dimension_accuracy(head: torch.nn.Linear, patches: torch.Tensor, labels: torch.Tensor) -> float:
    import torch

    with torch.no_grad():
        drawn = (labels >= LABELS.index("width")) & (labels <= LABELS.index("depth"))
        logits = head(patches[drawn].float())[:, 1:4]
        right = (logits.argmax(-1) + 1 == labels[drawn]).float().mean()
    return 0.0 if math.isnan(float(right)) else float(right)
