import gzip
import os
import subprocess
import sys

import pytest

from extractor.cache import target as module
from extractor.cache.target import OutputError, Target, check_folder, check_targets, write_whole


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text("the input")
    return tmp_path


def check(folder, name, **others):
    check_targets([Target(folder / name, "--out")], **{"inputs": [folder / "in.csv"], **others})


def contents(folder):
    return {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}


def test_an_input_is_known_under_any_name(folder):
    (folder / "soft.csv").symlink_to("in.csv")
    (folder / "hard.csv").hardlink_to(folder / "in.csv")
    (folder / "sub").mkdir()
    for name in ("in.csv", "soft.csv", "hard.csv", "sub/../in.csv"):
        with pytest.raises(OutputError, match=r"it is the input .*in\.csv; name another with --out"):
            check(folder, name)
    with pytest.raises(OutputError, match="is the input"):
        check(folder, "in.csv", inputs=[folder / "none", folder / "soft.csv"])


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize("there", [True, False])
def test_the_store_is_not_written_over_be_it_there_or_not(folder, ending, there):
    store = folder / "kept" / "store.sqlite3"
    store.parent.mkdir()
    (folder / "link").symlink_to(store.parent)
    if there:
        store.with_name(store.name + ending).write_text("kept")
    for name in (f"kept/store.sqlite3{ending}", f"link/store.sqlite3{ending}"):
        with pytest.raises(OutputError, match=rf"(belongs to|is) the store {store};"):
            check(folder, name, store=store)
    check(folder, "kept/out.csv", store=store)


def test_a_hard_link_to_the_store_is_not_written_over(folder):
    (folder / "store.sqlite3").write_text("kept")
    (folder / "out.csv").hardlink_to(folder / "store.sqlite3")
    with pytest.raises(OutputError, match="is the store"):
        check(folder, "out.csv", store=folder / "store.sqlite3")


def test_nothing_is_written_among_the_fetched_pictures(folder):
    (folder / "store.pictures" / "ab").mkdir(parents=True)
    for name in ("store.pictures/out.csv", "store.pictures/ab/abcd"):
        with pytest.raises(OutputError, match="belongs to the store"):
            check(folder, name, store=folder / "store.sqlite3")


def test_what_is_no_file_is_refused(folder):
    (folder / "sub").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    (folder / "dangling").symlink_to("none/out.csv")
    for name, message in [
        ("sub", "it is a folder"),
        ("pipe", "not a plain file"),
        ("/dev/null", "not a plain file"),
        ("loop", "symbolic links"),
        ("none/out.csv", "the folder .*none does not exist"),
        ("dangling", "the folder .*none does not exist"),
        ("in.csv/out.csv", "Not a directory"),
        (f"{'x' * 300}", "too long"),
        ("/proc/out.csv", "cannot be written"),
    ]:
        with pytest.raises(OutputError, match=message):
            check(folder, name)


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
def test_standard_output_is_refused(name):
    with pytest.raises(OutputError, match=r"standard output.*name another with --json"):
        check_targets([Target(module.Path(name), "--json")])


def test_the_file_that_the_command_prints_to_is_refused(folder):
    code = (
        "from pathlib import Path; from extractor.cache.target import *; check_targets([Target(Path('log'), '--out')])"
    )
    with (folder / "log").open("w") as log:
        ended = subprocess.run(
            [sys.executable, "-c", code], stdout=log, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
    assert "what this command prints goes there" in ended.stderr


def test_a_file_without_the_right_to_write_is_refused(folder, monkeypatch):
    (folder / "out.csv").write_text("kept")
    check(folder, "out.csv")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(OutputError, match="may not be changed"):
        check(folder, "out.csv")


def test_a_folder_without_the_right_to_write_is_refused(folder, monkeypatch):
    def refuse(**others):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module.tempfile, "TemporaryFile", refuse)
    with pytest.raises(OutputError, match="Permission denied"):
        check(folder, "out.csv")


def test_a_check_changes_no_file(folder):
    for name in ("out.csv", "out.csv.probe", ".out.csv.probe"):
        (folder / name).write_text("the user's")
    before = contents(folder)
    check(folder, "out.csv")
    check(folder, "new.csv")
    assert contents(folder) == before


def test_two_outputs_have_two_places(folder):
    (folder / "link").symlink_to("out.csv")
    with pytest.raises(OutputError, match="another output"):
        check_targets([Target(folder / "out.csv", "--out"), Target(folder / "link", "--json")])


def test_inputs_are_looked_at_only_where_something_would_be_written_over(folder):
    def never():
        raise AssertionError("looked at")
        yield

    check(folder, "out.csv", inputs=never())


def test_what_is_written_is_whole_and_may_be_compressed(folder):
    write_whole(Target(folder / "a.json", "--json"), [b"one ", b"two"])
    write_whole(Target(folder / "b.json.gz", "--json"), [b"one ", b"two"])
    assert (folder / "a.json").read_bytes() == gzip.decompress((folder / "b.json.gz").read_bytes()) == b"one two"


def test_what_is_there_stays_when_writing_fails(folder):
    (folder / "a.json").write_text("old")

    def parts():
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"No space left.*run again"):
        write_whole(Target(folder / "a.json", "--json"), parts())
    assert (folder / "a.json").read_text() == "old"
    assert len(list(folder.iterdir())) == 2


def test_a_file_that_is_read_plain_cannot_be_compressed(folder):
    with pytest.raises(OutputError, match=r"may not end in \.gz"):
        check_targets([Target(folder / "ranker.json.gz", "--out", plain=True)])


def test_folders_to_write_in(folder):
    (folder / "loop").symlink_to("loop")
    (folder / "there").mkdir()
    for name, message in [
        ("in.csv", "not a folder"),
        ("in.csv/deep", "Not a directory"),
        ("loop", "symbolic links"),
        ("/proc/deep/er", "cannot be written"),
        ("store.pictures/out", "belongs to the store"),
    ]:
        with pytest.raises(OutputError, match=message):
            check_folder(folder / name, "--out", store=folder / "store.sqlite3")
    for name in ("there", "new", "deep/er"):
        check_folder(folder / name, "--out")
    assert {path.name for path in folder.iterdir()} == {"in.csv", "loop", "there"}


def test_a_file_in_the_folder_may_be_an_input(folder):
    with pytest.raises(OutputError, match=r"in\.csv cannot be written: it is the input"):
        check_folder(folder, "--out", files=("other", "in.csv"), inputs=[folder / "in.csv"])
    check_folder(folder, "--out", files=("other",), inputs=[folder / "in.csv"])
