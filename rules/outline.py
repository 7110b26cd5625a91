"""What the outline of the thing says of its depth: whether it looks round.

A round thing seen from the front is as deep as it is wide, and many a label says so; a flat one is not. A round one is
alike on both sides, and its foot and its rim are seen as parts of ellipses: their edges bulge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ocr.token import OcrResult

END_WITHIN = 0.12
"""What is this share of the thing's width above its lowest point is its foot; its head the same from the top."""
_FEWEST = 4


def outline_features(page: OcrResult) -> dict[str, float]:
    """Named facts about the outline on a page; none without one.

    The outline's `plain`, the `area` of its box as a share of the picture, how much of the box it fills, its `aspect`
    (width to height in doublings), its `symmetry` (0 to 1), and of its foot and head their share of its width and
    how much their edge bulges outwards, in widths of the thing.
    """
    outline = page.outline
    if outline is None:
        return {}
    wide, tall = outline.right - outline.left, outline.bottom - outline.top
    if min(wide, tall) < 1.0:
        return {}
    rows = list(zip(outline.lefts, outline.rights, strict=True))
    # In widths of the thing, measured outwards, so that an ellipse looks alike under a bottle and under a plate.
    foot = _end("foot", [y * tall / wide for y in outline.lowers])
    head = _end("head", [-y * tall / wide for y in outline.uppers])
    return {
        "thing_plain": outline.plain,
        "thing_area": wide * tall / max(page.width * page.height, 1),
        "thing_fill": _mean([b - a for a, b in rows]),
        "thing_aspect": math.log2(wide / tall),
        "thing_symmetry": _symmetry(rows),
        **foot,
        **head,
    }


def _symmetry(rows: Sequence[tuple[float, float]]) -> float:
    """What the outline and its mirror image share, of what either covers; hollows are not seen."""
    shared = covered = 0.0
    for a, b in rows:
        c, d = 1 - b, 1 - a
        overlap = max(0.0, min(b, d) - max(a, c))
        shared += overlap
        covered += (b - a) + (d - c) - overlap
    return shared / covered if covered else 0.0


def _end(name: str, edge: Sequence[float]) -> dict[str, float]:
    """The share of the outermost part of an edge, and its bulge: that of the parabola laid through it."""
    outermost = max(edge)
    part = [i for i, y in enumerate(edge) if y > outermost - END_WITHIN]
    ys = edge[part[0] : part[-1] + 1]
    share = {f"thing_{name}": len(ys) / len(edge)}
    if len(ys) < _FEWEST:
        return share
    xs = [2 * i / (len(ys) - 1) - 1 for i in range(len(ys))]
    flat = _mean([x * x for x in xs])
    bend = sum((x * x - flat) * y for x, y in zip(xs, ys, strict=True)) / sum((x * x - flat) ** 2 for x in xs)
    return share | {f"thing_{name}_bulge": -bend}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
