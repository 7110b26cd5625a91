"""What a nano model can do before it has learned anything: copy text, and look at the picture where a text stands.

A model of a few million parameters with random weights needs thousands of steps to find out how to copy, and learns
little else until it does. So its first weights already hold the circuits that large models grow by themselves:

- In the first layer, heads look one and two tokens back and note what stands there, and at the second place token of
  each line the coordinate of the first.
- In the second layer, induction heads look for earlier places where the same one or two tokens stand before, and
  pass on what follows there; and sight heads look, from a line's place tokens, at the patches around that place.
- In the third layer, what the place tokens have seen is noted by the token behind them, as if it were printed before
  it, and all tokens learn the first word of what is asked; in the fourth, an induction head goes from that word to what
  stands behind its like.

All of it is ordinary weights, free to change from the first step on. The residual stream is divided for it (`Layout`).
Looking back uses the fast rotations of RoPE, comparing contents and places the slow ones, so that it does not matter
how far apart in the prompt two tokens are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import nn

NOTE = 32
"""Dimensions that hold what stood one, or two, tokens before."""

CYCLES = (0.5, 1.0, 2.0, 3.5)
"""Of the waves that tell a coordinate, over the whole picture."""

AXIS = 2 * len(CYCLES)
"""Dimensions that hold one coordinate."""

_CONSTANT = 2.8  # of each token, beside contents of variance 0.6 a dimension
_LOOK_BACK = (45.0, 45.0, 30.0, 10.0)  # by rotated pair, the fastest first; slower ones tell no neighbours apart
_SAME_TEXT, _SAME_PLACE, _PREFER_PATCHES = 1.8, 1.4, 5.0
_PASSED_ON = 1.6
_SOFTLY = 0.3  # of that in the later layers, where more would drown what the earlier ones copy
_UNTRAINED = 0.3  # what remains of the random weights where a circuit is laid


@dataclass(frozen=True, slots=True)
class Layout:
    """Which dimensions of the residual stream hold what."""

    hidden: int

    def __post_init__(self) -> None:
        if self.hidden < 128:
            raise ValueError(f"a nano model needs at least 128 dimensions, not {self.hidden}")

    @property
    def constant(self) -> int:
        """The dimension in which all tokens are alike."""
        return 0

    @property
    def sight(self) -> int:
        """The dimension that patches have and words have not."""
        return 1

    @property
    def content(self) -> slice:
        """What the token is."""
        return slice(2, self.hidden - 2 * NOTE - 3 * AXIS)

    @property
    def before(self) -> slice:
        """What stands one token before."""
        return slice(self.content.stop, self.content.stop + NOTE)

    @property
    def two_before(self) -> slice:
        """What stands two tokens before."""
        return slice(self.before.stop, self.before.stop + NOTE)

    @property
    def own_axis(self) -> slice:
        """A place token's coordinate; a patch's column."""
        return slice(self.two_before.stop, self.two_before.stop + AXIS)

    @property
    def axis_before(self) -> slice:
        """The coordinate of the place token before; a patch's row."""
        return slice(self.own_axis.stop, self.own_axis.stop + AXIS)

    @property
    def told_axis(self) -> slice:
        """A place token's coordinate once more, for the token behind it; nothing of a patch."""
        return slice(self.axis_before.stop, self.axis_before.stop + AXIS)


def coordinates(position: torch.Tensor) -> torch.Tensor:
    """Sines and cosines, each of variance 1 over the picture, of positions 0 to 1: (n,) -> (n, AXIS)."""
    import torch

    angles = 2 * math.pi * position[:, None] * torch.tensor(CYCLES)
    return math.sqrt(2) * torch.cat([angles.sin(), angles.cos()], dim=1)


def patch_coordinates(side: int) -> torch.Tensor:
    """Row and column of the middles of side x side patches, line by line: (side * side, 2 * AXIS)."""
    import torch

    middles = coordinates((torch.arange(side) + 0.5) / side)
    return torch.cat([middles.repeat_interleave(side, dim=0), middles.repeat(side, 1)], dim=1)


def lay_words(words: torch.Tensor, first_place: int, places: int, scale: float) -> None:
    """Sets the embeddings (vocabulary, hidden): random contents, the constant, and the coordinates of places.

    `scale` is what Gemma multiplies embeddings with. The places are `places` tokens from `first_place` on.
    """
    import torch

    layout = Layout(words.shape[1])
    width = layout.content.stop - layout.content.start
    contents = torch.randn(len(words), width) * 0.8 / scale
    words.zero_()
    words[:, layout.constant] = _CONSTANT / scale
    words[:, layout.content] = contents
    chosen = slice(first_place, first_place + places)
    alike = 0.87 * contents[first_place] + 0.5 * contents[chosen]
    words[chosen, layout.content] = alike * math.sqrt(1 - 2 * AXIS / (0.64 * width))  # no longer than other words
    for axis in (layout.own_axis, layout.told_axis):
        words[chosen, axis] = coordinates(torch.arange(places) / (places - 1)) / scale


def lay_projector(projector: nn.Linear) -> None:
    """Maps the tower's features to the stream: the first 2 * AXIS (row, column) to the axes, the rest to contents."""
    import torch

    layout = Layout(projector.out_features)
    width, seen = layout.content.stop - layout.content.start, projector.in_features - 2 * AXIS
    rank = min(width, seen)
    mixed = torch.linalg.qr(torch.randn(max(width, seen), rank))[0]
    projector.weight.zero_()
    projector.weight[layout.axis_before, :AXIS] = 0.45 * torch.eye(AXIS)
    projector.weight[layout.own_axis, AXIS : 2 * AXIS] = 0.45 * torch.eye(AXIS)
    projector.weight[layout.content, 2 * AXIS :] = 0.8 * (mixed if width >= seen else mixed.T)
    projector.bias.zero_()
    projector.bias[layout.constant] = _CONSTANT
    projector.bias[layout.sight] = _CONSTANT


def lay_circuits(layers: nn.ModuleList, hidden: int, heads: int, rope_theta: float, asking: torch.Tensor) -> None:
    """Sets the first weights of heads in a Gemma language model's first four layers; needs 4 heads of 32 at least.

    `asking` (hidden,) is the embedding, as the stream holds it, of the token that stands before what is asked.
    """
    import torch

    layout, size = Layout(hidden), hidden // heads
    width = layout.content.stop - layout.content.start
    noted = torch.linalg.qr(torch.randn(width, NOTE))[0].T
    first = [_Head(layers[0].self_attn, number, size, rope_theta) for number in range(3)]
    first[0].look_back(layout.constant, 1)
    first[0].move(layout.content, layout.before, noted)
    first[1].look_back(layout.constant, 2)
    first[1].move(layout.content, layout.two_before, noted)
    first[2].look_back(layout.constant, 1)
    first[2].move(layout.told_axis, layout.axis_before, 0.6 * torch.eye(AXIS))  # undoes the norm's scaling
    after_one, after_two, *sights = (_Head(layers[1].self_attn, number, size, rope_theta) for number in range(4))
    after_one.compare(((layout.content, layout.before, noted),))
    after_two.compare(((layout.content, layout.before, noted), (layout.before, layout.two_before, None)))
    for head in (after_one, after_two):
        head.pass_on(layout.content)
    for head in sights:
        head.compare_places(layout)
        head.pass_on(layout.content)
    if len(layers) < 4:
        return
    behind = _Head(layers[2].self_attn, 0, size, rope_theta)
    behind.look_back(layout.constant, 1)
    behind.move(layout.content, layout.before, noted)
    asked = _Head(layers[2].self_attn, 1, size, rope_theta)
    asked.look_behind(layout, noted @ asking[layout.content])
    asked.pass_on(layout.content, _SOFTLY)
    after_seen = _Head(layers[3].self_attn, 0, size, rope_theta)
    after_seen.compare(((layout.content, layout.before, noted),))
    after_seen.pass_on(layout.content, _SOFTLY)


class _Head:
    """One attention head's share of the projections; queries and keys are rotated in pairs (i, i + size / 2)."""

    def __init__(self, attention: nn.Module, number: int, size: int, rope_theta: float) -> None:
        import torch

        rows = slice(number * size, (number + 1) * size)
        self.query, self.key, self.value = (
            getattr(attention, name).weight[rows] for name in ("q_proj", "k_proj", "v_proj")
        )
        self.out = attention.o_proj.weight[:, rows]
        self.half = size // 2
        self.speeds = rope_theta ** (-torch.arange(self.half) / self.half)

    def look_back(self, constant: int, distance: int) -> None:
        """Attends to the token `distance` before, by rotations of the constant."""
        import torch

        amplitude = torch.zeros(self.half)
        amplitude[: len(_LOOK_BACK)] = torch.tensor(_LOOK_BACK).sqrt() / 4.5  # the constant after the norm is about 4.5
        self.query.zero_()
        self.key.zero_()
        self.query[: self.half, constant] = amplitude
        self.key[: self.half, constant] = amplitude * torch.cos(distance * self.speeds)
        self.key[self.half :, constant] = amplitude * torch.sin(distance * self.speeds)

    def move(self, source: slice, target: slice, through: torch.Tensor) -> None:
        """Writes `through` @ source to `target` and nothing else."""
        import torch

        self.value.zero_()
        self.value[: len(through), source] = through
        self.out.zero_()
        self.out[target, : len(through)] = torch.eye(len(through))

    def compare(self, pairs: tuple[tuple[slice, slice, torch.Tensor | None], ...]) -> None:
        """Attends where, for all (asked, kept, through), `through` @ asked of the query is like kept of the key."""
        import torch

        self._fade()
        slow = self._slow_rows()
        share = len(slow) // len(pairs)
        for number, (asked, kept, through) in enumerate(pairs):
            rows = slow[number * share : (number + 1) * share]
            mixed = torch.linalg.qr(torch.randn(NOTE, NOTE))[0][:share]
            self.query[rows, asked] += _SAME_TEXT * (mixed if through is None else mixed @ through)
            self.key[rows, kept] += _SAME_TEXT * mixed

    def look_behind(self, layout: Layout, note: torch.Tensor) -> None:
        """Attends, from everywhere, to what stands right behind the token that leaves this note (NOTE,)."""
        import torch

        self._fade()
        slow = self._slow_rows()
        mixed = torch.linalg.qr(torch.randn(NOTE, NOTE))[0][: len(slow)]
        self.query[slow, layout.constant] += _SAME_TEXT * (mixed @ note) / _CONSTANT
        self.key[slow, layout.before] += _SAME_TEXT * mixed

    def compare_places(self, layout: Layout) -> None:
        """Attends to patches near the query's own place.

        Sine and cosine of one wave lie in a rotated pair, so that RoPE shifts places a little and spoils nothing.
        """
        self._fade()
        self.query[self.half - 1 - 2 * len(CYCLES), layout.constant] = 1.0
        self.key[self.half - 1 - 2 * len(CYCLES), layout.sight] = _PREFER_PATCHES
        count = len(CYCLES)
        for axis, first in ((layout.own_axis, self.half - count), (layout.axis_before, self.half - 2 * count)):
            for wave in range(count):
                pair = first + count - 1 - wave, self.half + first + count - 1 - wave
                for row, dimension in zip(pair, (axis.start + wave, axis.start + count + wave), strict=True):
                    self.query[row, dimension] = _SAME_PLACE
                    self.key[row, dimension] = _SAME_PLACE

    def pass_on(self, content: slice, share: float = 1.0) -> None:
        """Adds what the attended token is, or a share of it, through NOTE random directions."""
        import torch

        width = content.stop - content.start
        directions = torch.linalg.qr(torch.randn(width, NOTE))[0].T
        self.value[:, content] += _PASSED_ON * directions
        self.out[content] += share * _PASSED_ON * directions.T

    def _slow_rows(self) -> list[int]:
        """The rows that RoPE rotates so slowly that they compare tokens however far apart."""
        slower = range(self.half // 2, self.half)
        return [*slower, *(self.half + i for i in slower)]

    def _fade(self) -> None:
        self.query *= _UNTRAINED
        self.key *= _UNTRAINED
