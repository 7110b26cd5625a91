"""The command line in processes of its own: where it stands, what it prints to, what lies about in its folder."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fake_engines import ENGINE, SUPPORT_FOLDER, picture_bytes
from fake_readers import READER

import extractor

ROOT = str(Path(extractor.__file__).parents[1])
COMMANDS = ("predict", "check", "evaluate", "fit", "fit-policy", "prepare", "train", "merge", "nano")


def run(*arguments, **options):
    paths = [SUPPORT_FOLDER, ROOT, os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "COLUMNS": "100"}
    command = [sys.executable, "-m", "extractor", *map(str, arguments)]
    fixed = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment, "timeout": 120}
    return subprocess.run(command, check=False, **{**fixed, **options})


@pytest.fixture
def folder(tmp_path):
    """Two pictures with three questions about them, labels, and a right submission."""
    for number in (200, 201):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes(number))
    rows = ("200.png,item_weight", "201.png,item_weight", "201.png,width")
    (tmp_path / "in.csv").write_text("image_link,entity_name\n" + "".join(f"{row}\n" for row in rows))
    (tmp_path / "out.csv").write_text("index,prediction\n0,200.0 gram\n1,201.0 gram\n2,\n")
    labels = ("200 gram", "201 gram", "EMPTY")
    lines = "".join(f"{row},{label},\n" for row, label in zip(rows, labels, strict=True))
    (tmp_path / "labels.csv").write_text(f"image_link,entity_name,primary,accepted\n{lines}")
    return tmp_path


PREDICT = ("predict", "in.csv", "--store", "s.sqlite3", "--workers", 2, "--ocr", ENGINE, "--out", "made.csv", "--quiet")


def answers(path):
    with path.open(newline="") as file:
        return list(csv.reader(file))[1:]


EXPECTED = [["0", "200.0 gram"], ["1", "201.0 gram"], ["2", ""]]


def own_modules(folder):
    for name in ("rules", "ocr", "vlm"):
        (folder / f"{name}.py").write_text("raise RuntimeError('the wrong module')\n")


def own_packages(folder):
    for name in ("rules", "ocr", "vlm"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("raise RuntimeError('the wrong package')\n")


def mere_folders(folder):
    for name in ("rules", "ocr", "vlm"):
        (folder / name).mkdir()


@pytest.mark.parametrize("lie_about", [own_modules, own_packages, mere_folders])
def test_modules_in_the_current_folder_are_not_taken_for_ours(folder, lie_about):
    lie_about(folder)
    (folder / "my_engine.py").write_text("from fake_engines import FakeEngine\n")
    (folder / "my_reader.py").write_text("from fake_readers import FakeReader\n")
    own = ("--ocr", "my_engine:FakeEngine", "--vlm", "my_reader:FakeReader")
    ended = run(*PREDICT, *own, cwd=folder)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert answers(folder / "made.csv") == EXPECTED
    ended = run("check", "in.csv", "made.csv", cwd=folder)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_fit_of_the_policy_finds_our_modules_too(folder):
    own_modules(folder)
    ended = run("fit-policy", "none.csv", "--vlm", READER, cwd=folder)
    assert (ended.returncode, ended.stderr) == (2, "error: none.csv: no such file\n")


def test_a_script_elsewhere_finds_engines_in_the_current_folder(folder, tmp_path_factory):
    """As the installed command `extractor` is one: its own folder is looked in, not the current one."""
    script = tmp_path_factory.mktemp("bin") / "extractor"
    script.write_text("from extractor.__main__ import main\nif __name__ == '__main__':\n    main()\n")
    (folder / "my_engine.py").write_text("from fake_engines import FakeEngine\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([SUPPORT_FOLDER, ROOT])}
    command = [sys.executable, str(script), *map(str, PREDICT), "--ocr", "my_engine:FakeEngine"]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert answers(folder / "made.csv") == EXPECTED


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "in.csv", "out.csv"),
        ("check", "--help"),
        ("evaluate", "labels.csv", "--pred", "out.csv"),
    ],
)
def test_a_full_disk_under_what_is_printed_is_one_message(folder, arguments):
    with Path("/dev/full").open("w") as full:
        ended = run(*arguments, cwd=folder, stdout=full)
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: standard output cannot be written: ")
    assert ended.stderr.count("\n") == 1


def test_a_reader_of_the_output_that_goes_early_costs_no_message(folder):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        ended = run("evaluate", "labels.csv", "--pred", "out.csv", cwd=folder, stdout=pipe)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_a_deleted_current_folder_is_one_message(folder):
    (folder / "gone").mkdir()
    code = "import os, sys; os.rmdir('../gone'); os.execv(sys.executable, sys.argv[1:])"
    arguments = ["predict", folder / "in.csv", "--out", folder / "made.csv", "--ocr", ENGINE]
    command = [sys.executable, "-c", code, sys.executable, "-m", "extractor", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([SUPPORT_FOLDER, ROOT])}
    ended = subprocess.run(command, cwd=folder / "gone", env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr == "error: the current folder has been deleted; go to another one and run again\n"


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_flags_look_like_flags_in_the_help(folder, command):
    shown = run(*filter(None, [command]), "--help", cwd=folder).stdout
    assert "--help" in shown
    assert re.findall(r"<(?:bool|int|float|str)[^>]*>|BOOLEAN", shown) == []
    assert "{" not in shown


def test_the_policy_is_refused_before_the_work_where_it_cannot_go(folder):
    arguments = ("fit-policy", "labels.csv", "--vlm", READER, "--store", "s.sqlite3", "--out")
    for out, message in [("labels.csv", "is the input labels.csv"), ("none/policy.json", "does not exist")]:
        ended = run(*arguments, out, cwd=folder)
        assert ended.returncode == 2
        assert ended.stderr.startswith("error: ")
        assert message in ended.stderr
    assert not (folder / "s.sqlite3").exists()
