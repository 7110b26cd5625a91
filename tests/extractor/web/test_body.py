import asyncio

import pytest

from extractor.web.body import BodyLimit


async def refusing(scope, receive, send):
    await send({"type": "http.response.start", "status": 401, "headers": []})
    await send({"type": "http.response.body", "body": b"no"})


def exchanged(headers, pieces=4):
    """What is sent, and how many pieces of the body were left when the last of it was."""
    coming = [{"type": "http.request", "body": b"x" * 1000, "more_body": left > 0} for left in reversed(range(pieces))]
    sent = []

    async def receive():
        return coming.pop(0)

    async def send(message):
        sent.append((message, len(coming)))

    scope = {"type": "http", "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    asyncio.run(BodyLimit(refusing, max_bytes=5000, seconds=9.0)(scope, receive, send))
    return [message for message, _ in sent], [left for _, left in sent]


@pytest.mark.parametrize(("length", "status"), [("4000", 401), ("4000000", 413)])
def test_a_refusal_is_sent_at_once_and_ends_after_the_body(length, status):
    messages, left = exchanged({"content-length": length})
    assert messages[0]["status"] == status
    assert [message.get("more_body", False) for message in messages[1:]] == [True, False]
    assert left == [4, 4, 0]


def test_a_client_that_waits_to_be_told_sends_nothing():
    messages, left = exchanged({"content-length": "4000000", "expect": "100-continue"})
    assert messages[0]["status"] == 413
    assert left[-1] == 4


def test_without_a_body_nothing_is_waited_for():
    _, left = exchanged({})
    assert left == [4, 4]
