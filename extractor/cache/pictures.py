"""Picture files: the folder of those fetched, named by their SHA-256, and their loading by digest."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.cache.files import replacing
from extractor.stages.reasons import Failure, Fault

if TYPE_CHECKING:
    from ocr.picture import Picture


class UnusablePictureError(Exception):
    """A picture that could not be loaded or read."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


class PictureFolder:
    """Keeps picture files under their digests, `ab/abcd...` below `root`; made when first needed.

    A file that a power cut tore is noticed by its digest, so writing need not wait for the disk.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def path_of(self, content: str) -> Path:
        """Where the picture with this digest is or would be."""
        return self._root / content[:2] / content

    def put(self, data: bytes) -> str:
        """Keeps `data` and returns its digest. Raises OSError when there is no room or no right to write."""
        content = hashlib.sha256(data).hexdigest()
        path = self.path_of(content)
        if not self.holds(content):
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path, durable=False) as file:
                file.write(data)
        return content

    def holds(self, content: str) -> bool:
        """Whether the picture is here and whole."""
        try:
            return digest_of(self.path_of(content)) == content
        except OSError:
            return False

    def forget(self, content: str) -> None:
        """Removes what turned out to be no picture."""
        self.path_of(content).unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def picture_at(path: Path | None, content: str) -> Picture:
    """The picture with the digest `content`, from its file. Raises UnusablePictureError."""
    from ocr.picture import PictureError, load_picture

    try:
        return load_picture(_bytes_at(path, content))
    except PictureError as error:
        raise UnusablePictureError(Failure(str(error.reason), str(error))) from error


def _bytes_at(path: Path | None, content: str) -> bytes:
    if path is None:
        raise UnusablePictureError(Failure(Fault.PICTURE_MISSING, "the picture is no longer there"))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnusablePictureError(Failure(Fault.PICTURE_UNREADABLE, str(error))) from error
    if hashlib.sha256(data).hexdigest() != content:
        raise UnusablePictureError(Failure(Fault.PICTURE_CHANGED, f"{path} changed while it was being read"))
    return data
