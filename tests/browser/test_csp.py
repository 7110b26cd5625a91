"""The rules of the pages themselves: markup that got in somehow still runs nothing and reaches nobody."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext
from served import ROOT, served

sys.path.insert(0, str(ROOT / "tests" / "extractor" / "support"))
from fake_audits import write_audit

MARKUP = (
    "<img src=x onerror=\"document.title='run'\">",
    "<svg onload=\"document.title='run'\"></svg>",
    "<iframe srcdoc=\"<script>parent.document.title='run'</script>\"></iframe>",
    "<iframe src=\"javascript:parent.document.title='run'\"></iframe>",
    '<object data="data:text/html,<script>opener.document.title=1</script>"></object>',
    '<base href="http://127.0.0.1:9/">',
    "<details open ontoggle=\"document.title='run'\">x</details>",
    "<a id=trap href=\"javascript:document.title='run'\">x</a>",
)
SCRIPT = "document.body.append(Object.assign(document.createElement('script'), {text: `document.title='run'`}))"
REACHES = "fetch('http://127.0.0.1:9/').then(() => 'reached', (error) => String(error))"


@pytest.fixture(scope="module", params=["the page", "the review"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Each page that a service has."""
    audit = write_audit(tmp_path_factory.mktemp("audit"))
    options = ("--review", str(audit), "--rater", "kim") if request.param == "the review" else ("--ocr", "none")
    with served(*options) as running:
        yield running


def test_markup_that_got_in_runs_nothing(context: BrowserContext, url: str) -> None:
    page, refused = context.new_page(), []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    page.goto(url)
    title, base = page.title(), page.evaluate("document.baseURI")
    for markup in MARKUP:
        page.evaluate("markup => document.body.insertAdjacentHTML('beforeend', markup)", markup)
    page.evaluate(SCRIPT)
    page.evaluate("document.getElementById('trap').click()")
    assert "Failed to fetch" in page.evaluate(REACHES)
    page.wait_for_timeout(300)
    assert (page.title(), page.evaluate("document.baseURI")) == (title, base)
    assert len(refused) >= len(MARKUP)
