"""Places in a row, in a column, and headings."""

from __future__ import annotations

import pytest
from drawn_page import quantities, word

from rules.lines import Place
from rules.placement import above, heading_distance, right_of


def place_of(x: float, y: float) -> Place:
    return quantities(word("10 cm", x, y))[0].place


@pytest.mark.parametrize(
    ("x", "y", "right", "below"),
    [
        (160, 100, 10, None),
        (160, 109, 10, None),
        (160, 112, None, None),
        (147, 100, 0, None),
        (140, 100, None, None),
        (40, 100, None, None),
        (100, 130, None, 10),
        (129, 130, None, 10),
        (135, 130, None, None),
        (100, 117, None, 0),
        (100, 110, None, None),
        (100, 70, None, None),
    ],
)
def test_rows_and_columns(x: float, y: float, right: float | None, below: float | None) -> None:
    """Boxes of 50 x 20 pixels: at least half the height, or two fifths of the width, in common, little overlap."""
    here, there = place_of(100, 100), place_of(x, y)
    assert right_of(there, here) == (None if right is None else pytest.approx(right))
    assert above(here, there) == (None if below is None else pytest.approx(below))


@pytest.mark.parametrize(
    ("x", "y", "distance"),
    [(-50, 100, 5.0), (-250, 100, None), (100, 40, 3.0), (100, -200, None), (160, 100, None), (100, 140, None)],
)
def test_headings_stand_left_or_above(x: float, y: float, distance: float | None) -> None:
    heading = heading_distance(place_of(x, y), place_of(100, 100))
    assert heading == (None if distance is None else pytest.approx(distance))
