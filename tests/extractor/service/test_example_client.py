"""examples/service_client.py against the service, without a network."""

import importlib.util
from contextlib import nullcontext
from pathlib import Path

import httpx
import pytest
from fake_engines import picture_bytes

FILE = Path(__file__).parents[3] / "examples" / "service_client.py"


@pytest.fixture
def example():
    spec = importlib.util.spec_from_file_location("service_client", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_example_prints_what_the_service_answers(client, example, tmp_path, monkeypatch, capsys):
    picture, text = tmp_path / "a.png", tmp_path / "b.txt"
    picture.write_bytes(picture_bytes(30))
    text.write_text("no picture")
    monkeypatch.setattr(example.httpx, "Client", lambda **options: nullcontext(client))
    monkeypatch.setattr("sys.argv", ["service_client.py", str(picture), str(text)])
    example.main()
    printed = capsys.readouterr().out.splitlines()
    assert "a.png: height 31.0 centimetre (verified)" in printed
    assert printed[-1].startswith("b.txt: not a picture")


def test_the_example_waits_where_the_queue_is_full(example, tmp_path, monkeypatch):
    replies = [httpx.Response(429, headers={"Retry-After": "3"}), httpx.Response(200, json={"answers": []})]
    waits = []
    monkeypatch.setattr(example.time, "sleep", waits.append)
    (tmp_path / "a.png").write_bytes(b"")
    with httpx.Client(transport=httpx.MockTransport(lambda _: replies.pop(0)), base_url="http://service") as client:
        assert example.asked(client, tmp_path / "a.png") == {"answers": []}
    assert waits == [3.0]
