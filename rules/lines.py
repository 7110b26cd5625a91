"""Lines of text: OCR tokens joined in reading order, with the tokens and the place of each span."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ocr.token import OcrToken, Point
from rules.neighbours import Bounds, near_pairs, widened

MAX_GAP = 0.9
"""Largest gap between two tokens of one line, in letter heights: a wide space, but no column."""
MIN_GAP = -0.6
"""Smallest gap: below 0 as the boxes of two tokens may overlap."""
MAX_TURN = 12.0
"""Largest difference in reading direction within a line, in degrees."""
MAX_HEIGHT_RATIO = 1.8
"""Largest ratio of the letter heights of two tokens of one line."""
MAX_SHIFT = 0.45
"""Largest shift of two tokens of one line across the reading direction, in letter heights."""


@dataclass(frozen=True, slots=True)
class Place:
    """An upright box in pixels, the reading direction in degrees and the letter height in pixels."""

    left: float
    top: float
    right: float
    bottom: float
    angle: float
    letter_height: float

    @property
    def centre(self) -> Point:
        """Centre of the box in pixels."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def bounds(self) -> Bounds:
        """The box in pixels."""
        return self.left, self.top, self.right, self.bottom


@dataclass(frozen=True)
class Line:
    """Tokens in reading order; `starts` are the positions in `text` where their texts begin."""

    text: str
    tokens: tuple[OcrToken, ...]
    starts: tuple[int, ...]

    def tokens_of(self, start: int, end: int) -> tuple[OcrToken, ...]:
        """The tokens that hold the span `start` to `end` of the text."""
        return self.tokens[self._covering(start, end)]

    def place_of(self, start: int, end: int) -> Place:
        """The place of the span, as if all letters of a token were equally wide."""
        covering = self._covering(start, end)
        tokens = self.tokens[covering]
        corners: list[Point] = []
        for token, begin in zip(tokens, self.starts[covering], strict=True):
            length = max(len(token.text), 1)
            corners += _part(token, max(start - begin, 0) / length, min(end - begin, length) / length)
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return Place(min(xs), min(ys), max(xs), max(ys), tokens[0].angle, tokens[0].letter_height)

    @cached_property
    def place(self) -> Place:
        """The place of the whole line."""
        return self.place_of(0, max(len(self.text), 1))

    def _covering(self, start: int, end: int) -> slice:
        """The positions of the tokens that a span touches. A token without text counts as one letter."""
        return slice(bisect_right(self._ends, start), bisect_left(self.starts, end))

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(begin + max(len(token.text), 1) for token, begin in zip(self.tokens, self.starts, strict=True))


def lines_of(tokens: Sequence[OcrToken]) -> tuple[Line, ...]:
    """The lines that the tokens form, in the order of their first tokens; each token is in exactly one."""
    follower: dict[int, int] = {}
    with_predecessor: set[int] = set()
    chains = _Chains(len(tokens))
    for _, i, j in sorted(_gaps(tokens)):
        if i not in follower and j not in with_predecessor and chains.join(i, j):
            follower[i] = j
            with_predecessor.add(j)
    return tuple(_line(tokens, follower, i) for i in range(len(tokens)) if i not in with_predecessor)


def turn(a: float, b: float) -> float:
    """Angle between two directions in degrees, 0 to 180."""
    return abs((a - b + 180) % 360 - 180)


class _Chains:
    """Chains of tokens, as disjoint sets."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def join(self, i: int, j: int) -> bool:
        """Joins the chains of both tokens; False when they are in one chain already."""
        a, b = self._root(i), self._root(j)
        self._parent[a] = b
        return a != b

    def _root(self, i: int) -> int:
        while self._parent[i] != i:
            self._parent[i] = self._parent[self._parent[i]]
            i = self._parent[i]
        return i


def _gaps(tokens: Sequence[OcrToken]) -> list[tuple[float, int, int]]:
    """All pairs of tokens of which the second may follow the first: the gap in letter heights, and both positions."""
    reach = MAX_GAP + MAX_SHIFT
    ends = [_around(_middle(a.box[1], a.box[2]), reach * MAX_HEIGHT_RATIO * a.letter_height) for a in tokens]
    starts = [_around(_middle(b.box[0], b.box[3]), 0.0) for b in tokens]
    return [
        (gap, i, j)
        for i, near in enumerate(near_pairs(ends, starts))
        for j in near
        if i != j and (gap := _gap(tokens[i], tokens[j])) is not None
    ]


def _gap(a: OcrToken, b: OcrToken) -> float | None:
    """Distance in letter heights from the end of `a` to the start of `b`; None when `b` does not continue `a`."""
    heights = a.letter_height, b.letter_height
    if min(heights) <= 0 or max(heights) > MAX_HEIGHT_RATIO * min(heights) or turn(a.angle, b.angle) > MAX_TURN:
        return None
    end = _middle(a.box[1], a.box[2])
    start = _middle(b.box[0], b.box[3])
    direction = math.radians(a.angle)
    dx, dy = start[0] - end[0], start[1] - end[1]
    along = (dx * math.cos(direction) + dy * math.sin(direction)) / max(heights)
    across = abs(-dx * math.sin(direction) + dy * math.cos(direction)) / max(heights)
    return abs(along) if MIN_GAP <= along <= MAX_GAP and across <= MAX_SHIFT else None


def _around(point: Point, reach: float) -> Bounds:
    x, y = point
    return widened((x, y, x, y), reach)


def _line(tokens: Sequence[OcrToken], follower: dict[int, int], first: int) -> Line:
    chain = [first]
    while chain[-1] in follower:
        chain.append(follower[chain[-1]])
    members = tuple(tokens[i] for i in chain)
    starts: list[int] = []
    length = 0
    for token in members:
        length += length > 0  # the blank between two texts
        starts.append(length)
        length += len(token.text)
    return Line(_joined(members), members, tuple(starts))


def _joined(tokens: Sequence[OcrToken]) -> str:
    """The texts with a blank between them, without empty texts at the start."""
    texts = [token.text for token in tokens]
    while texts and not texts[0]:
        texts.pop(0)
    return " ".join(texts)


def _part(token: OcrToken, begin: float, end: float) -> list[Point]:
    a, b, c, d = token.box

    def between(p: Point, q: Point, share: float) -> Point:
        return p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share

    return [between(a, b, begin), between(a, b, end), between(d, c, end), between(d, c, begin)]


def _middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
