"""Pairs of boxes on a page that lie near each other, in time that grows with the page and not with its square."""

from __future__ import annotations

from collections.abc import Sequence

Bounds = tuple[float, float, float, float]
"""An upright box: left, top, right, bottom in pixels."""

FEW = 400
"""Pairs up to which testing all of them is cheaper than a tree."""


def widened(box: Bounds, by: float) -> Bounds:
    """The box with `by` pixels more on each side."""
    left, top, right, bottom = box
    return left - by, top - by, right + by, bottom + by


def near_pairs(places: Sequence[Bounds], others: Sequence[Bounds]) -> list[list[int]]:
    """For each of `places` the positions in `others`, ascending, of all boxes that touch it, and perhaps of more.

    The caller tests each pair. Boxes with NaN touch nothing.
    """
    if len(places) * len(others) <= FEW:
        return [list(range(len(others))) for _ in places]
    import numpy as np
    import shapely

    tree = shapely.STRtree(shapely.box(*np.asarray(others, dtype=np.float64).T))
    pairs: list[list[int]] = [[] for _ in places]
    at, near = tree.query(shapely.box(*np.asarray(places, dtype=np.float64).T))
    order = np.lexsort((near, at))
    for i, j in zip(at[order].tolist(), near[order].tolist(), strict=True):
        pairs[i].append(j)
    return pairs
