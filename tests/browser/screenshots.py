"""Pictures of the pages for the documentation: python tests/browser/screenshots.py

They show pictures of `dataset/` only.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
DESKTOP, PHONE = (1280, 900), (390, 844)
WRONG_LABELS = {
    ("test_0084.webp", "item_weight"): "9.45 kilogram",
    ("test_0092.png", "height"): "12.8 inch",
    ("test_0065.jpg", "item_volume"): "5.0 litre",
    ("test_0065.jpg", "item_weight"): "500.0 gram",
    ("test_0054.png", "depth"): "480.0 centimetre",
    ("test_0052.png", "wattage"): "450.0 watt",
}
"""Labels that the review shows as a catalogue's, by picture and entity; others are right."""


def save(page: Page, name: str) -> None:
    """The page as docs/NAME.png, with a palette of 128 colours."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    image.quantize(128, dither=Image.Dither.NONE).save(DOCS / f"{name}.png", optimize=True)


def review(browser: Browser) -> None:
    """review_light.png, review_dark.png, review_phone.png: the page of `serve --review`, after a few decisions."""
    with tempfile.TemporaryDirectory() as folder:
        audit = _audit(Path(folder))
        with serving("--review", str(audit), "--rater", "kim") as address:
            for name, picture, scheme, size in (
                ("review_light", "test_0092.png", "light", DESKTOP),
                ("review_dark", "test_0084.webp", "dark", DESKTOP),
                ("review_phone", "test_0065.jpg", "light", PHONE),
            ):
                viewport = {"width": size[0], "height": size[1]}
                context = browser.new_context(viewport=viewport, color_scheme=scheme)
                page = context.new_page()
                page.goto(address)
                for key in "kkuukkuuu" if name == "review_light" else "":
                    _next_row(page, key)
                for _ in range(20):
                    _next_row(page, "ArrowLeft")
                while not (picture in page.locator("#about").inner_text() and page.locator(".chip.likely").count()):
                    _next_row(page, "ArrowRight")
                page.locator("#figure polygon").first.wait_for(state="attached")
                save(page, name)
                context.close()


def _next_row(page: Page, key: str) -> None:
    page.keyboard.press(key)
    page.wait_for_timeout(150)


def _audit(folder: Path) -> Path:
    """An audit of drawn pictures with `WRONG_LABELS`."""
    shutil.copytree(ROOT / "dataset" / "images", folder / "images")
    named = {picture for picture, _ in WRONG_LABELS}
    with (ROOT / "dataset" / "test_labels.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if Path(row["image_link"]).name in named]
    labels = folder / "train.csv"
    with labels.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["index", "image_link", "group_id", "entity_name", "entity_value"])
        for row in rows:
            right = row["primary"].replace("EMPTY", "")
            label = WRONG_LABELS.get((Path(row["image_link"]).name, row["entity_name"]), right)
            writer.writerow([row["index"], row["image_link"], row["group_id"], row["entity_name"], label])
    out = folder / "audit.csv"
    command = [sys.executable, "-m", "extractor", "audit", labels, "--out", out, "--store", folder / "store.sqlite3"]
    subprocess.run([*map(str, command), "--workers", "1"], check=True, cwd=ROOT)
    return out


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """`extractor serve` with these arguments, on a free port; gives its address."""
    command = [sys.executable, "-m", "extractor", "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stderr is not None
            started = next(filter(None, (re.search(r"running on (\S+)", line) for line in process.stderr)))
            yield started[1]
        finally:
            process.terminate()


def main() -> None:
    """All of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        review(browser)
        browser.close()


if __name__ == "__main__":
    main()
