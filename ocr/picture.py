"""From the bytes of a picture file to an upright RGB array, or a clear reason for failure."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

Picture: TypeAlias = NDArray[np.uint8]

_ORIENTATION = ExifTags.Base.Orientation

ACCEPTED_FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""Pillow reads other formats too, but some start other programs (EPS), and product pictures do not use them.

Its JPEG includes the multi-picture files of some cameras (MPO).
"""


_OTHERS = {
    "a web page": (b"<!doctype html", b"<html"),
    "XML or SVG": (b"<svg", b"<?xml"),
    "PDF: save its pages as pictures": (b"%pdf-",),
}
"""What else people take for a picture, by how it begins."""
_BLANK_STARTS = b"\xef\xbb\xbf \t\r\n"
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


class PictureFault(StrEnum):
    """The reason why bytes did not become a picture."""

    EMPTY = "empty_file"
    NOT_A_PICTURE = "not_a_picture"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"


class PictureError(Exception):
    """A file that is not a usable picture; the message names its fault."""

    def __init__(self, reason: PictureFault, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """Limits checked before decoding: file size in bytes, picture size in pixels."""

    max_bytes: int = 50_000_000
    max_pixels: int = 100_000_000


DEFAULT_LIMITS = PictureLimits()


def load_picture(data: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> Picture:
    """The picture in `data` as an array of shape (height, width, 3), RGB, 0 to 255, turned upright.

    The EXIF orientation is applied, transparency becomes white, and an animation gives its first frame.
    Raises PictureError when `data` is not a complete picture in one of ACCEPTED_FORMATS, or exceeds `limits`.
    """
    if not data:
        raise PictureError(PictureFault.EMPTY, "the file is empty")
    if len(data) > limits.max_bytes:
        raise PictureError(PictureFault.TOO_LARGE, f"the file has {len(data):,} bytes, more than {limits.max_bytes:,}")
    opened = _opened(data)
    width, height = opened.size
    if width * height > limits.max_pixels:
        raise PictureError(
            PictureFault.TOO_LARGE,
            f"the picture has {width:,} x {height:,} pixels, more than {limits.max_pixels:,} in all",
        )
    return _decoded(opened)


def picture_of(image: Image.Image) -> Picture:
    """The picture of an open image, as `load_picture` gives it. Raises PictureError when it cannot be decoded."""
    try:
        image.load()
        return np.array(_rgb(_upright(image)), dtype=np.uint8)
    except Exception as error:  # as below: decoders raise nearly anything on broken data
        raise PictureError(PictureFault.DAMAGED, f"the picture is damaged: {error}") from error


def _opened(data: bytes) -> ImageFile.ImageFile:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(io.BytesIO(data), formats=ACCEPTED_FORMATS)
    except Image.DecompressionBombError as error:
        raise PictureError(PictureFault.TOO_LARGE, str(error)) from error
    except UnidentifiedImageError as error:
        message = f"not a picture in an accepted format ({', '.join(ACCEPTED_FORMATS)}); {_beginning(data)}"
        raise PictureError(PictureFault.NOT_A_PICTURE, message) from error
    except Exception as error:  # Pillow's format readers raise errors of any kind on broken data
        raise PictureError(PictureFault.DAMAGED, f"the picture is damaged: {error}") from error


def _beginning(data: bytes) -> str:
    start = data[:2000].lstrip(_BLANK_STARTS).lower()
    for what, beginnings in _OTHERS.items():
        if start.startswith(beginnings):
            return f"it is {what}"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return "it is HEIC: save it as JPEG"
    return f"it begins with {data[:12].decode('latin-1')!a}"


def _decoded(opened: ImageFile.ImageFile) -> Picture:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened.load()
            return np.array(_rgb(_upright(opened)), dtype=np.uint8)
    except MemoryError as error:
        raise PictureError(PictureFault.TOO_LARGE, "the picture does not fit into memory") from error
    except Exception as error:  # as above
        fault = PictureFault.TRUNCATED if _ends_early(error) else PictureFault.DAMAGED
        raise PictureError(fault, f"the picture is {fault}: {error}") from error


def _ends_early(error: Exception) -> bool:
    return isinstance(error, EOFError) or "truncated" in str(error).lower()


def is_turned(image: Image.Image) -> bool:
    """Whether its EXIF orientation says that the image is to be turned."""
    return bool(image.getexif().get(_ORIENTATION, 1) != 1)


def _upright(image: Image.Image) -> Image.Image:
    """The image turned by its EXIF orientation. Most have none, and a copy of a large one takes memory."""
    try:
        return ImageOps.exif_transpose(image) if is_turned(image) else image
    except Exception:  # a damaged EXIF block does not make the picture itself unusable
        return image


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode in ("I", "F"):
        return Image.fromarray(_stretched(np.array(image, dtype=np.float64))).convert("RGB")
    if image.has_transparency_data:
        shown = image if image.mode == "RGBA" else image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown).convert("RGB")
    # Pillow would copy what is RGB already, which takes memory.
    return image if image.mode == "RGB" else image.convert("RGB")


def _stretched(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The values as greys, the smallest 0 and the largest 255; such files have no fixed range."""
    finite = np.nan_to_num(values, copy=False, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    if high == low:
        return np.full(finite.shape, 255, dtype=np.uint8)
    # In place, as the values of a large picture take eight times the memory of its greys.
    finite -= low
    finite /= high - low
    finite *= 255
    return finite.astype(np.uint8)
