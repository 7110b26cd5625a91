"""`predict --engine ray` on a cluster of two nodes: the answers of the local runner, whatever is lost on the way."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest
from fake_engines import ENGINE, KILLS, KILLS_ONCE, NORMAL, RAISES, picture_bytes
from fake_readers import DIFFERS, FAILS, READER
from picture_server import body

from extractor.api.readers import ReaderChoice
from extractor.run import local
from extractor.run.cluster.engine import run
from extractor.run.cluster.options import ClusterOptions
from extractor.run.options import RunOptions
from extractor.run.progress import SilentWatcher
from extractor.sources.limits import HostLimits
from extractor.tables.output import write
from extractor.tables.rows import Row, read_rows
from extractor.tables.trace import trace_line

pytestmark = pytest.mark.ray

DATASET = Path(__file__).parents[2] / "dataset"


@pytest.fixture
def options(tmp_path, reads):
    def made(**others):
        of_run = {"base": tmp_path, "store": tmp_path / "store.sqlite3", "ocr": ENGINE, "upscale": False, "workers": 2}
        return RunOptions(**{**of_run, **others})

    return made


class Watcher(SilentWatcher):
    """Counts what it is told, and does something once `after` pictures are done."""

    def __init__(self, after=None, act=None):
        self.pictures, self.done, self.failed, self._after, self._act = 0, 0, 0, after, act

    def started(self, pictures):
        self.pictures = pictures

    def picture_done(self, result):
        self.done += 1
        self.failed += result.failure is not None
        if self.done == self._after:
            self._act()


def on_cluster(rows, options, shards, watcher=None, **others):
    return run(rows, ClusterOptions(options, str(shards), **others), watcher or SilentWatcher())


def put(folder, *moods, start=200):
    """Pictures of the fake engine, and a row for each."""
    for number, mood in enumerate(moods, start):
        (folder / f"{number}.png").write_bytes(picture_bytes(number, mood))
    return [Row(f"i{n}", f"{n}.png", "1", "item_weight") for n in range(start, start + len(moods))]


def rows_in(shards):
    """The rows of all shards."""
    return [row for file in sorted(shards.glob("shard-*")) for row in pq.read_table(file).to_pylist()]


def bytes_of(result, path):
    result.answers.write(path)
    return path.read_bytes()


def local_bytes(rows, options, path):
    result = asyncio.run(local.run(rows, options, SilentWatcher()))
    write(result.rows, path)
    return path.read_bytes()


def actors():
    """The processes of the cluster's actors that read pictures."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "PictureActor" in " ".join(process.cmdline()):
                found.append(process)
    return found


def test_the_answers_on_the_dataset_are_those_of_the_local_runner(two_nodes, options, tmp_path):
    rows = read_rows(DATASET / "test.csv")
    of_run = options(base=DATASET, ocr="rapidocr", upscale=True)
    watcher = Watcher()
    result = on_cluster(rows, of_run, tmp_path / "shards", watcher)
    there = asyncio.run(local.run(rows, of_run, SilentWatcher()))
    write(there.rows, tmp_path / "local.csv")
    assert bytes_of(result, tmp_path / "ray.csv") == (tmp_path / "local.csv").read_bytes()
    here = sorted(rows_in(tmp_path / "shards"), key=lambda row: row["position"])
    assert [row["error"] for row in here] == [None] * len(rows)
    for one, other in zip(here, there.rows, strict=True):
        line, expected = json.loads(one["trace"]), json.loads(trace_line(other))
        del line["seconds"], expected["seconds"], line["cached"], expected["cached"]
        assert line == expected
    assert (watcher.pictures, watcher.done) == (there.summary.pictures,) * 2
    assert result.summary.lines()[:4] == there.summary.lines()[:4]


def test_what_fails_is_in_its_row_and_costs_no_other(two_nodes, options, tmp_path, reads, server):
    rows = put(tmp_path, NORMAL, RAISES, KILLS, KILLS_ONCE, NORMAL)
    (tmp_path / "text.png").write_bytes(b"<html>Sorry</html>")
    rows += [Row(name, name, "1", "item_weight") for name in ("text.png", "none.png", "", server.url("/none.png"))]
    watcher, of_run = Watcher(), options(allow_private=True)
    result = on_cluster(rows, of_run, tmp_path / "shards", watcher)
    assert bytes_of(result, tmp_path / "ray.csv") == local_bytes(rows, of_run, tmp_path / "local.csv")
    of_shards = {row["index"]: row for row in rows_in(tmp_path / "shards")}
    expected = ["answered", "ocr_failed", "ocr_crashed", "answered", "answered", "not_a_picture", "picture_missing"]
    assert [of_shards[row.index]["reason"] for row in rows] == [*expected, "no_link", "http_404"]
    assert [of_shards[row.index]["error"] is None for row in rows] == [reason == "answered" for reason in expected] + [
        False
    ] * 2
    assert of_shards["i200"]["evidence"] == ["Net weight 200 g"]
    assert (watcher.done, watcher.failed) == (9, 6)

    (tmp_path / "none.png").write_bytes(picture_bytes(250))
    before = reads()
    again = on_cluster(rows, of_run, tmp_path / "shards")
    assert again.answers.table["prediction"].to_pylist()[6] == "250.0 gram"
    assert (reads() - before).keys() <= {250}
    assert (again.summary.read, again.summary.read_before) == (1, 3)


def test_a_node_and_an_actor_are_lost_and_no_row(two_nodes, options, tmp_path, reads):
    rows = put(tmp_path, *[NORMAL] * 60)

    def lose():
        os.kill(actors()[0].pid, signal.SIGKILL)
        two_nodes.remove_node(two_nodes.worker_nodes.copy().pop(), allow_graceful=False)

    watcher = Watcher(10, lose)
    result = on_cluster(rows, options(), tmp_path / "shards", watcher)
    assert bytes_of(result, tmp_path / "ray.csv") == local_bytes(rows, options(), tmp_path / "local.csv")
    assert Counter(row["position"] for row in rows_in(tmp_path / "shards")) == Counter(range(60))
    assert (watcher.done, result.summary.answered) == (60, 60)
    assert len(two_nodes.list_all_nodes()) == 1


def test_a_killed_run_goes_on_and_reads_no_finished_picture_twice(two_nodes, options, tmp_path, reads):
    rows = put(tmp_path, *[NORMAL] * 60)
    table = "".join(f"{row.index},{row.image_link},1,item_weight\n" for row in rows)
    (tmp_path / "in.csv").write_text("index,image_link,group_id,entity_name\n" + table)
    shards = tmp_path / "shards"
    command = ["-m", "extractor", "predict", "in.csv", "--engine", "ray", "--address", two_nodes.address]
    command += ["--shards", str(shards), "--ocr", ENGINE, "--no-second-look"]
    with subprocess.Popen([sys.executable, *command], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as first:
        wait_for(lambda: len(list(shards.glob("shard-*"))) >= 3 or first.poll() is not None)
        first.kill()
        first.wait()
    finished = {row["position"] for row in rows_in(shards)}
    assert 0 < len(finished) < 60
    wait_for(lambda: not actors())
    finished, before = {row["position"] for row in rows_in(shards)}, reads()
    result = on_cluster(rows, options(), f"file://{shards}")
    again = reads() - before
    assert not {200 + position for position in finished} & again.keys()
    assert again == Counter(200 + position for position in range(60) if position not in finished)
    assert bytes_of(result, tmp_path / "ray.csv") == local_bytes(rows, options(), tmp_path / "local.csv")
    assert result.summary.read_before == len(finished)


def test_a_host_is_asked_by_one_actor_at_a_time(two_nodes, options, tmp_path, reads, server):
    running, most = Counter(), []

    def replied(number):
        def reply(handler):
            running["now"] += 1
            most.append(running["now"])
            time.sleep(0.02)
            running["now"] -= 1
            body(picture_bytes(number))(handler)

        return reply

    links = [server.add(f"/{number}.png", replied(number)) for number in range(200, 216)]
    rows = [Row(link, link, "1", "item_weight") for link in links]
    result = on_cluster(rows, options(allow_private=True), tmp_path / "shards", hosts=HostLimits(at_once=1))
    assert (result.summary.fetched, result.summary.answered) == (16, 16)
    assert set(most) == {1}
    assert set(server.hits.values()) == {1}


def test_a_reader_is_asked_and_products_are_fused_as_on_this_machine(two_nodes, options, tmp_path, reads):
    rows = put(tmp_path, NORMAL, DIFFERS, FAILS, NORMAL)
    rows = [replace(row, product="p1", title="Tin, 200 g") for row in rows[:2]] + rows[2:]
    rows += [Row("width", "203.png", "1", "width"), Row("none", "none.png", "1", "width", "p1", "Tin, 200 g")]
    of_run = options(vlm=ReaderChoice(READER, batch=2), allow_private=True)
    result = on_cluster(rows, of_run, tmp_path / "shards")
    there = asyncio.run(local.run(rows, of_run, SilentWatcher()))
    here = sorted(rows_in(tmp_path / "shards"), key=lambda row: row["position"])
    for one, other in zip(here, there.rows, strict=True):
        line, expected = json.loads(one["trace"]), json.loads(trace_line(other))
        del line["seconds"], expected["seconds"], line["cached"], expected["cached"]
        assert line == expected
    assert [row["finished"] for row in here] == [False, False, False, True, True, False]
    assert (result.summary.outcomes, result.summary.vlm_rows) == (there.summary.outcomes, there.summary.vlm_rows)
    assert result.summary.products == 1


def wait_for(happened, seconds=180):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)
