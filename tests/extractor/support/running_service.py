"""Services of fake engines in real processes."""

import time
from contextlib import contextmanager

import fake_pages
from starlette.testclient import TestClient

from extractor.service.app import ServiceOptions, service_app
from extractor.service.worker import EngineOptions
from extractor.web.shell import AccessSettings
from rules.entities import OFFICIAL

READY_SECONDS = 120


@contextmanager
def running_service(engine=fake_pages.ENGINE, *, max_bytes=5_000_000, entities=OFFICIAL, **options):
    """A client of a service whose engines are warm; gives what `starlette.testclient.TestClient` gives."""
    read = EngineOptions(engine, entities=entities)
    app = service_app(ServiceOptions(engine=read, **options), AccessSettings(max_bytes=max_bytes))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


def wait_until(true):
    deadline = time.monotonic() + READY_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
