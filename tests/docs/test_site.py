"""The documentation site: a strict build, whole pages, and nothing from another host."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType

import pytest
import typer.main
from mkdocs.commands.build import build
from mkdocs.config import load_config

import extractor
from extractor.cli.app import app
from extractor.stages.answer import Answer
from extractor.stages.reason import Reason
from extractor.tables.rows import Row
from extractor.tables.trace import RowAnswer, StagesCached, StageSeconds, trace_line

ROOT = Path(extractor.__file__).parents[1]
pytestmark = pytest.mark.xdist_group("docs")


class Page(HTMLParser):
    """Text, anchors and what a page loads by itself."""

    LOADS = MappingProxyType({"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"})

    def __init__(self, file):
        super().__init__()
        self.text, self.anchors, self.loaded, self.links = "", set(), [], []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.anchors.add(found.get("id"))
        if tag in self.LOADS and found.get(self.LOADS[tag]):
            self.loaded.append(found[self.LOADS[tag]])
        if tag == "a":
            self.links.append(found.get("href", ""))

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    return folder


@pytest.fixture(scope="module")
def pages(site):
    return {file.stem: Page(file) for file in site.glob("*.html")}


def test_every_page_of_docs_is_there(site, pages):
    assert {page.stem for page in ROOT.glob("docs/*.md")} <= pages.keys()
    assert {"contributing", "cases", "changes", "dataset"} <= pages.keys()
    assert not list(site.rglob("*.py"))


def test_no_page_loads_anything_from_another_host(site, pages):
    loaded = {address for page in pages.values() for address in page.loaded}
    assert any(address.endswith(".css") for address in loaded)
    assert not [address for address in loaded if re.match(r"(?:https?:)?//", address)]
    styles = "".join(file.read_text(encoding="utf-8") for file in site.rglob("*.css"))
    assert not re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//[^)]*", styles)


def commands_of(group, prefix=""):
    """The commands of a group by name, those of the groups in it as `group command`."""
    for name, command in group.commands.items():
        yield prefix + name, command
        yield from commands_of(command, f"{name} ") if hasattr(command, "commands") else ()


def test_every_command_and_option_is_in_the_reference(pages):
    for name, command in commands_of(typer.main.get_command(app)):
        assert name.replace(" ", "-") in pages["commands"].anchors
        context = typer.Context(command, info_name=name)
        shown = [one.get_help_record(context) for one in command.get_params(context)]
        assert [name for name, _ in filter(None, shown) if name not in pages["commands"].text] == []


@pytest.mark.parametrize(
    "said",
    [
        "EXTRACTOR_VLM_BATCH",
        "default: one per CPU",
        "at least 1",
        "extractor predict test.csv --images pictures/ --out submission.csv\nextractor predict ",
    ],
)
def test_the_reference_says_defaults_variables_and_examples(pages, said):
    assert said in pages["commands"].text


def test_every_reason_has_its_place(pages):
    assert set(Reason) <= pages["reasons"].anchors
    assert pages["reasons"].text.count("What to do:") >= len(Reason)


def test_the_fields_of_the_trace_are_explained(pages):
    answer = Answer("width", None, Reason.NO_TEXT, 0.0)
    line = json.loads(
        trace_line(RowAnswer(Row("7", "kettle.jpg", "", "width"), answer, None, StageSeconds(), StagesCached()))
    )
    assert [
        field for field in line if not re.search(rf"^{field}\b|, {field}\b", pages["outputs"].text, re.MULTILINE)
    ] == []


def test_every_public_name_is_in_the_library_reference(pages):
    shown = {anchor.rpartition(".")[2] for anchor in pages["library"].anchors if anchor}
    assert set(extractor.__all__) <= shown


def test_examples_of_docstrings_are_code(site, pages):
    assert ">>> extraction" in pages["library"].text
    assert "<blockquote>" not in (site / "library.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ("architecture", "contributing.html"),
        ("contributing", "cases.html"),
        ("contributing", "training.html"),
        ("faq", "NOTICE.txt"),
    ],
)
def test_links_to_files_outside_docs_lead_to_their_pages(site, pages, page, target):
    assert any(link.split("#")[0] == target for link in pages[page].links)
    assert (site / target).is_file()
