"""Tasks and answers, there and back, with the real Label Studio and its SDK: `make test-label-studio`.

Label Studio lives in an environment of its own: EXTRACTOR_LABEL_STUDIO names the Python in it. It is run on loopback
with SQLite in a temporary folder; its telemetry and its look for updates are off.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "extractor" / "support"))
from fake_audits import write_audit

from extractor.review.items import ReviewItems
from extractor.review.label_studio import config_xml, pictures_root, tasks_json
from extractor.review.label_studio_import import read_export

PYTHON = os.environ.get("EXTRACTOR_LABEL_STUDIO", "")
TOKEN = "0123456789abcdef0123456789abcdef01234567"
USER = "rater@example.com"
START_SECONDS = 600
pytestmark = pytest.mark.skipif(not PYTHON, reason="EXTRACTOR_LABEL_STUDIO does not name a Python with Label Studio")

VALIDATE = """
import json, sys
from label_studio_sdk.label_interface import LabelInterface
config, tasks = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
interface = LabelInterface(config)
interface.validate()
for task in json.loads(tasks):
    assert interface.validate_task({"data": task["data"]}), task["data"]
    for prediction in task["predictions"]:
        faults = interface.validate_prediction(prediction, return_errors=True)
        assert not faults, faults
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An audit of ten rows with its tasks and configuration."""
    folder = tmp_path_factory.mktemp("audit")
    items = ReviewItems(write_audit(folder))
    rows = [items[position] for position in range(len(items))]
    (folder / "tasks.json").write_bytes(b"".join(tasks_json(rows, pictures_root(rows))))
    (folder / "tasks.xml").write_text(config_xml())
    return folder


@pytest.fixture(scope="module")
def client(folder, tmp_path_factory):
    """A client of a running Label Studio."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = tmp_path_factory.mktemp("label_studio")
    environment = os.environ | {
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED": "true",
        "LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT": str(folder.parent),
    }
    command = [Path(PYTHON).with_name("label-studio"), "start", "--no-browser", "--internal-host", "127.0.0.1"]
    command += ["--port", str(port), "--username", USER, "--password", "correct-horse", "--user-token", TOKEN]
    command += ["--data-dir", data]
    log = (data / "log.txt").open("wb")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    headers = {"Authorization": f"Token {TOKEN}"}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
            _wait(client, process, data / "log.txt")
            yield client
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def _wait(client, process, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if client.get("/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    pytest.fail(f"Label Studio does not start:\n{log.read_text(errors='replace')[-3000:]}")


def told(response):
    assert response.is_success, response.text
    return response


def test_the_sdk_takes_configuration_tasks_and_predictions(folder):
    subprocess.run([PYTHON, "-c", VALIDATE, folder / "tasks.xml", folder / "tasks.json"], check=True)


def test_the_sdk_refuses_a_prediction_of_another_configuration(folder, tmp_path):
    config = (folder / "tasks.xml").read_text().replace('name="rectangle"', 'name="box"')
    (tmp_path / "other.xml").write_text(config)
    run = subprocess.run([PYTHON, "-c", VALIDATE, tmp_path / "other.xml", folder / "tasks.json"], check=False)
    assert run.returncode != 0


def test_a_project_takes_the_tasks_and_its_export_is_a_log(client, folder, tmp_path):
    config = (folder / "tasks.xml").read_text()
    project = told(client.post("/api/projects", json={"title": "audit", "label_config": config})).json()["id"]
    storage = {"project": project, "path": str(folder), "use_blob_urls": True}
    told(client.post("/api/storages/localfiles", json=storage))
    tasks = json.loads((folder / "tasks.json").read_text())
    told(client.post(f"/api/projects/{project}/import", json=tasks))
    listed = told(client.get("/api/tasks", params={"project": project, "fields": "all", "page_size": 100})).json()
    by_index = {task["data"]["index"]: task for task in listed["tasks"]}
    assert by_index.keys() == {str(number) for number in range(10)}
    for task in tasks:
        (kept,) = by_index[task["data"]["index"]]["predictions"]
        assert kept["result"] == task["predictions"][0]["result"]
    picture = told(client.get(by_index["2"]["data"]["image"]))
    assert picture.content == (folder / "picture 2.png").read_bytes()

    annotate(client, by_index["2"], by_index["2"]["predictions"][0]["result"])
    annotate(client, by_index["4"], [asked("decision", {"choices": ["value"]}), asked("answer", {"text": ["5 lb"]})])
    exported = told(client.get(f"/api/projects/{project}/export", params={"exportType": "JSON"}))
    (tmp_path / "export.json").write_bytes(exported.content)
    decisions, skipped = read_export(tmp_path / "export.json")
    assert skipped == []
    assert {one.index: (str(one.action), one.value) for one in decisions} == {
        "2": ("take", "3.0 kilogram"),
        "4": ("value", "5.0 pound"),
    }
    assert all(one.rater and one.time for one in decisions)


def annotate(client, task, result):
    told(client.post(f"/api/tasks/{task['id']}/annotations", json={"result": result}))


def asked(name, value):
    kind = "choices" if "choices" in value else "textarea"
    return {"id": name, "from_name": name, "to_name": "picture", "type": kind, "value": value}
