"""A picture is read from disk, hashed and decoded once in a run; what a worker makes is in the store at once."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from fake_engines import ENGINE, picture_bytes

from extractor.api.engines import fingerprint_of
from extractor.api.processes import WorkerPool
from extractor.cache.pages import Fingerprints
from extractor.cache.store import Store
from extractor.run import pictures, worker
from extractor.run.local import run
from extractor.run.options import RunOptions
from extractor.run.progress import SilentWatcher
from extractor.run.worker import PictureWorker, WorkerJob, WorkerSettings
from extractor.tables.rows import Row
from rules.ranker import LEARNED

SHORT_SIGHTED = "fake_engines:ShortSightedEngine"
PICTURE = picture_bytes(250)
SHA256 = hashlib.sha256(PICTURE).hexdigest()


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "store.sqlite3") as store:
        yield store


def worker_for(store, engine, announce=lambda stage: None):
    keys = Fingerprints(fingerprint_of(engine), "rules", upscale=True)
    return PictureWorker(WorkerSettings(engine, LEARNED, store.path, keys), store, announce)


def test_both_passes_decode_the_picture_once(store, monkeypatch):
    decoded = []
    real = worker.picture_from
    monkeypatch.setattr(worker, "picture_from", lambda data: decoded.append(len(data)) or real(data))
    result = worker_for(store, SHORT_SIGHTED).do(WorkerJob(SHA256, PICTURE, None, ("item_weight", "width")))
    assert {answer.entity: answer.text for answer in result.answers} == {"item_weight": "250.0 gram", "width": ""}
    assert (result.upscaled_now, decoded) == (True, [len(PICTURE)])


def test_what_is_in_the_store_needs_no_picture(store):
    first = worker_for(store, SHORT_SIGHTED).do(WorkerJob(SHA256, PICTURE, None, ("item_weight",)))
    again = worker_for(store, SHORT_SIGHTED).do(WorkerJob(SHA256, None, None, ("item_weight",)))
    assert again.answers == first.answers
    assert (again.page_cached, again.upscaled_now) == (True, False)


def test_answers_are_kept_by_product_group(store):
    keys = Fingerprints(fingerprint_of(SHORT_SIGHTED), "rules", upscale=True)
    worker_for(store, SHORT_SIGHTED).do(WorkerJob(SHA256, PICTURE, None, ("item_weight",), "vases"))
    kept = {group: sorted(keys.of_group(group).stored_answers(store, SHA256)) for group in ("vases", "lamps", "")}
    assert kept == {"vases": ["item_weight"], "lamps": [], "": []}


def test_stages_are_announced_and_final_answers_are_kept_as_they_come(store):
    heard = []

    def announce(stage):
        keys = Fingerprints(fingerprint_of(SHORT_SIGHTED), "rules", upscale=True)
        heard.append((str(stage), sorted(store.answers(SHA256, keys.engine, keys.answers))))

    worker_for(store, SHORT_SIGHTED, announce).do(WorkerJob(SHA256, PICTURE, None, ("item_weight", "width")))
    assert heard == [
        ("reading", []),
        ("applying the rules", []),
        ("the upscaled pass", ["width"]),
        ("applying the rules", ["width"]),
    ]


@pytest.fixture
def jobs(monkeypatch):
    """The jobs that a run hands to its workers."""
    handed = []
    real = WorkerPool.do

    def do(self, job):
        handed.append(job)
        return real(self, job)

    monkeypatch.setattr(WorkerPool, "do", do)
    return handed


def test_a_worker_is_handed_the_bytes_that_were_hashed(jobs, tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(PICTURE)
    reads = []
    real = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: reads.append(self.name) or real(self))
    rows = [Row(str(i), "a.png", "1", entity) for i, entity in enumerate(("item_weight", "width"))]
    options = RunOptions(tmp_path, tmp_path / "store.sqlite3", ocr=ENGINE)
    asyncio.run(run(rows, options, SilentWatcher()))
    (job,) = jobs
    assert (job.sha256, job.data) == (SHA256, PICTURE)
    assert [name for name in reads if name.endswith(".png")] == ["a.png"]


def test_a_large_picture_is_read_again_where_it_is_needed(jobs, tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "HANDED_OVER", 10)
    (tmp_path / "a.png").write_bytes(PICTURE)
    options = RunOptions(tmp_path, tmp_path / "store.sqlite3", ocr=ENGINE)
    result = asyncio.run(run([Row("1", "a.png", "1", "item_weight")], options, SilentWatcher()))
    assert result.rows[0].prediction == "250.0 gram"
    assert jobs[0].data is None
