"""Outlines tell round objects from flat ones."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from drawn_page import word
from hypothesis import given
from hypothesis import strategies as st

from ocr.token import OUTLINE_SAMPLES, OcrResult, Outline
from rules.outline import outline_features
from rules.ranker import HandSetRanker
from rules.select import ParsedPage

MIDDLES = [(i + 0.5) / OUTLINE_SAMPLES for i in range(OUTLINE_SAMPLES)]
ARC = tuple(0.1 * math.sqrt(1 - (2 * x - 1) ** 2) for x in MIDDLES)
FLAT, FULL = (0.0,) * OUTLINE_SAMPLES, (1.0,) * OUTLINE_SAMPLES

SHEET = Outline(100, 100, 300, 300, 1.0, FLAT, FULL, FLAT, FULL)
CYLINDER = replace(SHEET, uppers=tuple(0.1 - y for y in ARC), lowers=tuple(0.9 + y for y in ARC))
HOOK = replace(SHEET, lefts=tuple(0.6 * y for y in MIDDLES))


def features(outline: Outline | None) -> dict[str, float]:
    return outline_features(OcrResult((), 400, 400, outline=outline))


def test_a_sheet() -> None:
    assert features(SHEET) == pytest.approx(
        {
            "thing_plain": 1.0, "thing_area": 0.25, "thing_fill": 1.0, "thing_aspect": 0.0, "thing_symmetry": 1.0,
            "thing_foot": 1.0, "thing_foot_bulge": 0.0, "thing_head": 1.0, "thing_head_bulge": 0.0,
        }
    )  # fmt: skip


@pytest.mark.parametrize("end", ["thing_foot_bulge", "thing_head_bulge"])
def test_the_ends_of_a_cylinder_bulge(end: str) -> None:
    assert features(CYLINDER)[end] > 0.05


def test_the_bulge_is_in_widths_of_the_object() -> None:
    tall = replace(CYLINDER, bottom=500, lowers=tuple(0.95 + y / 2 for y in ARC))
    assert features(tall)["thing_foot_bulge"] == pytest.approx(features(CYLINDER)["thing_foot_bulge"])


def test_an_object_that_leans_is_not_symmetric() -> None:
    assert features(HOOK)["thing_symmetry"] < 0.8


def test_without_an_outline_there_are_no_features() -> None:
    assert features(None) == {}
    assert features(replace(SHEET, right=100)) == {}


@pytest.mark.parametrize(("entity", "expected"), [("depth", True), ("width", False), ("height", False)])
def test_only_depth_has_features_of_the_outline(entity: str, expected: bool) -> None:
    page = OcrResult((word("30 cm", 100, 350),), 400, 400, outline=CYLINDER)
    (candidate,) = ParsedPage(page).candidates(entity, HandSetRanker())
    assert any(name.startswith("thing_") for name, _ in candidate.features) is expected


shares = st.floats(0, 1)
edges = st.lists(shares, min_size=OUTLINE_SAMPLES, max_size=OUTLINE_SAMPLES).map(tuple)
sides = st.floats(0, 4000)


@given(st.builds(Outline, sides, sides, sides, sides, shares, edges, edges, edges, edges))
def test_features_of_any_outline_are_finite(outline: Outline) -> None:
    assert all(math.isfinite(value) for value in features(outline).values())
