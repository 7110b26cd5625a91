"""The embedding of a picture: its components, the same on both back ends, of the picture's content and not its size."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.embedding import SIDE, Embedder, square
from ocr.sessions import BackEnd

COMPONENTS = 96


def drawn(width, height):
    """A dark disc on white, in the middle."""
    y, x = np.mgrid[:height, :width]
    inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (0.3 * min(width, height)) ** 2
    return np.where(inside[..., np.newaxis], np.uint8(60), np.uint8(255)) * np.ones(3, np.uint8)


@pytest.fixture(params=BackEnd)
def embedder(request):
    pytest.importorskip(request.param.value)
    return Embedder(request.param, 1)


def test_a_picture_has_as_many_components_whatever_its_size(embedder):
    for width, height in ((300, 200), (1, 900), (SIDE, SIDE)):
        embedding = embedder(drawn(width, height))
        assert len(embedding) == COMPONENTS
        assert np.isfinite(embedding).all()
        assert any(embedding)


def test_the_same_picture_in_another_size_is_nearer_than_another_picture(embedder):
    disc, larger, empty = (
        np.array(embedder(p)) for p in (drawn(240, 240), drawn(960, 960), np.full_like(drawn(240, 240), 255))
    )
    assert np.abs(disc - larger).sum() < 0.5 * np.abs(disc - empty).sum()


def test_back_ends_agree():
    for name in BackEnd:
        pytest.importorskip(name.value)
    one, other = (np.array(Embedder(name, 1)(drawn(300, 200))) for name in BackEnd)
    assert np.corrcoef(one, other)[0, 1] > 0.99  # bf16, where the CPU has it


@pytest.mark.parametrize(("width", "height"), [(300, 100), (100, 300)])
def test_the_square_shows_the_whole_picture_on_white(width, height):
    dark = np.zeros((height, width, 3), np.uint8)
    shown = square(dark)
    assert shown.shape == (3, SIDE, SIDE)
    share = (shown == 0).mean()
    assert share == pytest.approx(1 / 3, abs=0.01)
    assert (shown[:, SIDE // 2, SIDE // 2] == 0).all()
    assert (shown[:, 0, 0] == 255).all()
