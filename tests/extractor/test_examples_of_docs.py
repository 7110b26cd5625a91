"""The examples that people copy run: those of docstrings, of the README, of the pages in docs/, and the notebooks."""

import doctest
import importlib
import re
from pathlib import Path

import nbformat
import pytest
import typer.main
from nbclient import NotebookClient

import extractor
from extractor.cli.app import app
from extractor.stages.answer import Answer
from extractor.stages.reason import Reason
from extractor.tables.rows import Row
from extractor.tables.trace import RowAnswer, StagesCached, StageSeconds, trace_line
from rules.amount import Amount

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
PAGES = ["README.md", "CONTRIBUTING.md", *(str(page.relative_to(ROOT)) for page in sorted(ROOT.glob("docs/*.md")))]
ROW_ANSWER = RowAnswer(
    Row("7", "kettle.jpg", "1", "item_weight"),
    Answer("item_weight", Amount(34.0, "gram"), Reason.ANSWERED, 0.6),
    "0" * 64,
    StageSeconds(),
    StagesCached(),
)
NOTEBOOKS = sorted(ROOT.glob("examples/*.ipynb"))


def blocks(page, language):
    """The code blocks of a page in a language; also indented ones, as in lists."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


def commands(page):
    """The commands of extractor that a page shows, as words; those in text are not complete and left out."""
    joined = "\n".join(blocks(page, "sh")).replace("\\\n", " ")
    return [line.split("#")[0].split() for line in re.findall(r"(?:python -m |^)extractor (.*)", joined, re.MULTILINE)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    tried = doctest.testmod(importlib.import_module(name))
    assert tried.attempted > 0
    assert tried.failed == 0


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")])
def test_the_python_examples_of_a_page(page, monkeypatch, tmp_path):
    for folder in ("dataset", "examples"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "photo.jpg").symlink_to(ROOT / "dataset/images/test_0008.jpg")
    (tmp_path / "out_trace.jsonl").write_bytes(trace_line(ROW_ANSWER))
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    for example in blocks(page, "python"):
        exec(compile(example, page, "exec"), names)


@pytest.mark.parametrize("page", ["README.md", "docs/quick_start.md", "docs/add_engine.md"])
def test_the_pages_that_show_python_are_found(page):
    assert blocks(page, "python")


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)])
def test_the_commands_of_a_page_exist_with_their_options(page):
    known = {name: _options(command) for name, command in typer.main.get_command(app).commands.items()}
    for words in commands(page):
        name = next((word for word in words if word in known), None)
        assert name, f"no command in: {' '.join(words)}"
        after = words[words.index(name) :]
        assert {word.partition("=")[0] for word in after if re.match("--[a-z]", word)} <= known[name], words


def _options(command):
    """The options of a command, and of those below it."""
    inner = [_options(one) for one in getattr(command, "commands", {}).values()]
    return {name for one in command.params for name in (*one.opts, *one.secondary_opts)}.union({"--help"}, *inner)


def test_commands_are_found_in_pages():
    assert ["predict", "test.csv", "--shard", "1/4"] in commands("README.md")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs(path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the kernel is another process
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert any(cell.outputs for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_without_outputs(path):
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
