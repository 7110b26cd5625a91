"""A fake OCR engine and the pictures it understands.

The engine promises: it "reads" `Net weight N g` from the picture that `picture_bytes(N)` made, taking
FAKE_OCR_SECONDS for it, and then appends N to the file FAKE_OCR_LOG, if these variables are set. A
picture's mood makes it fail: raise an exception, kill its process, kill it only the first time, hang, or take
HUNGRY_BYTES of memory and keep them, unless FAKE_OCR_ROOM is set.
"""

import io
import multiprocessing
import os
import signal
import time
from pathlib import Path

import numpy as np
from PIL import Image

import rules.select
from ocr.token import OcrResult, OcrToken

ENGINE = "fake_engines:FakeEngine"
SUPPORT_FOLDER = str(Path(__file__).parent)
NORMAL, RAISES, KILLS, KILLS_ONCE, HANGS, HUNGRY = range(6)
HUNGRY_BYTES = 400_000_000


def picture_bytes(number, mood=NORMAL):
    pixels = np.full((8, 8, 3), (number % 256, number // 256, mood), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


class FakeEngine:
    fingerprint = "fake 1"

    def __init__(self, threads):
        pass

    def read(self, picture):
        low, high, mood = map(int, picture[0, 0])
        number = low + 256 * high
        misbehave(mood)
        time.sleep(float(os.environ.get("FAKE_OCR_SECONDS", "0")))
        log(str(number))
        box = ((0.0, 0.0), (8.0, 0.0), (8.0, 4.0), (0.0, 4.0))
        return OcrResult((OcrToken(f"Net weight {number} g", box, 0.99),), 8, 8)


class ShortSightedEngine(FakeEngine):
    """Sees nothing on pictures narrower than 1000 pixels."""

    fingerprint = "short-sighted 1"

    def read(self, picture):
        page = super().read(picture)
        return page if picture.shape[1] >= 1000 else OcrResult((), page.width, page.height)


class CrampedEngine(FakeEngine):
    """Fails on pictures of 1000 pixels in width and more."""

    fingerprint = "cramped 1"

    def read(self, picture):
        if picture.shape[1] >= 1000:
            raise RuntimeError("no room")
        return super().read(picture)


class StallingEngine(FakeEngine):
    """Makes the rules of its process stall on wattages."""

    fingerprint = "stalling 1"

    def read(self, picture):
        real = rules.select.selection_of

        def selection_of(page, entity, ranker):
            if entity == "wattage":
                time.sleep(600)
            return real(page, entity, ranker)

        rules.select.selection_of = selection_of
        return super().read(picture)


class TiredEngine(FakeEngine):
    """Sees nothing at first, and stalls when it is shown the picture enlarged."""

    fingerprint = "tired 1"

    def read(self, picture):
        if picture.shape[1] >= 1000:
            time.sleep(600)
        page = super().read(picture)
        return OcrResult((), page.width, page.height)


class BrokenEngine(FakeEngine):
    """Dies whatever it is given to read."""

    fingerprint = "broken 1"

    def read(self, picture):
        os.kill(os.getpid(), signal.SIGKILL)


class HomelyEngine(FakeEngine):
    """Can be made in the main process only."""

    def __init__(self, threads):
        if multiprocessing.parent_process() is not None:
            raise ImportError("no models")


def misbehave(mood):
    if mood == RAISES:
        raise RuntimeError("no idea")
    if mood == KILLS or (mood == KILLS_ONCE and first_time()):
        os.kill(os.getpid(), signal.SIGKILL)
    if mood == HANGS:
        time.sleep(600)
    if mood == HUNGRY and not os.environ.get("FAKE_OCR_ROOM"):
        held = b"x" * HUNGRY_BYTES
        time.sleep(600)
        del held


def first_time():
    mark = Path(os.environ["FAKE_OCR_LOG"] + ".mark")
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def log(line):
    if path := os.environ.get("FAKE_OCR_LOG"):
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, f"{line}\n".encode())
        os.close(descriptor)


class TalkativeEngine(FakeEngine):
    """Finds several lines on every picture, with rivals for most entities, that depend on the picture's number."""

    fingerprint = "talkative 1"

    def read(self, picture):
        low, high, _ = map(int, picture[0, 0])
        n = low + 256 * high
        texts = (
            f"Width {n + 10}.5 cm",
            f"{n + 3} x {n + 5} x {n + 2} in",
            f"Net weight {n * 7 + 50} g ({n + 2} lb)",
            f"{100 + 10 * n} V ~ {n + 20} W",
            f"Height: {n + 30} mm / {n + 31} mm",
            f"Max. load {n + 4} kg, Volume {n + 1} L, {n + 2} litre",
        )
        boxes = [
            ((10.0, 30.0 * row), (300.0, 30.0 * row), (300.0, 30.0 * row + 20), (10.0, 30.0 * row + 20))
            for row in range(9)
        ]
        return OcrResult(tuple(map(OcrToken, texts, boxes, [0.9] * len(texts))), 400, 300)
