"""The same input, settings and versions give the same bytes, whatever hash seed, locale, time zone, workers, shards.

What a trace says about times and the store is left out. tests/extractor/test_same_answers.py compares kinds of runs.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from fake_engines import SUPPORT_FOLDER, picture_bytes
from soak_size import size

from rules.constants import ENTITIES

ROOT = Path(__file__).parents[3]
ENGINE = "fake_engines:TalkativeEngine"
PICTURES = size(short=6, long=200)
VARIANTS = [
    ("3", {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Kolkata", "OMP_NUM_THREADS": "1"}),
    ("1", {"PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8"}),
    ("2", {"PYTHONHASHSEED": "random", "LC_ALL": "de_DE.UTF-8", "PYTHONOPTIMIZE": "1"}),
    ("2", {"PYTHONHASHSEED": "4", "LC_ALL": "POSIX", "PYTHONUTF8": "1"}),
]


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    lines = ["index,image_link,group_id,entity_name"]
    for number in range(PICTURES):
        (folder / f"ü{number}.png").write_bytes(picture_bytes(number))
        lines += [f"{number}-{entity},ü{number}.png,{number % 3},{entity}" for entity in ENTITIES]
    path = folder / "questions.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def predicted(table, folder, workers="2", variables=(), *options):
    """The lines of the answers, and those of the trace without times and what was stored."""
    folder.mkdir()
    environment = os.environ | {"PYTHONHASHSEED": "0", "EXTRACTOR_CONFIG": "none"} | dict(variables)
    environment["PYTHONPATH"] = os.pathsep.join([SUPPORT_FOLDER, str(ROOT)])
    out = folder / "out.csv"
    command = [sys.executable, "-m", "extractor", "predict", str(table), "--ocr", ENGINE, "--workers", workers, "-q"]
    command += ["--out", str(out), "--store", str(folder / "store.sqlite3"), *options]
    subprocess.run(command, env=environment, cwd=folder, check=True)
    traces = [json.loads(line) for line in (folder / "out_trace.jsonl").read_bytes().splitlines()]
    for trace in traces:
        del trace["seconds"], trace["cached"]
    return out.read_bytes().splitlines(), [json.dumps(trace) for trace in traces]


@pytest.fixture(scope="module")
def expected(table, tmp_path_factory):
    return predicted(table, tmp_path_factory.mktemp("runs") / "first")


def test_there_are_answers_to_compare(expected):
    answered = Counter(not line.endswith(b",") for line in expected[0])
    assert answered[True] > 5 * PICTURES
    print(f"{PICTURES * len(ENTITIES)} questions on {PICTURES} pictures, {answered[True]} answered")


@pytest.mark.parametrize(("workers", "variables"), VARIANTS[: size(short=1, long=9)])
def test_every_run_gives_the_same_bytes(table, expected, tmp_path, workers, variables):
    assert predicted(table, tmp_path / "run", workers, variables) == expected


@pytest.mark.soak
def test_shards_with_stores_of_their_own_give_the_same_lines(table, expected, tmp_path):
    parts = [
        predicted(table, tmp_path / f"part{i}", "1", {"PYTHONHASHSEED": str(i)}, "--shard", f"{i}/2") for i in (1, 2)
    ]
    for kind in (0, 1):
        joined = [line for part in parts for line in part[kind] if line != b"index,prediction"]
        assert sorted(joined) == sorted(line for line in expected[kind] if line != b"index,prediction")
