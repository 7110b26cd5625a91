"""The examples that people copy run: those of the public docstrings, and the library example of the README."""

import doctest
import importlib
import re
from pathlib import Path

import pytest

import extractor

ROOT = Path(extractor.__file__).parents[1]
MODULES = [
    "extractor",
    "extractor.api.extractor",
    "extractor.stages.answer",
    "rules.entities",
    "rules.normalise",
    "rules.quantity",
    "rules.trees",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    tried = doctest.testmod(importlib.import_module(name))
    assert tried.attempted > 0
    assert tried.failed == 0


def test_the_library_example_of_the_readme(monkeypatch):
    monkeypatch.chdir(ROOT)
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(from extractor import Extractor\n.*?)```", page, re.DOTALL)
    exec(compile(example, "README.md", "exec"), {"__name__": "__main__"})
