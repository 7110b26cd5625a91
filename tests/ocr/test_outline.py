"""The object on a plain background is cut out, without text, dimension lines and banners."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from ocr.outline import find_outline
from ocr.picture import Picture
from ocr.token import OUTLINE_SAMPLES, OcrResult, OcrToken, Outline

Pen = ImageDraw.ImageDraw


def drawn(*parts: Callable[[Pen], object], size: tuple[int, int] = (600, 400), paper: str = "white") -> Picture:
    page = Image.new("RGB", size, paper)
    pen = ImageDraw.Draw(page)
    for part in parts:
        part(pen)
    return np.array(page)


def plate(pen: Pen) -> None:
    pen.ellipse((150, 100, 450, 300), fill="navy")


def glass(pen: Pen) -> None:
    pen.rectangle((150, 100, 450, 300), outline="grey", width=4)


def text(pen: Pen) -> None:
    pen.rectangle((10, 320, 590, 390), fill="black")


def banner(pen: Pen) -> None:
    pen.rectangle((0, 0, 600, 80), fill="red")


def dimension_line(pen: Pen) -> None:
    pen.line((20, 50, 580, 50), fill="black", width=2)


TEXT = OcrToken("40 cm", ((10.0, 320.0), (590.0, 320.0), (590.0, 390.0), (10.0, 390.0)), 0.9)


def outline_of(picture: Picture, *tokens: OcrToken) -> Outline:
    outline = find_outline(picture, tokens)
    assert outline is not None
    return outline


def box(outline: Outline) -> tuple[float, float, float, float]:
    return outline.left, outline.top, outline.right, outline.bottom


@pytest.mark.parametrize("object_", [plate, glass])
@pytest.mark.parametrize("other", [dimension_line, banner], ids=["dimension line", "banner"])
def test_the_object_is_cut_out_without_its_surroundings(
    object_: Callable[[Pen], None], other: Callable[[Pen], None]
) -> None:
    assert box(outline_of(drawn(object_, other))) == pytest.approx((150, 100, 450, 300), abs=8)


def test_text_is_not_an_object() -> None:
    assert box(outline_of(drawn(plate, text), TEXT)) == pytest.approx((150, 100, 450, 300), abs=8)
    assert find_outline(drawn(text), (TEXT,)) is None


def test_edges_are_shares_of_the_box() -> None:
    round_one, square_one = outline_of(drawn(plate)), outline_of(drawn(glass))
    assert min(round_one.lefts) < 0.03
    assert max(round_one.rights) > 0.97
    assert round_one.lefts[0] == pytest.approx(0.5, abs=0.2)
    assert round_one.lowers[0] == pytest.approx(0.5, abs=0.2)
    assert round_one.lowers[OUTLINE_SAMPLES // 2] > 0.97
    assert max(square_one.uppers) < 0.03
    assert min(square_one.lowers) > 0.97


def test_the_plain_share_of_the_edge() -> None:
    assert outline_of(drawn(plate)).plain == 1.0
    assert outline_of(drawn(plate, paper="black")).plain == 1.0
    assert outline_of(drawn(plate, banner)).plain < 0.9


def test_a_plain_picture_shows_nothing() -> None:
    assert find_outline(drawn(), ()) is None


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_any_picture_has_an_outline_or_none(width: int, height: int, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    outline = find_outline(noise, ())
    assert outline is None or all(
        len(edge) == OUTLINE_SAMPLES and all(0 <= share <= 1 for share in edge)
        for edge in (outline.lefts, outline.rights, outline.uppers, outline.lowers)
    )


def test_an_outline_survives_json() -> None:
    page = OcrResult((TEXT,), 600, 400, outline=outline_of(drawn(plate)))
    assert OcrResult.from_json(page.to_json()) == page
