"""Makes the screenshots of the documentation: `python -m tests.browser.screenshots [page ...]`, all pages by default.

A page is a function that is given a browser and the folder `docs/`; pictures are those that the project draws.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.browser.conftest import ARGUMENTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
LARGEST = 150_000
"""Bytes of a screenshot."""
DESK, PHONE = (1280, 900), (390, 844)


def report(browser: Browser, docs: Path) -> None:
    """The report on `dataset/test.csv`: an error, light, dark, and at the width of a phone."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "drawn.csv")
        store = ("--store", str(Path(folder, "store.sqlite3")))
        _command("predict", "dataset/test.csv", "--out", str(out), *store)
        made = Path(folder, "report.html")
        trace = str(out.with_name("drawn_trace.jsonl"))
        _command("report", trace, "--labels", "dataset/test_labels.csv", "--out", str(made), *store)
        for name, size, scheme, steps in (
            ("report_light", DESK, "light", ["e", "e", "e"]),
            ("report_dark", DESK, "dark", []),
            ("report_phone", PHONE, "light", ["e", "e", "e"]),
        ):
            page = open_page(browser, made.as_uri(), size, scheme)
            for key in steps:
                page.keyboard.press(key)
            save(page, docs / f"{name}.png")


PAGES: dict[str, Callable[[Browser, Path], None]] = {"report": report}
"""The pages by name; a new page adds itself here."""


def open_page(browser: Browser, address: str, size: tuple[int, int], scheme: Any) -> Page:
    """A page in a window of this size in pixels, `light` or `dark`."""
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto(address)
    return page


def save(page: Page, path: Path) -> None:
    """Saves what is to be seen with as many colours as find room in `LARGEST` bytes, and closes the page."""
    page.wait_for_timeout(300)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (256, 128, 64, 32):
        file = io.BytesIO()
        shot.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST:
            break
    path.write_bytes(file.getvalue())
    print(f"{path}: {file.tell():,} bytes")
    page.close()


def _command(*arguments: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "extractor", *arguments, "--quiet"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def main() -> None:
    """Makes the screenshots of the pages that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", choices=[*PAGES, []], help="all by default")
    wanted = parser.parse_args().pages or list(PAGES)
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        parser.error("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        for name in wanted:
            PAGES[name](browser, ROOT / "docs")
        browser.close()


if __name__ == "__main__":
    main()
