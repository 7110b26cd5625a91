"""The size in which a detector sees a picture: a larger one shows smaller letters, but costs time and memory."""

from __future__ import annotations

from dataclasses import dataclass

GRID = 32
"""PP-OCR's detectors halve their input five times."""
LEAST_SIDE = 8
"""Shorter side in pixels below which a picture holds no letters: digits have at least five rows and a margin."""


def holds_letters(width: int, height: int) -> bool:
    """Whether a picture is large enough for any text."""
    return min(width, height) >= LEAST_SIDE


@dataclass(frozen=True, slots=True)
class DetectorSize:
    """Limits in pixels: a short side of `min_side` at least, and above all a long side of `max_side` at most.

    The names of the class and its fields are part of the fingerprints of engines.
    """

    min_side: int = 736
    max_side: int = 736

    def of(self, width: int, height: int) -> tuple[int, int]:
        """Width and height, multiples of `GRID`, in which the detector sees a picture of `width` x `height`."""
        scale = max(1.0, self.min_side / min(width, height))
        scale = min(scale, self.max_side / max(width, height))
        return _on_grid(width * scale), _on_grid(height * scale)


DEFAULT_DETECTOR_SIZE = DetectorSize()
"""Enough for nearly all that products state: larger sizes cost up to six times as much, and answers are no better."""
UPSCALED_DETECTOR_SIZE = DetectorSize(1024, 1024)
"""For letters too small at first; 1,280 finds no more of them on pictures labelled by eye, and costs more."""


def _on_grid(length: float) -> int:
    return max(GRID, round(length / GRID) * GRID)
