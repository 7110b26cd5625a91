"""Whatever calls itself a picture is read, or refused with a reason: in bounded time and memory, without a crash."""

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import odd_pictures
import pytest
from soak_size import size

from extractor import Extractor, PictureUnusableError
from extractor.api.pictures import picture_from
from extractor.run.local import run
from extractor.run.options import RunOptions
from extractor.run.progress import SilentWatcher
from extractor.stages.reason import Reason
from extractor.tables.rows import Row
from ocr.picture import PictureFault

ROOT = Path(__file__).parents[3]
SUPPORT = Path(odd_pictures.__file__).parent
REFUSALS = {Reason(fault) for fault in PictureFault}


def reason_of(data):
    try:
        picture_from(data)
    except PictureUnusableError as error:
        return error.failure.reason
    return None


def test_sound_pictures_of_every_kind_are_read():
    reasons = {name: reason_of(data) for name, data in odd_pictures.sound()}
    assert {name: reason for name, reason in reasons.items() if reason} == {}
    print(f"{len(reasons)} sound pictures, all read")


def test_bombs_are_refused_or_harmless():
    reasons = {name: reason_of(data) for name, data in odd_pictures.bombs()}
    large = {name for name in reasons if "30000" in name or "65535" in name or "2147483647" in name}
    assert {reasons[name] for name in large} == {Reason.TOO_LARGE}
    assert {name for name, reason in reasons.items() if reason is None} == {"frames.gif"}
    print(f"{len(reasons)} bombs: {Counter(map(str, reasons.values()))}")


@pytest.mark.parametrize("name", odd_pictures.STRANGERS)
def test_other_things_are_no_pictures(name):
    assert reason_of(odd_pictures.STRANGERS[name]) is Reason.NOT_A_PICTURE


def child(script, *arguments):
    """What a script of `support` prints, as JSON."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(SUPPORT), str(ROOT)])}
    command = [sys.executable, str(SUPPORT / script), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_damaged_pictures_cost_neither_time_nor_memory():
    count = size(short=400, long=24_000)
    result = child("read_damaged.py", count, 16)
    assert sum(result["outcomes"].values()) == count
    assert result["outcomes"].keys() <= {"read", *REFUSALS}
    print(f"{count} damaged pictures: {result}")


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["RGBA.png", "P.png", "RGBA.webp", "F.tiff"])
def test_the_largest_pictures_stay_within_memory(kind):
    result = child("read_largest.py", kind)
    assert result["shape"] == [9999, 9999, 3]
    assert result["megabytes"] < 2_500
    print(f"{kind}: {result}")


def test_a_run_over_all_of_them_loses_no_row(tmp_path):
    """Rows 0, 1, ... in the order of the files; OCR is off, so a picture that can be read has no text."""
    files = [*odd_pictures.sound(), *odd_pictures.bombs(), *odd_pictures.STRANGERS.items(), ("empty.png", b"")]
    files += odd_pictures.damaged(size(short=140, long=2_000), 17)
    assert len(files) >= 300
    for number, (_, data) in enumerate(files):
        (tmp_path / str(number)).write_bytes(data)
    rows = [Row(str(number), str(number), "", "width") for number in range(len(files))]
    options = RunOptions(tmp_path, tmp_path / "store.sqlite3", ocr="none", workers=2)
    result = asyncio.run(run(rows, options, SilentWatcher()))
    assert [answered.row for answered in result.rows] == rows
    expected = [reason_of(data) or Reason.NO_TEXT for _, data in files]
    assert [answered.answer.reason for answered in result.rows] == expected
    print(f"{len(files)} files of all kinds in one run, no row lost")


@pytest.mark.soak
def test_pictures_of_every_form_go_through_the_engine():
    extractor = Extractor()
    for name, data in odd_pictures.sound():
        if name.endswith(".png"):
            assert len(extractor.extract(data).answers) == 8, name
    for shape in ((1, 50_000_000, 3), (50_000_000, 1, 3), (60, 30_000, 3), (30_000, 60, 3)):
        noise = np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)
        assert len(extractor.extract(noise).answers) == 8, shape
