"""What the library takes for a picture: a path, the bytes of a file, a Pillow image or an array."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extractor.stages.reason import Failure, PictureUnusableError, Reason
from ocr.picture import Picture, PictureError, load_picture, picture_of

PictureSource: TypeAlias = str | os.PathLike[str] | bytes | Image.Image | NDArray[np.uint8]


def picture_from(source: PictureSource) -> Picture:
    """The picture, upright, as an array of shape (height, width, 3), RGB, 0 to 255.

    An array is taken as it is: (height, width) grey, or (height, width, 3) RGB, of uint8. Raises PictureUnusableError
    for a damaged picture or another kind of file, ValueError for an array of another form, TypeError for anything else.
    """
    if isinstance(source, np.ndarray):
        return _of_array(source)
    try:
        if isinstance(source, Image.Image):
            return picture_of(source)
        if isinstance(source, bytes | bytearray | memoryview):
            return load_picture(bytes(source))
        if isinstance(source, str | os.PathLike):
            return load_picture(_bytes_at(Path(source)))
    except PictureError as error:
        raise PictureUnusableError(Failure(Reason(error.reason), str(error))) from error
    raise TypeError(f"a picture is a path, bytes, a Pillow image or a numpy array, not a {type(source).__name__}")


def name_of(source: PictureSource) -> str:
    """What to call the picture; "" where it has no name."""
    return os.fspath(source) if isinstance(source, str | os.PathLike) else ""


def _bytes_at(path: Path) -> bytes:
    if str(path).startswith(("http:/", "https:/")):
        detail = f"{path}: the library opens files; fetch it first, or put it into a table for `predict`"
        raise PictureUnusableError(Failure(Reason.BAD_LINK, detail))
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PictureUnusableError(Failure(Reason.PICTURE_MISSING, f"no such file: {path}")) from None
    except (OSError, ValueError) as error:  # ValueError for a NUL character
        raise PictureUnusableError(Failure(Reason.PICTURE_UNREADABLE, f"{path} cannot be read: {error}")) from error


def _of_array(array: NDArray[np.uint8]) -> Picture:
    if array.dtype == np.uint8 and array.ndim == 2 and array.size:
        return np.stack([array] * 3, axis=-1)
    if array.dtype == np.uint8 and array.ndim == 3 and array.shape[2] == 3 and array.size:
        return np.ascontiguousarray(array)
    raise ValueError(
        f"an array of shape {array.shape} and type {array.dtype} cannot be a picture: "
        "give uint8 of shape (height, width, 3), RGB, or (height, width)"
    )
