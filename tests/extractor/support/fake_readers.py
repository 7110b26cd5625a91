"""A fake vision-language reader for the pictures of `fake_engines`.

It promises: asked for the weight it says `N gram` of the picture that `picture_bytes(N)` made, with confidence 0.8
and 0.1 for `unanswerable`; asked anything else it says `unanswerable` with 0.9. Each question is a line `N entity
page` or `N entity -` in the file FAKE_VLM_LOG, where that is set. A picture's mood changes the weight that it says,
or makes it fail with the whole batch. Of a plain white picture it says `7 gram`.
"""

import os
import time
from pathlib import Path

from vlm.answer import VlmAnswer

READER = "fake_readers:FakeReader"
PATIENCE = 20
NORMAL, FAILS, BABBLES, DIFFERS, SAYS_POUNDS, DOUBTS = 0, 11, 12, 13, 14, 15


class FakeReader:
    def __init__(self, choice):
        self.fingerprint = f"fake reader, {choice.decoding}"

    def read(self, items):
        numbers = [number_and_mood(item.picture) for item in items]
        if any(mood == FAILS for _, mood in numbers):
            raise RuntimeError("out of its mind")
        return [
            tuple(answer(number, mood, entity, item) for entity in item.entities)
            for item, (number, mood) in zip(items, numbers, strict=True)
        ]


class HopelessReader(FakeReader):
    """Fails on everything."""

    def read(self, items):
        raise RuntimeError("no weights")


class ForgetfulReader(FakeReader):
    """Leaves the last question of each picture out."""

    def read(self, items):
        return [answers[:-1] for answers in super().read(items)]


class StuckReader(FakeReader):
    """Takes long over everything."""

    def read(self, items):
        log("stuck")
        time.sleep(600)


class UntouchableReader(FakeReader):
    """Fails a test in which it is asked anything."""

    def read(self, items):
        raise AssertionError("the reader was asked")


class PreparingReader(FakeReader):
    """Needs one pixel of a picture, and answers nothing before as many as FAKE_VLM_PREPARED have been prepared.

    Each picture prepared is a line `prepared N` in the log. Gives up with an error after PATIENCE seconds.
    """

    def prepared(self, picture):
        log(f"prepared {number_and_mood(picture)[0]}")
        return picture[:1, :1]

    def read(self, items):
        wanted, ends = int(os.environ["FAKE_VLM_PREPARED"]), time.monotonic() + PATIENCE
        while Path(os.environ["FAKE_VLM_LOG"]).read_text().count("prepared") < wanted:
            if time.monotonic() > ends:
                raise RuntimeError("too few pictures were prepared")
            time.sleep(0.01)
        assert all(item.picture.shape == (1, 1, 3) for item in items)
        return super().read(items)


def number_and_mood(picture):
    low, high, mood = map(int, picture[0, 0])
    return (7, NORMAL) if mood == 255 else (low + 256 * high, mood)


def answer(number, mood, entity, item):
    log(f"{number} {entity} {'-' if item.page is None else 'page'}")
    if entity != "item_weight" or mood == DOUBTS:
        return VlmAnswer("unanswerable", 0.9, 0.9)
    text = {BABBLES: "many", DIFFERS: f"{number + 1} gram", SAYS_POUNDS: "3 pound"}.get(mood, f"{number} gram")
    return VlmAnswer(text, 0.8, 0.1)


def log(line):
    if path := os.environ.get("FAKE_VLM_LOG"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
