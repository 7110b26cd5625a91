"""Features of the outline of the object on a picture: whether it looks round.

A round object seen from the front is as deep as it is wide; a flat one is not. A round one is symmetric, and its bottom
and its rim show as parts of ellipses: their edges bulge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ocr.token import OcrResult

END_HEIGHT = 0.12
"""Height of the bottom of an object, from its lowest point, and of its top, as a share of its width."""
_FEWEST_SAMPLES = 4


def outline_features(page: OcrResult) -> dict[str, float]:
    """Named features of the outline on a page; empty without one.

    The outline's `plain`; the `area` of its box as a share of the picture; `fill`, its share of the box; its `aspect`
    (width to height in doublings) and `symmetry` (0 to 1); for its bottom (`foot`) and top (`head`) their share of its
    width, and the `bulge` of their edge outwards, in widths of the object.
    """
    outline = page.outline
    if outline is None:
        return {}
    wide, tall = outline.right - outline.left, outline.bottom - outline.top
    if min(wide, tall) < 1.0:
        return {}
    rows = list(zip(outline.lefts, outline.rights, strict=True))
    # In widths of the object, outwards, so that an ellipse has one bulge under a bottle and under a plate.
    bottom = [y * tall / wide for y in outline.lowers]
    top = [-y * tall / wide for y in outline.uppers]
    # The names of features are the ranker's: rules/ranker.json knows an object as a thing, with a foot and a head.
    return {
        "thing_plain": outline.plain,
        "thing_area": wide * tall / max(page.width * page.height, 1),
        "thing_fill": _mean([b - a for a, b in rows]),
        "thing_aspect": math.log2(wide / tall),
        "thing_symmetry": _symmetry(rows),
        **_end("thing_foot", bottom),
        **_end("thing_head", top),
    }


def _symmetry(rows: Sequence[tuple[float, float]]) -> float:
    """Area common to the outline and its mirror image, as a share of the area of both; hollows count as filled."""
    shared = covered = 0.0
    for a, b in rows:
        c, d = 1 - b, 1 - a
        overlap = max(0.0, min(b, d) - max(a, c))
        shared += overlap
        covered += (b - a) + (d - c) - overlap
    return shared / covered if covered else 0.0


def _end(name: str, edge: Sequence[float]) -> dict[str, float]:
    """The share of an edge that its outermost part takes, and the bulge of that part, by a parabola fitted to it."""
    outermost = max(edge)
    part = [i for i, y in enumerate(edge) if y > outermost - END_HEIGHT]
    ys = edge[part[0] : part[-1] + 1]
    share = {name: len(ys) / len(edge)}
    if len(ys) < _FEWEST_SAMPLES:
        return share
    xs = [2 * i / (len(ys) - 1) - 1 for i in range(len(ys))]
    flat = _mean([x * x for x in xs])
    bend = sum((x * x - flat) * y for x, y in zip(xs, ys, strict=True)) / sum((x * x - flat) ** 2 for x in xs)
    return share | {f"{name}_bulge": -bend}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
