"""From the two models of an engine to tokens in reading direction.

A detector finds the place of a line but not the direction of its letters. Each line is therefore cut out and recognised
in the turns that its shape allows; the best reading decides the direction.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

import numpy as np

from ocr.boxes import Corners
from ocr.picture import Picture
from ocr.sizes import holds_letters
from ocr.strokes import find_strokes
from ocr.token import Box, OcrResult, OcrToken

READING_VERSION = 6
"""To be raised whenever the same models would give other tokens: stored results depend on it."""


SAME_PLACE = 0.3
"""Largest distance between the corners of one line in two passes, as a share of its height."""


class Turn(IntEnum):
    """The direction of a line, in quarter turns clockwise from the usual one."""

    RIGHTWARDS = 0
    DOWNWARDS = 1
    LEFTWARDS = 2
    UPWARDS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A recogniser's text for one line, and its confidence from 0 to 1."""

    text: str
    score: float

    @property
    def letters(self) -> int:
        """Number of characters that are not blank."""
        return len("".join(self.text.split()))


class LineModels(Protocol):
    """The two models every engine brings. Pictures are (height, width, 3) uint8 RGB."""

    def detect(self, picture: Picture) -> Sequence[Corners]:
        """The lines of `picture`, in reading order of the page.

        For each its four corners (4, 2) in pixels, clockwise from the one nearest to the top left.
        """

    def recognise(self, lines: Sequence[Picture]) -> Sequence[Reading]:
        """One reading for each line, cut out as if it ran to the right."""


@dataclass(frozen=True, slots=True)
class LineOptions:
    """Limits for turning and dropping lines. Their names are part of the fingerprints of engines.

    min_score: tokens with a lower score are dropped.
    tall: ratio of height to width from which a line usually runs up or down.
    squarish: ratio of height to width from which a line may run in any direction, up to twice the ratio `tall`.
    doubt: a line with a lower score is also read in the other turns that its shape allows.
    longest_doubt: the same for the line with most letters.
    margin: readings of one line whose scores are this close leave its direction to the rest of the page.
    """

    min_score: float = 0.5
    tall: float = 1.5
    squarish: float = 0.75
    doubt: float = 0.9
    longest_doubt: float = 0.98
    margin: float = 0.15


DEFAULT_LINES = LineOptions()


@dataclass(slots=True)
class _Line:
    corners: Corners
    readings: dict[Turn, Reading] = field(default_factory=dict)

    @property
    def turn(self) -> Turn:
        return max(self.readings, key=lambda turn: self.readings[turn].score)

    @property
    def best(self) -> Reading:
        return self.readings[self.turn]

    def near_best(self, turn: Turn, margin: float) -> bool:
        reading, best = self.readings.get(turn), self.best
        # A wrong turn shows in lost letters as much as in the score.
        return reading is not None and reading.score >= best.score - margin and reading.letters >= best.letters


def read_lines(
    picture: Picture,
    models: LineModels,
    options: LineOptions = DEFAULT_LINES,
    *,
    drawing: bool = True,
    known: Sequence[OcrToken] = (),
) -> OcrResult:
    """All tokens of `picture` in the order of `models.detect`.

    With `drawing` also strokes, where a digit is read. Lines in the place of a token `known` without
    doubt are not recognised again.
    """
    height, width = picture.shape[:2]
    if not holds_letters(width, height):
        return OcrResult((), width, height)
    lines = [_Line(corners) for corners in models.detect(picture)]
    sure = [token for token in known if token.score >= options.doubt and len(token.text) > 1]
    for line in lines:
        line.readings = _known_readings(line.corners, sure)

    def attempt(turns: Iterable[tuple[_Line, Turn]]) -> None:
        new = [(line, turn) for line, turn in turns if turn not in line.readings]
        cuts = [cut_out(picture, turned(line.corners, turn)) for line, turn in new]
        for (line, turn), reading in zip(new, models.recognise(cuts) if cuts else [], strict=True):
            line.readings[turn] = reading

    attempt((line, turn) for line in lines if not line.readings for turn in usual_turns(line.corners, options))
    # Upside-down text sometimes gets a wrong reading with a good score; the longest line shows it best.
    longest = max(lines, key=lambda line: line.best.letters, default=None)
    limits = [options.longest_doubt if line is longest else options.doubt for line in lines]
    doubtful = [line for line, limit in zip(lines, limits, strict=True) if line.best.score < limit]
    attempt((line, turn) for line in doubtful for turn in possible_turns(line.corners, options))
    page_turn = _page_turn(lines, options)
    attempt((line, page_turn) for line in lines if page_turn in possible_turns(line.corners, options))

    all_tokens = (_token(line, page_turn, options) for line in lines)
    tokens = tuple(t for t in all_tokens if t.text and t.score >= options.min_score)
    if not (drawing and have_digits(tokens)):
        return OcrResult(tokens, width, height)
    return OcrResult(tokens, width, height, find_strokes(picture))


def have_digits(tokens: Iterable[OcrToken]) -> bool:
    """Whether a digit is read: on a page without one there is nothing to measure."""
    return any(character.isdigit() for token in tokens for character in token.text)


def _known_readings(corners: Corners, known: Sequence[OcrToken]) -> dict[Turn, Reading]:
    """What is known of the text in a place, with its direction there; empty where nothing is."""
    if not known:
        return {}
    x, y = corners.mean(axis=0)
    token = min(known, key=lambda token: math.dist(token.centre, (x, y)))
    box = np.array(token.box, dtype=np.float32)
    distances = {turn: float(np.abs(turned(corners, turn) - box).max()) for turn in Turn}
    turn = min(distances, key=distances.__getitem__)
    return {turn: Reading(token.text, token.score)} if distances[turn] <= SAME_PLACE * token.letter_height else {}


def usual_turns(corners: Corners, options: LineOptions) -> tuple[Turn, ...]:
    """The turns that a line of this shape nearly always has."""
    if _height_to_width(corners) >= options.tall:
        return Turn.DOWNWARDS, Turn.UPWARDS
    return (Turn.RIGHTWARDS,)


def possible_turns(corners: Corners, options: LineOptions) -> tuple[Turn, ...]:
    """All turns that a line of this shape can have."""
    ratio = _height_to_width(corners)
    if ratio >= 2 * options.tall:
        return Turn.DOWNWARDS, Turn.UPWARDS
    if ratio >= options.squarish:
        return tuple(Turn)
    return Turn.RIGHTWARDS, Turn.LEFTWARDS


def turned(corners: Corners, turn: Turn) -> Corners:
    """The same corners, from the one where text in `turn` begins."""
    return np.roll(corners, -turn, axis=0)


def cut_out(picture: Picture, corners: Corners) -> Picture:
    """The quadrilateral `corners` as an upright picture, with its first edge on top."""
    import cv2

    width, height = _size(corners)
    upright = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    transform = cv2.getPerspectiveTransform(corners.astype(np.float32), upright)
    cut = cv2.warpPerspective(
        picture, transform, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, dtype=np.uint8)


def _page_turn(lines: Sequence[_Line], options: LineOptions) -> Turn:
    """The turn of most letters on the page, by the lines whose readings leave no doubt."""
    letters = Counter({Turn.RIGHTWARDS: 0})
    for line in lines:
        others = (turn for turn in line.readings if turn != line.turn)
        open_to_choice = any(line.near_best(turn, options.margin) for turn in others)
        if line.best.letters > 1 and line.best.score >= options.doubt and not open_to_choice:
            letters[line.turn] += line.best.letters
    return letters.most_common(1)[0][0]


def _token(line: _Line, page_turn: Turn, options: LineOptions) -> OcrToken:
    turn = _chosen_turn(line, page_turn, options)
    reading = line.readings[turn]
    return OcrToken(reading.text.strip(), _box(turned(line.corners, turn)), reading.score)


def _chosen_turn(line: _Line, page_turn: Turn, options: LineOptions) -> Turn:
    if line.near_best(page_turn, options.margin):
        return page_turn
    usual = usual_turns(line.corners, options)
    # A single character often looks like another one when turned: arrow heads become 4, V or A.
    if line.best.letters < 2 and line.turn not in usual and line.turn != page_turn:
        return max(usual, key=lambda turn: line.readings[turn].score)
    return line.turn


def _box(corners: Corners) -> Box:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return a, b, c, d


def _height_to_width(corners: Corners) -> float:
    width, height = _size(corners)
    return height / width


def _size(corners: Corners) -> tuple[int, int]:
    """Width along the first edge and height across it, in whole pixels, at least 1."""
    edges = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    return max(1, int(max(edges[0], edges[2]))), max(1, int(max(edges[1], edges[3])))
