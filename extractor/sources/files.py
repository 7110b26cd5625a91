"""Picture files on this machine."""

from __future__ import annotations

from pathlib import Path

from extractor.stages.reason import Failure, PictureUnusableError, Reason


def file_bytes(path: Path, limit: int) -> bytes:
    """The bytes of a picture file, at most `limit` of them. Raises PictureUnusableError."""
    try:
        size = path.stat().st_size
        if size > limit:
            raise PictureUnusableError(too_large(str(path), size, limit))
        return path.read_bytes()
    except OSError as error:
        raise PictureUnusableError(Failure(Reason.PICTURE_UNREADABLE, str(error))) from error


def too_large(name: str, size: int, limit: int) -> Failure:
    """Why a file of `size` bytes is not read."""
    return Failure(Reason.TOO_LARGE, f"{name} has {size:,} bytes, more than {limit:,}")
