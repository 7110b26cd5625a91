"""What an image classifier sees in a picture as a whole: numbers that tell kinds of things apart.

Text and lines cannot tell a vase from a flat figurine; the picture can. The model is EfficientNet-Lite0, trained on
ImageNet, without its classes: the means of its last layer, projected to their principal components
(`benchmarks/embedding_model.py` made the file).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ocr.picture import Picture
from ocr.sessions import BackEnd, Batch, open_session

MODEL = Path(__file__).parent / "models" / "efficientnet_lite0.onnx"
EMBEDDING = "embedding efficientnet_lite0 1"
"""Its part of the fingerprints of engines; the number is to be raised with every other model."""
SIDE = 160
"""Side in pixels of the square that the model sees. Depths gain as much by it as by 224 (docs/ranker.md)."""
_WHITE = 255
_DECIMALS = 2


class Embedder:
    """The model on a back end, in `threads` threads."""

    def __init__(self, back_end: BackEnd, threads: int) -> None:
        self._session = open_session(MODEL, back_end, threads)

    def __call__(self, picture: Picture) -> tuple[float, ...]:
        """The embedding of a picture (height, width, 3; RGB): its components, those that vary most first."""
        return tuple(round(float(value), _DECIMALS) for value in self._session(square(picture)[np.newaxis])[0])


def square(picture: Picture) -> Batch:
    """The whole picture on a white square, as the model takes it: (3, SIDE, SIDE), RGB from 0 to 255."""
    import cv2

    height, width = picture.shape[:2]
    scale = SIDE / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    whole = np.full((SIDE, SIDE, 3), _WHITE, dtype=np.uint8)
    left, top = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
    whole[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(whole.transpose(2, 0, 1), dtype=np.float32)
