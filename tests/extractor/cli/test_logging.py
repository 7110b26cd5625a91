"""-v and --log-json: what goes to standard error, in which form."""

import json
import logging
import subprocess
import sys

import pytest
from fake_engines import ENGINE, RAISES, SUPPORT_FOLDER, picture_bytes

HEADER = "index,image_link,group_id,entity_name\n"


@pytest.fixture
def command(tmp_path, monkeypatch, run_command):
    """Runs the command line in a folder with questions; gives the exit code and the lines of standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACTOR_STORE", str(tmp_path / "store.sqlite3"))
    (tmp_path / "1.png").write_bytes(picture_bytes(1))
    (tmp_path / "2.png").write_bytes(picture_bytes(2, RAISES))
    rows = "1,1.png,1,item_weight\n2,2.png,1,width\n3,http://me:secret@127.0.0.1:9/a.png?key=secret,1,width\n"
    (tmp_path / "in.csv").write_text(HEADER + rows)
    root = logging.getLogger()
    names = ("extractor", "extractor.cli", "ocr", "rules", "vlm")
    handlers, levels = root.handlers[:], [logging.getLogger(name).level for name in names]
    hooks = sys.excepthook

    def go(*arguments):
        code, out, err = run_command(*arguments)
        assert out == ""
        return code, err.splitlines()

    yield go
    root.handlers[:] = handlers
    sys.excepthook = hooks
    for name, level in zip(names, levels, strict=True):
        logging.getLogger(name).setLevel(level)


PREDICT = ("predict", "in.csv", "--ocr", ENGINE, "--workers", "1")


def test_without_options_nothing_is_logged(command):
    code, lines = command(*PREDICT)
    assert code == 0
    assert not any("INFO" in line or "{" in line for line in lines)


def test_verbose_logs_beside_the_messages_also_from_workers(command):
    code, lines = command("-v", *PREDICT)
    assert code == 0
    for said in (
        "INFO extractor.run.local: store opened",
        "INFO extractor.api.engines: OCR engine loaded",
        "INFO extractor.run.pictures: no answers on 2.png: ocr_failed",
        "INFO extractor.run.pictures: no answers on http://127.0.0.1:9/a.png: private_address",
        "rows      3: 1 answered, 2 empty",
    ):
        assert sum(said in line for line in lines) == 1, said
    assert not any("DEBUG" in line or "secret" in line for line in lines)


def test_twice_verbose_logs_each_picture(command, monkeypatch):
    monkeypatch.setenv("EXTRACTOR_VERBOSE", "2")
    _, lines = command(*PREDICT)
    assert any("DEBUG extractor.run.worker: picture " in line for line in lines)


@pytest.mark.parametrize("verbose", [(), ("-vv",)], ids=["", "-vv"])
def test_with_log_json_every_line_is_json_and_said_once(command, verbose):
    code, lines = command(*verbose, "--log-json", *PREDICT)
    records = [json.loads(line) for line in lines]
    assert code == 0
    assert {"time", "level", "logger", "message"} <= set.intersection(*(set(one) for one in records))
    assert [one["message"] for one in records].count("rows      3: 1 answered, 2 empty") == 1
    assert any(one["logger"] == "extractor.run.worker" for one in records) == bool(verbose)
    assert not any("secret" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "level", "message"),
    [
        (("predict", "none.csv"), "ERROR", "none.csv: no such file"),
        (("predict", "--no-such-option"), "INFO", "No such option: --no-such-option"),
        (("check", "in.csv", "in.csv"), "INFO", "in.csv:1: the header is"),
    ],
)
def test_errors_and_findings_are_json_too(command, monkeypatch, arguments, level, message):
    monkeypatch.setenv("EXTRACTOR_LOG_JSON", "1")
    code, lines = command(*arguments)
    assert code in (1, 2)
    records = [json.loads(line) for line in lines]
    assert [one["level"] for one in records if one["message"].startswith(message)] == [level]


def test_an_exception_that_nothing_catches_is_a_line_of_json(tmp_path):
    code = (
        "import sys, threading; from extractor.cli import app, check\n"
        "app.app.command('fail')(lambda: 1 / 0)\n"
        "sys.argv = ['extractor', '--log-json', 'fail']; app.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=SUPPORT_FOLDER + "/../../.."
    )
    assert done.returncode == 1
    (record,) = map(json.loads, done.stderr.splitlines())
    assert (record["level"], record["message"]) == ("CRITICAL", "division by zero")
    assert record["exception"].rstrip().endswith("ZeroDivisionError: division by zero")
