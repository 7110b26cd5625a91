import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import fake_engines
import httpx
import pytest
from fake_engines import picture_bytes
from running_service import wait_until

ROOT = Path(__file__).parents[3]


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def reached(url):
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("before", [(), ("--log-json",)], ids=["text", "json"])
def test_a_service_that_is_told_to_end_finishes_what_runs(before):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "extractor", *before, "serve", "--port", str(port), "--workers", "1", "--ocr"]
    paths = os.pathsep.join([fake_engines.SUPPORT_FOLDER, str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths, "FAKE_OCR_SECONDS": "2", "EXTRACTOR_API_KEY": ""}
    process = subprocess.Popen([*command, fake_engines.ENGINE], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: reached(f"{url}/readyz"))
        replies = []
        picture = {"picture": picture_bytes(7)}
        running = threading.Thread(
            target=lambda: replies.append(httpx.post(f"{url}/v1/extract", files=picture, timeout=60))
        )
        running.start()
        wait_until(lambda: "extractor_queue_wait_seconds_count 1.0" in httpx.get(f"{url}/metrics").text)
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: not reached(f"{url}/healthz"))
        running.join()
        assert replies[0].json()["answers"][3]["text"] == "7.0 gram"
        assert process.wait(30) == 0
    finally:
        process.kill()
        _, printed = process.communicate()
    assert "Traceback" not in printed
    (said,) = [line for line in printed.splitlines() if "POST /v1/extract 200" in line]
    assert not any("/healthz" in line for line in printed.splitlines())
    if before:
        records = [json.loads(line) for line in printed.splitlines()]
        assert not any("color_message" in record for record in records)
        record = json.loads(said)
        assert (record["method"], record["route"], record["status"]) == ("POST", "/v1/extract", 200)
        assert record["request_id"] in record["message"]


def test_quiet_leaves_requests_out(run_command, monkeypatch):
    told = []
    monkeypatch.setattr("extractor.cli.serve.start_server_logs", lambda: told.append(True))
    monkeypatch.setattr("uvicorn.Server.run", lambda _: None)
    for quiet in ((), ("--quiet",)):
        assert run_command("serve", "--ocr", "none", "--workers", 1, *quiet)[0] == 0
    assert told == [True]


def test_a_port_that_is_taken_is_said_to_be(run_command):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, err = run_command("serve", "--port", port, "--ocr", "none", "--workers", 1)
    assert code == 2
    assert f"127.0.0.1:{port} cannot be listened on" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--ocr", "nothing"], "unknown OCR engine"),
        (["--ranker", "no.json"], "cannot be used"),
        (["--port", "70000"], ""),
    ],
)
def test_options_that_cannot_be_used_stop_it_before_it_begins(run_command, arguments, words):
    code, _, err = run_command("serve", *arguments)
    assert code == 2
    assert words in err


@pytest.fixture
def started(monkeypatch):
    """What the command would serve; nothing is."""
    found = []
    monkeypatch.setattr("extractor.cli.serve._run", lambda app, host, port, *_: found.append((app, host, port)))
    return found


@pytest.mark.parametrize(
    ("host", "key", "warned"),
    [
        ("127.0.0.1", "", False),
        ("::1", "", False),
        ("localhost", "", False),
        ("0.0.0.0", "", True),
        ("0.0.0.0", "x", False),
    ],
)
def test_a_service_for_everybody_warns(run_command, started, monkeypatch, host, key, warned):
    monkeypatch.setenv("EXTRACTOR_API_KEY", key)
    code, _, err = run_command("serve", "--host", host)
    assert (code, len(started)) == (0, 1)
    assert ("EXTRACTOR_API_KEY" in err) is warned


def test_the_key_is_in_force_and_not_shown(run_command, monkeypatch):
    monkeypatch.setenv("EXTRACTOR_API_KEY", "geheim")
    _, shown, _ = run_command("config", "serve", "--json")
    (setting,) = [one for one in json.loads(shown)["settings"] if one["name"] == "api-key"]
    assert (setting["value"], setting["source"]) == ("(hidden)", "environment")
    assert "geheim" not in shown
    assert "geheim" not in run_command("config", "serve")[1]


def test_without_the_extra_it_says_what_to_install(run_command, monkeypatch):
    monkeypatch.setattr("extractor.cli.serve.missing", lambda packages: ("uvicorn",))
    code, _, err = run_command("serve")
    assert code == 2
    assert "needs uvicorn: install the extra serve" in err
