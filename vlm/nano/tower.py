"""First lessons of the vision tower alone: what does the number at each patch measure?

The language model sees little before its vision tower says something, and the tower learns little before the
language model looks at it. So the tower first learns from dense labels, a thousand patches a step, in a few minutes.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

from vlm.nano.batches import CELL_KINDS, cells_of, pixel_values
from vlm.nano.layouts import EXTENTS
from vlm.nano.prepared import PreparedPages
from vlm.nano.tasks import Mixture, draw_picture
from vlm.nano.weight_init import Layout, patch_coordinates

if TYPE_CHECKING:
    import torch
    from transformers import PaliGemmaForConditionalGeneration

_UNNAMED = 0.1  # what a place may tell of its extent other than by the word
CELL_WEIGHTS = (0.1, 1.0, 1.0, 1.0, 0.3)
_FRESH = 10
"""Pictures drawn for each step; the rest of the batch are earlier ones, mirrored."""

_PREPARED = 0.45  # of a batch, where there are such pages
_KEPT = 600
_BATCH = 40
_PEAK_RATE = 3e-3
_WARMUP = 100


class Lessons:
    """What is read off the model during training only: which extent the number at a patch, or at a place, measures.

    A place says so in the words of the question: its features shall be like the embedding of `width`, `height` or
    `depth`, so that what finds the line with the printed word finds the line with the drawn one too.
    """

    def __init__(self, hidden: int) -> None:
        import torch

        self.patches = torch.nn.Linear(hidden, len(CELL_KINDS))
        self.others = torch.nn.Linear(hidden, len(CELL_KINDS))

    def places(self, features: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
        """Logits (n, kinds) of features (n, hidden); `words` (extents, hidden) as the stream holds them."""
        import torch

        content = Layout(features.shape[-1]).content
        alike = features[:, content] @ words[:, content].detach().T / math.sqrt(content.stop - content.start)
        told = self.others(features)
        first = CELL_KINDS.index(EXTENTS[0])
        named = told[:, first : first + len(EXTENTS)] * _UNNAMED + alike
        return torch.cat([told[:, :first], named, told[:, first + len(EXTENTS) :]], dim=1)

    def parameters(self) -> list[torch.nn.Parameter]:
        """Of both."""
        return [*self.patches.parameters(), *self.others.parameters()]

    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` takes."""
        return {"patches": self.patches.state_dict(), "others": self.others.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restores what `state_dict` gave."""
        self.patches.load_state_dict(state["patches"])
        self.others.load_state_dict(state["others"])


def cell_loss(
    tell: Callable[[torch.Tensor], torch.Tensor], features: torch.Tensor, kinds: torch.Tensor
) -> torch.Tensor:
    """Cross entropy of kinds (see `Batch.cells`), of any shape, that `tell` gives logits of for features of that shape.

    Kinds below 0 do not count; without any other the loss is 0.
    """
    import torch

    if not bool((kinds >= 0).any()):
        return torch.zeros(())
    logits = tell(features.float()).reshape(-1, len(CELL_KINDS))
    return torch.nn.functional.cross_entropy(logits, kinds.flatten(), torch.tensor(CELL_WEIGHTS))


def place_loss(patches: torch.Tensor) -> torch.Tensor:
    """How far features (batch, patches, hidden) are from telling their place where the language model looks for it."""
    import torch

    layout, side = Layout(patches.shape[-1]), math.isqrt(patches.shape[1])
    told = torch.cat([patches[..., layout.axis_before], patches[..., layout.own_axis]], dim=-1).float()
    return torch.nn.functional.mse_loss(told, patch_coordinates(side).expand_as(told))


def pretrain_tower(
    model: PaliGemmaForConditionalGeneration,
    cells: torch.nn.Linear,
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
    parameters = [*tower.parameters(), *projector.parameters(), *cells.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=_PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    rng, kept = Random(seed), deque[tuple[Any, Any]](maxlen=_KEPT)
    begun, step, seen = time.monotonic(), 0, deque[tuple[float, float]](maxlen=100)
    while True:
        progress = max((time.monotonic() - begun) / seconds, step / steps if steps else 0.0)
        if progress >= 1:
            return
        pixels, kinds = _batch(rng, kept, prepared, progress, vision.image_size, side)
        for group in optimiser.param_groups:
            group["lr"] = _PEAK_RATE * min(1, (step + 1) / _WARMUP) * (0.15 + 0.85 * (1 - progress))
        optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            patches = projector(tower(pixels).last_hidden_state)
        loss = cell_loss(cells, patches, kinds)
        (loss + place_loss(patches)).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        seen.append((float(loss.detach()), _extents_right(cells, patches, kinds)))
        step += 1
        if step % 100 == 0:
            mean, right = (sum(values) / len(values) for values in zip(*seen, strict=True))
            log(f"{time.monotonic() - begun:6.0f} s  tower step {step}  loss {mean:.3f}  extents right {right:.3f}")


def _batch(
    rng: Random, kept: deque[tuple[Any, Any]], prepared: PreparedPages, progress: float, size: int, side: int
) -> tuple[torch.Tensor, torch.Tensor]:
    import numpy as np
    import torch

    mixture = Mixture(boldness=1 + 2 * (1 - progress), scattered=0.5, cards=0.4)
    for _ in range(_FRESH):
        pixels, marks = draw_picture(rng, mixture, size)
        kept.append((pixels, cells_of(marks, side)))
    fresh = list(kept)[-_FRESH:]
    known = [_known(prepared, rng, size, side) for _ in range(round(_BATCH * _PREPARED) if prepared.marked else 0)]
    earlier = [rng.choice(kept) for _ in range(_BATCH - len(fresh) - len(known))]
    chosen = fresh + [_mirrored(*shown, rng) for shown in (*earlier, *known)]
    pictures = torch.from_numpy(np.stack([pixels for pixels, _ in chosen]))
    return pixel_values(pictures), torch.from_numpy(np.stack([kinds.reshape(-1) for _, kinds in chosen]))


def _known(prepared: PreparedPages, rng: Random, size: int, side: int) -> tuple[Any, Any]:
    pixels, marks = prepared.draw_marked(rng, size)
    return pixels, cells_of(marks, side, all_marked=False)


def _mirrored(pixels: Any, kinds: Any, rng: Random) -> tuple[Any, Any]:
    steps = rng.choice(((1, 1), (1, -1), (-1, 1), (-1, -1)))
    return pixels[:: steps[0], :: steps[1]], kinds[:: steps[0], :: steps[1]]


def _extents_right(cells: torch.nn.Linear, patches: torch.Tensor, kinds: torch.Tensor) -> float:
    import torch

    with torch.no_grad():
        shown = (kinds >= CELL_KINDS.index("width")) & (kinds <= CELL_KINDS.index("depth"))
        logits = cells(patches[shown].float())[:, 1:4]
        right = (logits.argmax(-1) + 1 == kinds[shown]).float().mean()
    return 0.0 if math.isnan(float(right)) else float(right)
