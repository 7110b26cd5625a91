"""The load test in short: a real service, some seconds, fewer connections than in docs/performance.md."""

import asyncio

import pytest

from benchmarks.load import measured

pytest.importorskip("uvicorn", reason="needs the serve extra")


def test_under_load_no_request_is_dropped():
    figures = asyncio.run(measured(8, 4.0, ["--workers", "1", "--queue", "4"]))
    assert figures["wrong"] == {}
    assert figures["answered"] > 0
    ends = {kind.rpartition(": ")[2] for kind in figures["statuses"]}
    assert {"200", "429"} <= ends <= {"200", "413", "422", "429"}
