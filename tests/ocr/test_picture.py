"""Every kind of file becomes an upright RGB array or a PictureError that says why not."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, features

from ocr.picture import Picture, PictureError, PictureFault, PictureLimits, load_picture

RED, WHITE = (255, 0, 0), (255, 255, 255)
ORIENTATION = 0x0112


def red_left_half(mode: str = "RGB", size: tuple[int, int] = (32, 16)) -> Image.Image:
    picture = Image.new("RGB", size, WHITE)
    picture.paste(RED, (0, 0, size[0] // 2, size[1]))
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def close(pixel: np.ndarray, colour: tuple[int, int, int], tolerance: int = 40) -> bool:
    return bool(np.all(np.abs(pixel.astype(int) - colour) <= tolerance))


def shows_red_left_half(picture: Picture) -> bool:
    height, width, _ = picture.shape
    return close(picture[height // 2, width // 4], RED) and close(picture[height // 2, 3 * width // 4], WHITE)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "RGB"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("BMP", "RGB"),
        ("GIF", "P"),
        ("TIFF", "RGB"),
        ("TIFF", "CMYK"),
        ("TIFF", "YCbCr"),
        ("PPM", "RGB"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("WEBP", "RGB"),
        ("AVIF", "RGB"),
        ("MPO", "RGB"),
    ],
)
def test_formats_and_colour_modes(kind: str, mode: str) -> None:
    if kind in ("WEBP", "AVIF") and not features.check(kind.lower()):
        pytest.skip(f"this Pillow was built without {kind}")
    picture = load_picture(encoded(red_left_half(mode), kind))
    assert picture.shape == (16, 32, 3)
    assert picture.dtype == np.uint8
    assert shows_red_left_half(picture)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_undone(orientation: int, kind: str) -> None:
    upright = np.full((24, 48, 3), 255, np.uint8)
    upright[:12, :24] = RED
    inverse = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = Image.fromarray(np.ascontiguousarray(inverse[orientation]))
    picture = load_picture(encoded(stored, kind, exif=exif))
    assert picture.shape == upright.shape
    assert close(picture[6, 12], RED)
    assert close(picture[18, 36], WHITE)
    assert close(picture[6, 36], WHITE)


def test_damaged_exif_costs_only_the_orientation() -> None:
    data = encoded(red_left_half(), "JPEG", exif=b"Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff")
    assert shows_red_left_half(load_picture(data))


def test_inverted_cmyk_as_adobe_writes_it() -> None:
    data = encoded(red_left_half("CMYK"), "JPEG")
    assert b"Adobe" in data
    assert shows_red_left_half(load_picture(data))


def test_16_bit_grey_keeps_its_greys() -> None:
    ramp: NDArray[np.uint16] = np.linspace(0, 65535, 256, dtype=np.uint16).reshape(4, 64)
    picture = load_picture(encoded(Image.fromarray(ramp), "PNG"))
    assert picture[0, 0].tolist() == [0, 0, 0]
    assert picture[3, 63].tolist() == [255, 255, 255]
    assert abs(int(picture[2, 0, 0]) - 128) <= 2


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_greys_without_a_fixed_range_are_stretched(kind: type[np.float32 | np.int32]) -> None:
    ramp = np.linspace(-500, 1500, 40).reshape(4, 10).astype(kind)
    picture = load_picture(encoded(Image.fromarray(ramp), "TIFF"))
    assert picture[0, 0, 0] == 0
    assert picture[3, 9, 0] == 255


def test_one_bit() -> None:
    bits = Image.new("1", (8, 8), 1)
    bits.putpixel((2, 3), 0)
    picture = load_picture(encoded(bits, "PNG"))
    assert picture[3, 2].tolist() == [0, 0, 0]
    assert picture[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_shows_white(mode: str) -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (0, 0, 4, 8))
    if mode == "P":
        paletted = Image.new("P", (8, 8), 1)
        paletted.putpalette([0, 0, 0, 20, 20, 20])
        paletted.paste(0, (0, 0, 4, 8))
        data = encoded(paletted, "PNG", transparency=1)
    else:
        data = encoded(clear.convert(mode), "PNG")
    picture = load_picture(data)
    assert picture[4, 1].tolist() == [0, 0, 0]
    assert picture[4, 6].tolist() == [255, 255, 255]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_first_frame_of_an_animation(kind: str) -> None:
    frames = [red_left_half(), Image.new("RGB", (32, 16), "blue")]
    picture = load_picture(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert shows_red_left_half(picture)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
def test_truncated_file_is_refused(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(PictureError) as caught:
        load_picture(data[: len(data) // 2])
    assert caught.value.reason in (PictureFault.TRUNCATED, PictureFault.DAMAGED, PictureFault.NOT_A_PICTURE)


def test_truncated_jpeg_is_called_truncated() -> None:
    data = encoded(red_left_half(size=(200, 200)), "JPEG")
    with pytest.raises(PictureError, match="truncated") as caught:
        load_picture(data[:-200])
    assert caught.value.reason == PictureFault.TRUNCATED


@pytest.mark.parametrize(
    ("data", "reason", "message"),
    [
        (b"", PictureFault.EMPTY, "empty"),
        (b"hello", PictureFault.NOT_A_PICTURE, "begins with 'hello'"),
        (b"<!DOCTYPE html><html>", PictureFault.NOT_A_PICTURE, "web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PictureFault.NOT_A_PICTURE, "SVG"),
        (b"\xef\xbb\xbf\n" + b" " * 400 + b"<HTML><body>moved", PictureFault.NOT_A_PICTURE, "web page"),
        (b"%PDF-1.7 1 0 obj", PictureFault.NOT_A_PICTURE, "it is PDF: save its pages"),
        (bytes(4) + b"ftypheic" + bytes(40), PictureFault.NOT_A_PICTURE, "it is HEIC: save it as JPEG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", PictureFault.NOT_A_PICTURE, "accepted"),
    ],
)
def test_other_files_are_refused(data: bytes, reason: PictureFault, message: str) -> None:
    with pytest.raises(PictureError, match=message) as caught:
        load_picture(data)
    assert caught.value.reason == reason


def test_too_many_bytes() -> None:
    with pytest.raises(PictureError, match="bytes, more than 10") as caught:
        load_picture(encoded(red_left_half(), "PNG"), PictureLimits(max_bytes=10))
    assert caught.value.reason == PictureFault.TOO_LARGE


def test_too_many_pixels() -> None:
    with pytest.raises(PictureError, match="32 x 16 pixels") as caught:
        load_picture(encoded(red_left_half(), "PNG"), PictureLimits(max_pixels=511))
    assert caught.value.reason == PictureFault.TOO_LARGE


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_decompression_bomb_is_refused_by_its_header(side: int) -> None:
    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    with pytest.raises(PictureError) as caught:
        load_picture(bomb)
    assert caught.value.reason == PictureFault.TOO_LARGE


@given(st.binary(max_size=300))
def test_any_bytes_raise_only_picture_errors(data: bytes) -> None:
    with pytest.raises(PictureError):
        load_picture(data)


SEEDS = [encoded(red_left_half(), kind) for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM")]


@settings(max_examples=300)
@given(st.data())
def test_damaged_pictures_load_or_raise_picture_errors(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(damaged) // 2, len(damaged)))
    try:
        picture = load_picture(bytes(damaged[:cut]), PictureLimits(max_pixels=1_000_000))
    except PictureError as error:
        assert str(error)
    else:
        assert picture.ndim == 3
        assert picture.shape[2] == 3
