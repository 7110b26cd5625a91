"""Finds text that a person could not read: cut off, overlapping, crossed by a line, or too small."""

from __future__ import annotations

import itertools

from dataset.synthetic.geometry import Outline, between, bounds, overlap
from dataset.synthetic.paint.painter import Painting
from dataset.synthetic.scene import DimensionLine, Scene

_SMALLEST = 11.0
_MARGIN = 2.0
_SHRINK = 0.05


def faults(scene: Scene, painting: Painting) -> list[str]:
    """One sentence for each fault; an empty list when all text can be read."""
    found = []
    for text in painting.texts:
        frame = bounds(text.corners)
        inside = frame.left >= _MARGIN and frame.top >= _MARGIN
        inside &= frame.right <= scene.width - _MARGIN and frame.bottom <= scene.height - _MARGIN
        if not inside:
            found.append(f"{text.item.text!r} leaves the picture")
        if text.size < _SMALLEST:
            found.append(f"{text.item.text!r} is only {text.size:.1f} pixels high")
        for line in scene.items:
            crosses = isinstance(line, DimensionLine) and overlap(_core(text.corners), (line.start, line.end))
            if crosses and text.item.plate is None:
                found.append(f"a dimension line crosses {text.item.text!r}")
    for a, b in itertools.combinations(painting.texts, 2):
        if overlap(_core(a.corners), _core(b.corners)):
            found.append(f"{a.item.text!r} lies on {b.item.text!r}")
    return found


def _core(corners: Outline) -> Outline:
    """The block without the margin that its letters leave free."""
    opposite = (*corners[2:], *corners[:2])
    return tuple(between(a, b, _SHRINK / 2) for a, b in zip(corners, opposite, strict=True))
