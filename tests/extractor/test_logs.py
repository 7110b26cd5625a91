"""Log records as lines of text and of JSON: nothing is lost but secrets."""

import io
import json
import logging
import sys
from datetime import datetime

import pytest

from extractor.logs import JsonFormatter, StderrHandler, TextFormatter, start, without_secrets


@pytest.fixture(autouse=True)
def _same_logging_after():
    root = logging.getLogger()
    handlers, names = root.handlers[:], ("extractor", "ocr", "rules", "vlm")
    levels = [logging.getLogger(name).level for name in names]
    yield
    root.handlers[:] = handlers
    for name, level in zip(names, levels, strict=True):
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://user:pass@host.com/a/b.jpg?sig=abc#x", "http://host.com/a/b.jpg"),
        ("see 'https://me@host/x?y' and <http://a:b@c>", "see 'https://host/x' and <http://c>"),
        ("HTTPS://Me:Pa%40ss@host:80/x, then", "HTTPS://host:80/x, then"),
        ("http://u:p@ss@host/x", "http://host/x"),
        ("redis://:secret@host", "redis://host"),
        ("https://host/a@b.jpg", "https://host/a@b.jpg"),
        ("a@b.com? 5 // 3: none", "a@b.com? 5 // 3: none"),
    ],
)
def test_addresses_lose_what_is_secret_and_nothing_else(text, expected):
    assert without_secrets(text) == expected


def record(message="%s", *args, error=None, **extra):
    made = logging.LogRecord(
        "extractor.x", logging.INFO, "x.py", 1, message, args, error and (type(error), error, None)
    )
    vars(made).update(extra)
    return made


def test_a_line_of_json_has_the_record_and_its_extra_fields():
    line = JsonFormatter().format(
        record("read %d of\n%s", 3, "http://u:p@h/x", seconds=1.5, links=["http://u@h"], at=JSON)
    )
    assert "\n" not in line
    fields = json.loads(line)
    assert abs(datetime.fromisoformat(fields.pop("time")).timestamp() - datetime.now().timestamp()) < 60
    assert fields == {
        "level": "INFO",
        "logger": "extractor.x",
        "message": "read 3 of\nhttp://h/x",
        "seconds": 1.5,
        "links": ["http://h"],
        "at": str(JSON),
    }


JSON = object()


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()], ids=["json", "text"])
def test_an_exception_is_told_without_its_secrets(formatter):
    line = formatter.format(record("no", error=ValueError("http://u:p@h/x")))
    assert "ValueError: http://h/x" in line
    if isinstance(formatter, JsonFormatter):
        assert json.loads(line)["exception"].startswith("ValueError")


@pytest.mark.parametrize(("verbosity", "shown"), [(0, "W"), (1, "IW"), (2, "DIW"), (5, "DIW")])
def test_levels_of_our_packages_and_of_others(monkeypatch, verbosity, shown):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    for _ in range(2):
        handler = StderrHandler()
        handler.setFormatter(logging.Formatter("%(name)s:%(message)s"))
        start(verbosity, handler)
    for name in ("rules.x", "httpx"):
        for level, letter in ((logging.DEBUG, "D"), (logging.INFO, "I"), (logging.WARNING, "W")):
            logging.getLogger(name).log(level, letter)
    assert sys.stderr.getvalue().split() == [*(f"rules.x:{letter}" for letter in shown), "httpx:W"]


def test_a_long_text_without_an_address_is_cleaned_in_time_that_grows_with_it():
    assert without_secrets("a." * 500_000).endswith("a.")  # took hours, as every dot began another search
