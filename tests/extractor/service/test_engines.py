import threading
import time

import fake_engines
import pytest
from fake_engines import HANGS, KILLS, RAISES, picture_bytes
from starlette.testclient import TestClient

from extractor.service.app import ServiceOptions, service_app
from extractor.service.worker import EngineOptions
from extractor.web.shell import AccessSettings


def sent(client, number, mood=fake_engines.NORMAL):
    return client.post("/v1/extract", files={"picture": picture_bytes(number, mood)})


@pytest.mark.parametrize(
    ("mood", "status", "reason"),
    [(KILLS, 503, "ocr_crashed"), (HANGS, 503, "ocr_timed_out"), (RAISES, 500, "ocr_failed")],
)
def test_a_picture_that_breaks_its_engine_costs_one_request(service, mood, status, reason):
    with service(fake_engines.ENGINE, seconds=4.0) as client:
        broken = sent(client, 1, mood)
        assert (broken.status_code, broken.json()["reason"]) == (status, reason)
        assert broken.headers["Content-Type"] == "application/problem+json"
        assert sent(client, 5).json()["answers"][3]["text"] == "5.0 gram"


def test_a_full_queue_sends_away_and_the_service_stays_awake(service, until):
    with service(fake_engines.ENGINE, queue=0, seconds=4.0) as client:
        held = threading.Thread(target=until, args=(lambda: sent(client, 1, HANGS).status_code != 429,))
        held.start()
        until(lambda: sent(client, 2).status_code == 429)
        refused = sent(client, 2)
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json()["reason"] == "queue_full"
        assert client.get("/healthz").json() == {"status": "ok"}
        held.join()
        assert sent(client, 2).status_code == 200


def test_a_picture_that_waited_too_long_is_not_begun(service, until):
    with service(fake_engines.ENGINE, queue=5, seconds=4.0) as client:
        replies, threads = {}, []

        def send(name, *picture):
            threads.append(threading.Thread(target=lambda: replies.update({name: sent(client, *picture)})))
            threads[-1].start()

        for waiting, mood in enumerate((HANGS, HANGS, fake_engines.NORMAL)):
            send(waiting, 1, mood)
            metrics = f"extractor_queue_length {waiting}.0", "extractor_queue_wait_seconds_count 1.0"
            until(lambda metrics=metrics: all(line in client.get("/metrics").text for line in metrics))
            time.sleep(1.5 if waiting == 0 else 0)  # so the second is begun in time, however slow the machine
        for thread in threads:
            thread.join()
        assert [replies[i].status_code for i in range(3)] == [503, 503, 429]
        assert replies[2].json()["reason"] == "queue_full"


@pytest.mark.parametrize("engine", ["fake_engines:HomelyEngine", "fake_engines:BrokenEngine"])
def test_a_service_without_engines_is_not_ready_and_says_why(engine, until):
    app = service_app(ServiceOptions(engine=EngineOptions(engine)), AccessSettings())
    with TestClient(app) as client:
        until(lambda: "cannot be loaded" in client.get("/readyz").text)
        assert client.get("/readyz").json()["reason"] == "not_ready"
        assert client.get("/healthz").status_code == 200
        assert sent(client, 1).status_code == 503
