"""Engine processes killed at random under load: each kill costs one request a clear 503, and never the service."""

import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import fake_engines
import httpx
import pytest
from fake_engines import picture_bytes
from soak_size import size

from tests.browser.served import ROOT, served

KILLS = size(short=4, long=50)
CLIENTS = 4


def engines_of(service):
    """The engine processes of a service, which has its port in its command line."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            parent = (line.parent / "stat").read_text().rpartition(")")[2].split()[1]
            if b"spawn_main" in line.read_bytes() and service.encode() in Path(f"/proc/{parent}/cmdline").read_bytes():
                found.append(int(line.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_a_killed_engine_costs_one_request():
    paths = [fake_engines.SUPPORT_FOLDER, str(ROOT), os.environ.get("PYTHONPATH", "")]
    variables = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "FAKE_OCR_SECONDS": "0.05"}
    ends, over, chance = Counter(), threading.Event(), random.Random(9)
    with served("--ocr", fake_engines.ENGINE, "--workers", "2", **variables) as url:

        def ask(number):
            with httpx.Client(base_url=url, timeout=120) as client:
                while not over.is_set():
                    picture = {"picture": picture_bytes(200 + number)}
                    answer = client.post("/v1/extract", files=picture, data={"entities": "item_weight"})
                    if answer.status_code == 200:
                        assert answer.json()["answers"][0]["text"] == f"{200 + number}.0 gram"
                    ends[answer.status_code, answer.json().get("reason", "answered")] += 1

        clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        killed = 0
        while killed < KILLS:
            answered = ends.total() + chance.randint(1, 8)
            while ends.total() < answered:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.1))
            if engines := engines_of(url.rpartition(":")[2]):
                os.kill(chance.choice(engines), signal.SIGKILL)
                killed += 1
        over.set()
        for client in clients:
            client.join()
        assert httpx.get(f"{url}/healthz").status_code == 200
        last = [
            httpx.post(f"{url}/v1/extract", files={"picture": picture_bytes(n)}).status_code for n in range(200, 204)
        ]
        assert last.count(200) >= 3, last  # one process at most was killed after its last picture
    assert set(ends) == {(200, "answered"), (503, "ocr_crashed")}
    assert ends[503, "ocr_crashed"] <= killed
    print(f"{killed} engine processes killed, {dict(ends)}")
