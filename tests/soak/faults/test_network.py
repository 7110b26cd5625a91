"""Pictures from a server that misbehaves on purpose: each that can be had is had, each other row says why not."""

import asyncio
import random
import socket
import threading
from collections import Counter
from contextlib import closing, suppress

import pytest
from fake_engines import ENGINE, picture_bytes
from faulty_replies import MOST_BYTES, End, faults
from picture_server import PictureServer, body
from soak_size import size

from extractor.run.local import run
from extractor.run.options import RunOptions
from extractor.run.progress import SilentWatcher
from extractor.sources import guard
from extractor.sources.limits import BreakerPolicy, FetchLimits
from extractor.tables.rows import Row

PICTURES = size(short=160, long=1000)
FAULTY = 0.3
FIRST = 200
LIMITS = FetchLimits(
    attempts=4,
    read_time=2.0,
    attempt_time=3.0,
    backoff=0.01,
    longest_retry_after=1.0,
    max_bytes=MOST_BYTES,
    breaker=BreakerPolicy(first_gap=0.1, longest_gap=1.0),
)


@pytest.fixture
def private_host(monkeypatch):
    """An address that counts as private, as all but 127.0.0.1 do here, and the connections made to it."""
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1")
    made = []
    with closing(socket.create_server(("127.0.0.2", 0))) as listening:

        def listen():
            try:
                while True:
                    made.append(listening.accept())
            except OSError:
                return

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.2:{listening.getsockname()[1]}/a.png", made


def counted(replies, injected, name):
    """The replies, which count themselves."""

    def one(answer):
        def reply(handler):
            injected[name] += 1
            with suppress(OSError):  # the client may hang up first
                answer(handler)

        return reply

    return map(one, replies)


def test_each_picture_that_can_be_had_is_had_and_each_other_row_says_why(tmp_path, private_host):
    place, connections = private_host
    others = ("http://10.0.0.1/", "http://169.254.169.254/latest/", "http://[::1]/", "http://[::ffff:10.0.0.1]/")
    kinds = faults((place, *others))
    chance = random.Random(20261)
    faulty = chance.sample(range(PICTURES), round(FAULTY * PICTURES))
    of = {number: kinds[i % len(kinds)] for i, number in enumerate(faulty)}
    injected = Counter()
    with PictureServer() as server:
        rows = []
        for number in range(PICTURES):
            replies = [body(picture_bytes(FIRST + number))]
            if fault := of.get(number):
                passing = [fault.reply] * (chance.randint(1, 2) if fault.end is End.PASSING else 1)
                wrong = list(counted(passing, injected, fault.name))
                replies = wrong if fault.end is End.LASTING else wrong + replies
            rows.append(Row(str(number), server.add(f"/{number}.png", *replies), "1", "item_weight"))

        def answers():
            options = RunOptions(
                tmp_path, tmp_path / "store.sqlite3", ocr=ENGINE, upscale=False, workers=2, fetch_limits=LIMITS
            )
            result = asyncio.run(run(rows, options, SilentWatcher()))
            return {int(one.row.index): one for one in result.rows}

        def check(answered, ends):
            """All pictures are had but those with a fault of these `ends`, and they say why not."""
            for number, one in answered.items():
                fault = of.get(number)
                told = (number, fault and fault.name, one.answer.reason, one.answer.detail)
                if fault is None or fault.end not in ends:
                    assert one.prediction == f"{FIRST + number}.0 gram", told
                else:
                    assert one.prediction == "", told
                    assert str(one.answer.reason) in fault.reasons, told
                    assert one.answer.detail, told

        check(answers(), {End.LATER, End.LASTING})
        asked = Counter(server.hits)
        check(answers(), {End.LASTING})
        sound = [f"/{number}.png" for number in range(PICTURES) if number not in of]
        assert [server.hits[path] for path in sound] == [1] * len(sound)
        assert sum(server.hits.values()) > sum(asked.values())
    assert connections == []
    assert set(injected) == {fault.name for fault in of.values()}
    print(f"{PICTURES} pictures, {len(of)} faulty in {len(set(of.values()))} ways, {sum(injected.values())} faults")
