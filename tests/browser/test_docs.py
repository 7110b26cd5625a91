"""The documentation site in a browser, opened from disk: nothing is asked of a network, and the search works."""

from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

import extractor

ROOT = Path(extractor.__file__).parents[1]
pytestmark = pytest.mark.xdist_group("docs")


@pytest.fixture(scope="module")
def site(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    return folder


@pytest.mark.parametrize("name", ["index", "quick_start", "commands", "library", "reasons", "accuracy", "architecture"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_opens_from_disk_and_fits(context, site, name, width):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / f"{name}.html").as_uri())
    page.wait_for_load_state("networkidle")
    assert errors == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_search_finds_a_reason(context, site):
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    page.fill("input[name=query]", "host_unreachable")
    found = page.locator(".md-search-result__link").first
    found.wait_for()
    assert "reasons.html" in found.get_attribute("href")
