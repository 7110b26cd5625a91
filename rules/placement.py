"""How two places of a page stand to each other: in a row, in a column, or as a heading."""

from __future__ import annotations

from rules.lines import Place
from rules.neighbours import Bounds, widened

MAX_ROW_GAP = 14.0
"""Letter heights between a heading and what it heads in its row."""
MAX_COLUMN_GAP = 12.0
"""Letter heights between a heading and what it heads in its column."""
OVERLAP = 0.3
"""Share of a letter height by which two boxes may overlap: detectors make boxes too large."""


def heading_distance(heading: Place, place: Place) -> float | None:
    """Distance in letter heights from a heading, left in the row or above in the column; None for any other place."""
    height = max(place.letter_height, 1.0)
    row = right_of(place, heading)
    if row is not None and row <= MAX_ROW_GAP * height:
        return row / height
    column = above(heading, place)
    if column is not None and column <= MAX_COLUMN_GAP * height:
        return column / height + 1.0
    return None


def right_of(place: Place, other: Place) -> float | None:
    """Pixels from the end of `other` to `place` when `place` stands to its right in the same row."""
    shared = min(place.bottom, other.bottom) - max(place.top, other.top)
    if shared < 0.5 * min(place.bottom - place.top, other.bottom - other.top):
        return None
    gap = place.left - other.right
    return max(gap, 0.0) if gap > -OVERLAP * max(place.letter_height, other.letter_height) else None


def above(place: Place, other: Place) -> float | None:
    """Pixels from `place` down to `other` when `place` stands above it in the same column."""
    shared = min(place.right, other.right) - max(place.left, other.left)
    if shared < 0.4 * min(place.right - place.left, other.right - other.left):
        return None
    gap = other.top - place.bottom
    return max(gap, 0.0) if gap > -OVERLAP * place.letter_height else None


def reach_of(place: Place, letters: float = 0.0) -> Bounds:
    """The box of a place with `letters` letter heights around it, and with the overlap that boxes may have."""
    return widened(place.bounds, letters * max(place.letter_height, 1.0) + OVERLAP * place.letter_height)
