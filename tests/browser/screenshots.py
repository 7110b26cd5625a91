"""python tests/browser/screenshots.py: the screenshots in docs/, of drawn pictures only."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from conftest import ARGUMENTS
from served import ROOT, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DOCS = ROOT / "docs"
MOST_BYTES = 150_000


def save(page: Page, name: str) -> None:
    """Writes what a page shows to docs/, with a palette."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    file = DOCS / name
    shot.quantize(256, kmeans=1, dither=Image.Dither.NONE).save(file, optimize=True)
    assert file.stat().st_size < MOST_BYTES, f"{file} is too large"


def page_of_the_service(browser: Browser) -> None:
    """page_light.png, page_dark.png, page_phone.png."""
    looks = {
        "page_light.png": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
        "page_dark.png": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
        "page_phone.png": {
            "color_scheme": "light",
            "viewport": {"width": 390, "height": 844},
            "device_scale_factor": 1.5,
        },
    }
    with served() as url:
        for name, look in looks.items():
            page = browser.new_context(**look).new_page()
            page.goto(url)
            page.set_input_files("#file", ROOT / "dataset" / "images" / "test_0008.jpg")
            page.locator("#found").wait_for()
            page.locator(".pick").first.hover()
            save(page, name)


def main() -> None:
    """Takes all of them."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page_of_the_service(browser)
        browser.close()


if __name__ == "__main__":
    main()
