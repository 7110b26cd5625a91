"""A real browser for the pages: the system's Chromium, driven by Playwright.

Where either is missing the tests are skipped, but not with EXTRACTOR_NEED_BROWSER set, as CI does.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

sys.path.insert(0, str(Path(__file__).parent))  # for the helpers beside this file
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def chromium() -> str | None:
    """The browser's program; None where it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")  # not longer: while Playwright runs, its thread has an event loop, and no other can run
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    executable = chromium()
    if executable is None:
        if os.environ.get("EXTRACTOR_NEED_BROWSER"):
            pytest.fail("Chromium is not installed: apt-get install chromium")
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh session of 1,280 x 900 pixels; nothing but this machine can be reached from it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.route(
        lambda url: not url.startswith(("http://127.0.0.1", "file:", "data:", "blob:")), lambda route: route.abort()
    )
    yield context
    context.close()


@pytest.fixture
def strict_context(context: BrowserContext) -> Iterator[BrowserContext]:
    """Fails a test in which a page throws, opens a dialog, or breaks its own rules."""
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    context.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    yield context
    assert faults == []
