"""Files that call themselves pictures: sound ones of every kind, damaged ones, bombs, and things of another kind.

Every file is made here, from numbers and letters; what is random has a seed.
"""

import gzip
import io
import random
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, features

KINDS = tuple(
    kind
    for kind in ("AVIF", "BMP", "GIF", "JPEG", "MPO", "PNG", "PPM", "TIFF", "WEBP")
    if kind != "AVIF" or features.check("avif")
)
MODES = {
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "GIF": ("1", "L", "P", "RGB", "RGBA"),
    "JPEG": ("L", "RGB", "CMYK", "YCbCr"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "PPM": ("1", "L", "RGB", "I;16"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I", "F"),
    "WEBP": ("L", "P", "RGB", "RGBA"),
}
"""The modes that Pillow can write in each format."""
SIZES = ((1, 1), (1, 2), (2, 1), (3, 3), (1, 20_000), (20_000, 1), (7, 5_000))
COMPRESSIONS = ("raw", "tiff_lzw", "tiff_deflate", "packbits", "jpeg", "group3", "group4")
ORIENTATION = 0x0112
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
STRANGERS = {
    "page.jpg": b"<!DOCTYPE html><html><body>404</body></html>",
    "page_late.jpg": b"\n" * 300 + b"<html><body>moved</body></html>",
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "entities.svg": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;'>]><svg>&c;</svg>",
    "paper.pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    "print.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%touch pwned) (w) file\n",
    "phone.heic": struct.pack(">I", 24)
    + b"ftypheic"
    + bytes(4)
    + b"mif1heic"
    + struct.pack(">I", 400)
    + b"meta"
    + bytes(90),
    "sequence.heics": struct.pack(">I", 20) + b"ftyphevc" + bytes(4) + b"hevc",
    "empty.avif": struct.pack(">I", 24) + b"ftypavif" + bytes(4) + b"mif1avif",
    "film.mp4": struct.pack(">I", 20) + b"ftypisom" + bytes(4) + b"isom" + bytes(64),
    "archive.png": b"PK\x03\x04" + bytes(200),
    "packed.png": gzip.compress(bytes(1000)),
    "script.gif": b"#!/bin/sh\ntouch pwned\n",
    "polyglot.gif": b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)//",
    "photoshop.psd": b"8BPS\x00\x01" + bytes(60),
    "icon.ico": b"\x00\x00\x01\x00\x01\x00" + bytes(40),
    "fits.fits": b"SIMPLE  =                    T" + b" " * 2850,
    "mpeg.mpg": b"\x00\x00\x01\xb3" + bytes(60),
    "lone_mark.txt": b"\xef\xbb\xbf",
    "blanks.bmp": b" " * 4000,
    "zeros.tif": bytes(4000),
    "ones.webp": b"\xff" * 4000,
}
"""Names and contents that are no picture in an accepted format."""


def picture(mode: str, size: tuple[int, int] = (40, 24)) -> Image.Image:
    """Noise that compresses badly over a ramp, so that damage anywhere meets data."""
    width, height = size
    noise = np.random.default_rng(width * 31 + height).integers(0, 60, (height, width, 3))
    ramp = np.linspace(0, 190, width).astype(int)[None, :, None]
    image = Image.fromarray((noise + ramp).astype(np.uint8))
    if mode == "I;16":
        return Image.fromarray(np.asarray(image.convert("L"), dtype=np.uint16) * 257)
    if mode == "LAB":
        return Image.merge("LAB", image.split())
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def sound() -> Iterator[tuple[str, bytes]]:
    """Pictures that must be read: formats, modes, sizes, orientations, animations, transparency."""
    for kind in KINDS:
        for mode in MODES.get(kind, ("RGB",)):
            yield f"{mode}.{kind.lower()}".replace(";", ""), encoded(picture(mode), kind)
    for size in SIZES:
        for kind in ("PNG", "JPEG", "BMP", "TIFF", "PPM"):
            yield f"{size[0]}x{size[1]}.{kind.lower()}", encoded(picture("RGB", size), kind)
    for orientation in range(10):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
            yield f"exif{orientation}.{kind.lower()}", encoded(picture("RGB"), kind, exif=exif)
    frames = [picture("RGB"), picture("L"), picture("RGB").rotate(180)]
    for kind in ("GIF", "PNG", "WEBP", "TIFF"):
        moving = encoded(frames[0], kind, save_all=True, append_images=[f.convert("RGB") for f in frames[1:]])
        yield f"moving.{kind.lower()}", moving
    for index, transparency in enumerate((0, 1, b"\x00\x80\xff")):
        yield f"clear{index}.png", encoded(picture("P"), "PNG", transparency=transparency)
    yield "clear.gif", encoded(picture("P"), "GIF", transparency=0)
    yield "clear_rgb.png", encoded(picture("RGB"), "PNG", transparency=(0, 0, 0))
    for compression in COMPRESSIONS:
        mode = "1" if compression.startswith("group") else "RGB"
        yield f"{compression}.tiff", encoded(picture(mode), "TIFF", compression=compression)
    yield "progressive.jpeg", encoded(picture("RGB"), "JPEG", progressive=True)
    yield "wrong_name.gif", encoded(picture("RGB"), "PNG")
    yield "junk_after.png", encoded(picture("RGB"), "PNG") + b"<script>" * 50
    for index, exif_block in enumerate(BROKEN_EXIF):
        yield f"broken_exif{index}.jpeg", encoded(picture("RGB"), "JPEG", exif=b"Exif\x00\x00" + exif_block)


BROKEN_EXIF = (
    b"",
    b"MM\x00\x2a\xff\xff\xff\xff",
    b"II\x2a\x00\x08\x00\x00\x00\xff\xff" + b"\x12\x01\x03\x00\x01\x00\x00\x00\x63\x00\x00\x00",
    b"II\x2a\x00\x08\x00\x00\x00\x01\x00\x12\x01\x02\x00\xff\xff\xff\x7f\x1a\x00\x00\x00",
    b"MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x05\x00\x00\x00\x01\x00\x00\x00\x1a\x00\x00\x00\x01\x00\x00\x00\x00",
    b"II\x2a\x00\x08\x00\x00\x00\x01\x00\x69\x87\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00\x08\x00\x00\x00",
    b"nothing",
)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Small files that would become large pictures, texts or profiles."""
    for width, height in ((30_000, 30_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (100_001, 1_000), (1, 2**31 - 1)):
        yield f"{width}x{height}.png", png(width, height)
        yield f"{width}x{height}.bmp", bmp(width, height)
        yield f"{width}x{height}.ppm", b"P6 %d %d 255\n" % (width, height) + bytes(99)
    for width, height in ((30_000, 30_000), (65_535, 65_535)):
        yield f"{width}x{height}.gif", gif(width, height)
        yield f"{width}x{height}.jpeg", jpeg_of_size(width, height)
        yield f"{width}x{height}.tiff", tiff_of_size(width, height)
    yield "full_30000x30000.png", png(30_000, 30_000, zlib.compress(bytes(30_000_000), 9), bits=1, colour=0)
    packed = zlib.compress(bytes(80_000_000), 9)
    for name, head in (
        ("zTXt", b"Comment\x00\x00"),
        ("iTXt", b"Comment\x00\x01\x00\x00\x00"),
        ("iCCP", b"Profile\x00\x00"),
    ):
        yield f"{name}.png", with_chunk(encoded(picture("RGB"), "PNG"), name.encode(), head + packed)
    yield "short_data.png", png(9_000, 9_000, zlib.compress(bytes(100)))
    yield "frames.gif", many_frames(500)
    yield "zero.png", png(0, 0)
    yield "zero.bmp", bmp(0, 0)
    yield "negative.bmp", bmp(-9, -9)
    yield "zero.gif", gif(0, 0)


def damaged(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`count` sound pictures that were cut, changed in some bits or bytes, mixed, or given more or fewer bytes."""
    seeds = list({data: name for name, data in sound() if len(data) < 20_000}.items())
    rng = random.Random(seed)
    for number in range(count):
        data, name = rng.choice(seeds)
        how = rng.choice(DAMAGES)
        yield f"{number}_{how.__name__}_{name}", how(data, rng)


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def flip(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def flip_head(data: bytes, rng: random.Random) -> bytes:
    head = min(len(data), 64)
    return flip(data[:head], rng) + data[head:]


def overwrite(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    length = rng.choice((1, 2, 4, 8, 64))
    filling = rng.choice((bytes(length), b"\xff" * length, rng.randbytes(length), b"\x7f" + b"\xff" * (length - 1)))
    return data[:start] + filling + data[start + length :]


def insert(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + rng.randbytes(rng.choice((1, 7, 300))) + data[start:]


def leave_out(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.choice((1, 2, 16, 200)) :]


def repeat(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start : start + 100] * rng.choice((2, 50)) + data[start:]


DAMAGES = (cut, flip, flip_head, overwrite, insert, leave_out, repeat)


def png(width: int, height: int, data: bytes = b"", *, bits: int = 8, colour: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return PNG_HEAD + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def with_chunk(data: bytes, name: bytes, content: bytes) -> bytes:
    """The PNG with one more chunk behind its header."""
    end_of_header = len(PNG_HEAD) + 25
    return data[:end_of_header] + chunk(name, content) + data[end_of_header:]


def bmp(width: int, height: int) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header


def gif(width: int, height: int) -> bytes:
    size = struct.pack("<HH", width, height)
    frame = b"\x2c" + bytes(4) + size + b"\x00" + b"\x08\x01\x00\x00"
    return b"GIF89a" + size + b"\x80\x00\x00" + bytes(6) + frame + b"\x3b"


def jpeg_of_size(width: int, height: int) -> bytes:
    data = bytearray(encoded(picture("RGB"), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def tiff_of_size(width: int, height: int) -> bytes:
    tags = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, height), (279, 100))
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II\x2a\x00" + struct.pack("<IH", 8, len(tags)) + directory + bytes(4)


def many_frames(count: int) -> bytes:
    first = picture("P", (8, 8))
    return encoded(first, "GIF", save_all=True, append_images=[picture("P", (8, 8 - i % 2)) for i in range(count)])
