"""Picture files: their bytes, and the pictures in them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extractor.stages.reason import Failure, PictureUnusableError, Reason
from ocr.picture import Picture, PictureError, load_picture


def picture_in(data: bytes) -> Picture:
    """The picture in the bytes of a file. Raises PictureUnusableError."""
    try:
        return load_picture(data)
    except PictureError as error:
        raise PictureUnusableError(Failure(Reason(error.reason), str(error))) from error


def picture_at(path: Path | None, sha256: str) -> Picture:
    """The picture with this SHA-256 in its file. Raises PictureUnusableError."""
    if path is None:
        raise PictureUnusableError(Failure(Reason.PICTURE_MISSING, "the picture is no longer there"))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PictureUnusableError(Failure(Reason.PICTURE_UNREADABLE, str(error))) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise PictureUnusableError(Failure(Reason.PICTURE_CHANGED, f"{path} changed while it was being read"))
    return picture_in(data)
