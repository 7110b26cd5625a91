"""Makes the screenshots of the documentation: `python tests/browser/screenshots.py [page ...]`, all pages by default.

A page is a function that is given a browser and the folder `docs/`; pictures are those that the project draws.
"""

from __future__ import annotations

import argparse
import csv
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

sys.path.insert(0, str(Path(__file__).parent))
from conftest import ARGUMENTS, chromium
from served import served

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


def service(browser: Browser, docs: Path) -> None:
    """The page of the service with the answers on a drawn picture."""
    with served() as url:
        for name, size, scheme in (
            ("page_light", (1280, 800), "light"),
            ("page_dark", (1280, 800), "dark"),
            ("page_phone", PHONE, "light"),
        ):
            page = open_page(browser, url, size, scheme)
            page.set_input_files("#file", ROOT / "dataset" / "images" / "test_0008.jpg")
            page.locator("#found").wait_for()
            page.locator(".pick").first.hover()
            save(page, docs / f"{name}.png")


WRONG_LABELS = {
    ("test_0065.jpg", "item_volume"): "5.0 litre",
    ("test_0065.jpg", "item_weight"): "500.0 gram",
    ("test_0010.jpg", "height"): "9.25 foot",
    ("test_0052.png", "wattage"): "450.0 watt",
}
"""Labels that the review shows as a catalogue's, by picture and entity; those of other rows are right."""


def review(browser: Browser, docs: Path) -> None:
    """The review of drawn pictures with wrong labels."""
    with tempfile.TemporaryDirectory() as folder:
        audit = _audited(Path(folder))
        with audit.open(encoding="utf-8") as file:
            shown = [Path(row["image_link"]).name for row in csv.DictReader(file)]  # the most suspicious first
        with served("--review", str(audit), "--rater", "kim") as url:
            for name, picture, size, scheme in (
                ("review_light", "test_0010.jpg", (1280, 860), "light"),
                ("review_dark", "test_0052.png", (1280, 860), "dark"),
                ("review_phone", "test_0065.jpg", PHONE, "light"),
            ):
                page = open_page(browser, url, size, scheme)
                page.locator("#row").wait_for()
                if name == "review_light":
                    for _ in range(5):
                        page.wait_for_timeout(2000)
                        page.evaluate("decide(row.suggestion ? 'take' : 'keep')")
                page.evaluate(f"show({shown.index(picture)})")
                page.locator("#figure polygon").first.wait_for(state="attached")
                save(page, docs / f"{name}.png")


def _audited(folder: Path) -> Path:
    """The audit of drawn pictures with `WRONG_LABELS`."""
    shutil.copytree(ROOT / "dataset" / "images", folder / "images")
    named = {picture for picture, _ in WRONG_LABELS}
    with (ROOT / "dataset" / "test_labels.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if Path(row["image_link"]).name in named]
    labels, out = folder / "train.csv", folder / "audit.csv"
    with labels.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["index", "image_link", "group_id", "entity_name", "entity_value"])
        for row in rows:
            key = (Path(row["image_link"]).name, row["entity_name"])
            label = WRONG_LABELS.get(key, row["primary"].replace("EMPTY", ""))
            writer.writerow([row["index"], row["image_link"], row["group_id"], row["entity_name"], label])
    _command("audit", str(labels), "--out", str(out), "--store", str(folder / "store.sqlite3"), "--workers", "1")
    return out


PAGES: dict[str, Callable[[Browser, Path], None]] = {"report": report, "service": service, "review": review}
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
    executable = chromium()
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
