"""The picture in a file whose SHA-256 is known."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extractor.api.pictures import picture_from
from extractor.stages.reason import Failure, PictureUnusableError, Reason
from ocr.picture import Picture


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
    return picture_from(data)
