"""Paints what lies behind a product."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from dataset.synthetic.scene import Backdrop

FloatImage = npt.NDArray[np.float64]


def paint_backdrop(backdrop: Backdrop, width: int, height: int, seed: int) -> Image.Image:
    """An RGB picture of the backdrop; `seed` decides its random blots."""
    y, x = np.mgrid[0:height, 0:width]
    y, x = y / height, x / width
    rng = np.random.default_rng(seed)
    match backdrop.kind:
        case "plain":
            t = np.zeros((height, width))
        case "gradient":
            t = y
        case "vignette":
            t = np.clip(1.6 * ((x - 0.5) ** 2 + (y - 0.5) ** 2), 0, 1)
        case "floor":
            t = np.where(y > 0.68, 0.55 + (y - 0.68) * 1.4, np.clip(y - 0.3, 0, 1) * 0.35)
        case "bokeh":
            t = _blots(rng, width, height)
        case "marble":
            t = _veins(rng, x, y)
    first, second = np.array(backdrop.colour, float), np.array(backdrop.second, float)
    rgb = first + (second - first) * t[..., None]
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8), "RGB")


def _blots(rng: np.random.Generator, width: int, height: int) -> FloatImage:
    coarse = Image.fromarray((rng.random((7, 7)) * 255).astype(np.uint8), "L")
    blurred = coarse.resize((width, height), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(12))
    return np.asarray(blurred, float) / 255


def _veins(rng: np.random.Generator, x: FloatImage, y: FloatImage) -> FloatImage:
    a, b, c = rng.uniform(2, 5, 3)
    waves = np.sin(a * x + 3 * np.sin(b * y) + 2 * np.sin(c * (x + y)))
    veins: FloatImage = np.clip(1 - np.abs(waves) * 9, 0, 1) * 0.7
    return veins
