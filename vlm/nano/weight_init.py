"""The first weights of a nano model, with which it copies text and looks at the picture where a text stands.

With random weights, a model of a few million parameters needs thousands of steps before it copies, and learns little
else until then. So its first weights already hold the attention patterns that large models learn by themselves:

- First layer: two heads attend one and two tokens back and note those tokens. At the second place token of each line, a
  third one copies the coordinate of the first.
- Second layer: two induction heads attend to earlier tokens that have the same one or two predecessors, and copy them.
  Two further heads attend from a line's place tokens to the patches around that place.
- Third layer: one head attends one token back, so that the token after the place tokens notes the dimension that
  these have seen as it would note a printed word. Another one copies, to all tokens, the first word of the entity in
  the question.
- Fourth layer: an induction head attends from that word to the tokens that follow the same word elsewhere.

All of these are ordinary weights, which training may change from the first step on. They divide the channels of the
residual stream among them (`StreamLayout`). Attention to a distance uses the fast rotations of RoPE; comparison of
contents and places uses the slow ones, so that it works at any distance in the prompt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import nn

NOTE = 32
"""Channels for the content of the token one, or two, before."""

CYCLES = (0.5, 1.0, 2.0, 3.5)
"""Cycles over the whole picture of the waves that encode a coordinate."""

AXIS = 2 * len(CYCLES)
"""Channels for one coordinate."""

_CONSTANT = 2.8  # beside contents of variance 0.6 a channel
_LOOK_BACK = (45.0, 45.0, 30.0, 10.0)  # by rotated pair, fastest first; slower ones cannot separate neighbours
_TEXT_MATCH, _PLACE_MATCH, _PATCH_BIAS = 1.8, 1.4, 5.0
_COPY_GAIN = 1.6
_LATE_SHARE = 0.3  # of that gain in the later layers; more would drown the copies of the earlier ones
_RANDOM_SHARE = 0.3  # of the random weights that these are added to


@dataclass(frozen=True, slots=True)
class StreamLayout:
    """The channels of the residual stream by their use."""

    hidden: int

    def __post_init__(self) -> None:
        if self.hidden < 128:
            raise ValueError(f"a nano model needs at least 128 channels, not {self.hidden}")

    @property
    def constant(self) -> int:
        """The channel with the same value in all tokens."""
        return 0

    @property
    def patch_flag(self) -> int:
        """The channel that is zero for words and not for patches."""
        return 1

    @property
    def content(self) -> slice:
        """The token itself."""
        return slice(2, self.hidden - 2 * NOTE - 3 * AXIS)

    @property
    def before(self) -> slice:
        """The token one before."""
        return slice(self.content.stop, self.content.stop + NOTE)

    @property
    def two_before(self) -> slice:
        """The token two before."""
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
    def axis_copy(self) -> slice:
        """A copy of a place token's coordinate, for the token after it; zero for patches."""
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


def init_embeddings(words: torch.Tensor, first_place: int, places: int, scale: float) -> None:
    """Sets the embeddings (vocabulary, hidden): random contents, the constant, and the coordinates of places.

    Gemma multiplies embeddings by `scale`. The places are `places` tokens from `first_place` on.
    """
    import torch

    layout = StreamLayout(words.shape[1])
    width = layout.content.stop - layout.content.start
    contents = torch.randn(len(words), width) * 0.8 / scale
    words.zero_()
    words[:, layout.constant] = _CONSTANT / scale
    words[:, layout.content] = contents
    chosen = slice(first_place, first_place + places)
    alike = 0.87 * contents[first_place] + 0.5 * contents[chosen]
    words[chosen, layout.content] = alike * math.sqrt(1 - 2 * AXIS / (0.64 * width))  # the norm of other words
    for axis in (layout.own_axis, layout.axis_copy):
        words[chosen, axis] = coordinates(torch.arange(places) / (places - 1)) / scale


def init_projector(projector: nn.Linear) -> None:
    """Sets the map from the tower's features: the first 2 * AXIS (row, column) to the axes, the rest to contents."""
    import torch

    layout = StreamLayout(projector.out_features)
    width, seen = layout.content.stop - layout.content.start, projector.in_features - 2 * AXIS
    rank = min(width, seen)
    mixed = torch.linalg.qr(torch.randn(max(width, seen), rank))[0]
    projector.weight.zero_()
    projector.weight[layout.axis_before, :AXIS] = 0.45 * torch.eye(AXIS)
    projector.weight[layout.own_axis, AXIS : 2 * AXIS] = 0.45 * torch.eye(AXIS)
    projector.weight[layout.content, 2 * AXIS :] = 0.8 * (mixed if width >= seen else mixed.T)
    projector.bias.zero_()
    projector.bias[layout.constant] = _CONSTANT
    projector.bias[layout.patch_flag] = _CONSTANT


def init_attention(
    layers: nn.ModuleList, hidden: int, heads: int, rope_theta: float, before_entity: torch.Tensor
) -> None:
    """Sets heads in the first four layers of a Gemma language model with at least 4 heads of 32 channels.

    `before_entity` (hidden,) is the scaled embedding of the token before the entity in a question.
    """
    import torch

    layout, size = StreamLayout(hidden), hidden // heads
    width = layout.content.stop - layout.content.start
    noted = torch.linalg.qr(torch.randn(width, NOTE))[0].T
    first = [_Head(layers[0].self_attn, number, size, rope_theta) for number in range(3)]
    first[0].look_back(layout.constant, 1)
    first[0].move(layout.content, layout.before, noted)
    first[1].look_back(layout.constant, 2)
    first[1].move(layout.content, layout.two_before, noted)
    first[2].look_back(layout.constant, 1)
    first[2].move(layout.axis_copy, layout.axis_before, 0.6 * torch.eye(AXIS))  # undoes the scaling of the norm
    after_one, after_two, *patch_heads = (_Head(layers[1].self_attn, number, size, rope_theta) for number in range(4))
    after_one.compare(((layout.content, layout.before, noted),))
    after_two.compare(((layout.content, layout.before, noted), (layout.before, layout.two_before, None)))
    for head in (after_one, after_two):
        head.copy(layout.content)
    for head in patch_heads:
        head.compare_places(layout)
        head.copy(layout.content)
    if len(layers) < 4:
        return
    look_back = _Head(layers[2].self_attn, 0, size, rope_theta)
    look_back.look_back(layout.constant, 1)
    look_back.move(layout.content, layout.before, noted)
    entity = _Head(layers[2].self_attn, 1, size, rope_theta)
    entity.look_after(layout, noted @ before_entity[layout.content])
    entity.copy(layout.content, _LATE_SHARE)
    after_entity = _Head(layers[3].self_attn, 0, size, rope_theta)
    after_entity.compare(((layout.content, layout.before, noted),))
    after_entity.copy(layout.content, _LATE_SHARE)


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
        """Attends to the token `distance` before, by rotation of the constant."""
        import torch

        amplitude = torch.zeros(self.half)
        amplitude[: len(_LOOK_BACK)] = torch.tensor(_LOOK_BACK).sqrt() / 4.5  # the norm makes the constant about 4.5
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
        """Attends where, for all (left, right, through), `through` @ left of the query resembles right of the key."""
        import torch

        self._fade()
        slow = self._slow_rows()
        share = len(slow) // len(pairs)
        for number, (left, right, through) in enumerate(pairs):
            rows = slow[number * share : (number + 1) * share]
            mixed = torch.linalg.qr(torch.randn(NOTE, NOTE))[0][:share]
            self.query[rows, left] += _TEXT_MATCH * (mixed if through is None else mixed @ through)
            self.key[rows, right] += _TEXT_MATCH * mixed

    def look_after(self, layout: StreamLayout, note: torch.Tensor) -> None:
        """Attends, from all tokens, to the one right after the token with this note (NOTE,)."""
        import torch

        self._fade()
        slow = self._slow_rows()
        mixed = torch.linalg.qr(torch.randn(NOTE, NOTE))[0][: len(slow)]
        self.query[slow, layout.constant] += _TEXT_MATCH * (mixed @ note) / _CONSTANT
        self.key[slow, layout.before] += _TEXT_MATCH * mixed

    def compare_places(self, layout: StreamLayout) -> None:
        """Attends to patches near the query's own place.

        Sine and cosine of one wave share a rotated pair, so that RoPE only shifts places a little.
        """
        self._fade()
        self.query[self.half - 1 - 2 * len(CYCLES), layout.constant] = 1.0
        self.key[self.half - 1 - 2 * len(CYCLES), layout.patch_flag] = _PATCH_BIAS
        count = len(CYCLES)
        for axis, first in ((layout.own_axis, self.half - count), (layout.axis_before, self.half - 2 * count)):
            for wave in range(count):
                pair = first + count - 1 - wave, self.half + first + count - 1 - wave
                for row, dimension in zip(pair, (axis.start + wave, axis.start + count + wave), strict=True):
                    self.query[row, dimension] = _PLACE_MATCH
                    self.key[row, dimension] = _PLACE_MATCH

    def copy(self, content: slice, share: float = 1.0) -> None:
        """Adds `share` of the attended token's content, through NOTE random directions."""
        import torch

        width = content.stop - content.start
        directions = torch.linalg.qr(torch.randn(width, NOTE))[0].T
        self.value[:, content] += _COPY_GAIN * directions
        self.out[content] += share * _COPY_GAIN * directions.T

    def _slow_rows(self) -> list[int]:
        """The rows that RoPE rotates so slowly that they compare tokens at any distance."""
        slower = range(self.half // 2, self.half)
        return [*slower, *(self.half + i for i in slower)]

    def _fade(self) -> None:
        self.query *= _RANDOM_SHARE
        self.key *= _RANDOM_SHARE
