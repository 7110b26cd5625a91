"""The default engine reads drawn text, whichever way it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr import rapid as rapid_module
from ocr import wheel
from ocr.engine import OcrEngine
from ocr.errors import EngineUnavailable
from ocr.picture import Picture
from ocr.rapid import DEFAULT_OPTIONS, RapidEngine, padded_width, rapid_fingerprint
from ocr.sessions import BackEnd
from ocr.sizes import GRID, DetectorSize
from ocr.upscale import read_upscaled

Draw = Callable[..., Picture]

LINES = ("Product size", "30cm", "12.5 inch")


def angle_between(a: float, b: float) -> float:
    return abs((a - b + 180) % 360 - 180)


@pytest.mark.parametrize(("quarters", "angle"), [(0, 0), (1, 90), (2, 180), (3, -90)])
def test_text_in_a_turned_picture(rapid: OcrEngine, draw: Draw, quarters: int, angle: float) -> None:
    page = rapid.read(draw(LINES, quarters))
    assert sorted(t.text for t in page.tokens) == sorted(LINES)
    assert all(angle_between(t.angle, angle) < 5 for t in page.tokens)
    assert (page.width, page.height) == (400, 400)


@pytest.mark.parametrize(("quarters", "corner"), [(0, (60, 70)), (1, (330, 60)), (2, (340, 330)), (3, (70, 340))])
def test_boxes_begin_at_the_first_letter(
    rapid: OcrEngine, draw: Draw, quarters: int, corner: tuple[float, float]
) -> None:
    (token,) = rapid.read(draw(["30cm"], quarters)).tokens
    assert token.text == "30cm"
    assert np.allclose(token.box[0], corner, atol=12)
    assert token.length > 2 * token.letter_height > 40


@pytest.mark.parametrize("degrees", [-10, 15])
def test_text_at_an_angle(rapid: OcrEngine, draw: Draw, degrees: float) -> None:
    page = rapid.read(draw(LINES, degrees=degrees))
    (headline,) = (t for t in page.tokens if t.text == LINES[0])
    assert angle_between(headline.angle, -degrees) < 4


def test_the_same_picture_reads_the_same_twice_and_is_left_alone(rapid: OcrEngine, draw: Draw) -> None:
    picture = draw(LINES, 1)
    before = picture.copy()
    assert rapid.read(picture) == rapid.read(picture)
    assert np.array_equal(picture, before)


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 900, 3), (700, 3, 3)])
def test_odd_shapes_without_text(rapid: OcrEngine, shape: tuple[int, int, int]) -> None:
    page = rapid.read(np.full(shape, 255, np.uint8))
    assert page.tokens == ()
    assert (page.height, page.width) == shape[:2]


@pytest.mark.parametrize("back_end", BackEnd)
def test_each_back_end_reads(back_end: BackEnd, draw: Draw) -> None:
    pytest.importorskip(back_end.value)
    page = RapidEngine(1, back_end).read(draw(["30cm"], 3))
    assert [t.text for t in page.tokens] == ["30cm"]


def test_the_fingerprint_depends_on_all_options(rapid: OcrEngine) -> None:
    usual = rapid.fingerprint
    assert usual == rapid_fingerprint()
    assert "rapidocr 3.10" in usual
    assert "PP-OCRv6" in usual
    assert usual != rapid_fingerprint(options=replace(DEFAULT_OPTIONS, detector=DetectorSize(max_side=960)))
    lines = replace(DEFAULT_OPTIONS.lines, min_score=0.3)
    assert usual != rapid_fingerprint(options=replace(DEFAULT_OPTIONS, lines=lines))


def test_a_missing_model_names_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel, "find_spec", lambda _: type("Spec", (), {"origin": str(Path("gone", "x.py"))}))
    with pytest.raises(EngineUnavailable, match=r"gone.models.PP-OCRv6_det_small\.onnx is missing"):
        rapid_fingerprint()


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel, "find_spec", lambda _: None)
    with pytest.raises(EngineUnavailable, match="pip install rapidocr"):
        rapid_fingerprint()


def test_in_the_upscaled_pass_the_detector_sees_a_larger_picture(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    line_boxes = rapid_module.line_boxes
    monkeypatch.setattr(
        rapid_module, "line_boxes", lambda heat, *size: seen.append(heat.shape) or line_boxes(heat, *size)
    )
    engine = RapidEngine(1)
    picture = draw(LINES)
    first = engine.read(picture)
    upscaled = read_upscaled(picture, engine, first)
    assert seen == [(736, 736), (1024, 1024)]
    assert [token.text for token in upscaled.tokens] == [token.text for token in first.tokens] == list(LINES)
    assert np.allclose([t.centre for t in upscaled.tokens], [t.centre for t in first.tokens], atol=4)
    assert (upscaled.width, upscaled.strokes) == (400, ())


@pytest.mark.parametrize(
    ("width", "height", "seen"),
    [(500, 500, (736, 736)), (1500, 1000, (1504, 992)), (4000, 2000, (1984, 992)), (10, 9000, (32, 1984))],
)
def test_detector_size(width: int, height: int, seen: tuple[int, int]) -> None:
    assert DetectorSize(min_side=736, max_side=2000).of(width, height) == seen


def test_detector_sizes_lie_on_the_grid() -> None:
    for width in range(1, 5000, 171):
        assert all(side % GRID == 0 and side >= GRID for side in DetectorSize().of(width, 333))


@pytest.mark.parametrize(
    ("width", "height", "padded"), [(10, 48, 160), (160, 48, 160), (161, 48, 224), (200, 24, 416), (9999, 10, 1600)]
)
def test_lines_are_padded_to_few_widths(width: int, height: int, padded: int) -> None:
    assert padded_width(width, height, DEFAULT_OPTIONS) == padded
