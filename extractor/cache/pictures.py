"""Pictures in files, known by their SHA-256; the folder of those that were fetched."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extractor.api.pictures import picture_from
from extractor.cache.files import replacing
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


class PictureFolder:
    """Keeps picture files under their SHA-256, `ab/abcd...` below `root`; made when first needed.

    A file that a power cut tore is noticed by its digest, so writing need not wait for the disk.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def path_of(self, sha256: str) -> Path:
        """Where the picture is or would be."""
        return self._root / sha256[:2] / sha256

    def put(self, data: bytes, sha256: str) -> Path:
        """Where the bytes of a picture now are. Raises OSError when there is no room or no right to write."""
        path = self.path_of(sha256)
        if self.get(sha256) is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path, durable=False) as file:
                file.write(data)
        return path

    def get(self, sha256: str) -> bytes | None:
        """The bytes of the picture; None where it is not here or not whole."""
        try:
            data = self.path_of(sha256).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def forget(self, sha256: str) -> None:
        """Removes a file that turned out to be no picture."""
        self.path_of(sha256).unlink(missing_ok=True)
