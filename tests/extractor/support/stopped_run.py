"""A real run in a process group of its own, to be stopped in every way.

It promises: `PICTURES` pictures that the fake engine reads, two rows each; the log says what was read, in order.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from fake_engines import ENGINE, picture_bytes
from picture_server import body

import extractor

PICTURES = 30
SUPPORT = Path(__file__).parent


class StoppableRun:
    """A folder with pictures, questions, a store and a log of what the fake engine read.

    With a `server` (see `picture_server`) the pictures are there, and are fetched.
    """

    def __init__(self, folder, server=None):
        self.folder = folder
        folder.mkdir()
        rows = ["index,image_link,group_id,entity_name"]
        for number in range(PICTURES):
            data = picture_bytes(200 + number)
            if server is None:
                link = f"{number}.png"
                (folder / link).write_bytes(data)
            else:
                link = server.add(f"/{number}.png", body(data))
            rows += [f"{2 * number},{link},1,item_weight", f"{2 * number + 1},{link},1,width"]
        (folder / "in.csv").write_text("\n".join(rows) + "\n")

    def command(self, *others):
        options = ["--ocr", ENGINE, "--workers", "2", "--store", "store.sqlite3", "--quiet", "--allow-private"]
        return [sys.executable, "-m", "extractor", "predict", "in.csv", *options, *others]

    def environment(self, **settings):
        paths = [str(SUPPORT), str(Path(extractor.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "FAKE_OCR_LOG": str(self.folder / "reads.log"),
            "FAKE_OCR_SECONDS": "0.02",
            "FAKE_VLM_LOG": str(self.folder / "asked.log"),
            **settings,
        }

    def start(self, *others, **settings):
        return subprocess.Popen(
            self.command(*others),
            cwd=self.folder,
            env=self.environment(**settings),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def reads(self):
        log = self.folder / "reads.log"
        return log.read_text().split() if log.exists() else []

    def wait_for_reads(self, count, process):
        deadline = time.monotonic() + 60
        while len(self.reads()) < count and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def output(self):
        return (self.folder / "in_out.csv").read_bytes()

    def finish(self):
        """Runs to the end, which has to be a good one."""
        process = self.start()
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")


def unbroken_output(folder):
    """The output of a run that nothing stopped."""
    run = StoppableRun(folder)
    run.finish()
    assert set(Counter(run.reads()).values()) == {1}
    assert run.output().count(b".0 gram\n") == PICTURES
    return run.output()


def workers_of(process):
    """The numbers of the worker processes of a run, whichever of its threads started them."""
    found = []
    for children in Path(f"/proc/{process.pid}/task").glob("*/children"):
        try:
            for child in children.read_text().split():
                if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text():
                    found.append(int(child))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def alive(session):
    """The processes that are still in a session, by their command lines."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(stat.with_name("cmdline").read_text())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def wait_until_none_is_alive(session):
    deadline = time.monotonic() + 20
    while alive(session) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert alive(session) == []
