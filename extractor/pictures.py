"""The folder of fetched pictures: every file is named by the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extractor.files import replacing


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
