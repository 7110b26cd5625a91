"""python tests/browser/screenshots.py: the screenshots in docs/, of drawn pictures only."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
import tempfile
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


WRONG_LABELS = {
    ("test_0065.jpg", "item_volume"): "5.0 litre",
    ("test_0065.jpg", "item_weight"): "500.0 gram",
    ("test_0010.jpg", "height"): "9.25 foot",
    ("test_0052.png", "wattage"): "450.0 watt",
}
"""Labels that the review shows as a catalogue's, by picture and entity; those of other rows are right."""


def page_of_the_review(browser: Browser) -> None:
    """review_light.png, review_dark.png, review_phone.png."""
    looks = {
        "review_light.png": ("test_0010.jpg", {"viewport": {"width": 1280, "height": 860}}),
        "review_dark.png": ("test_0052.png", {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"}),
        "review_phone.png": ("test_0065.jpg", {"viewport": {"width": 390, "height": 844}}),
    }
    with tempfile.TemporaryDirectory() as folder:
        audit = audited(Path(folder))
        with audit.open(encoding="utf-8") as file:
            shown = [Path(row["image_link"]).name for row in csv.DictReader(file)]  # the most suspicious first
        with served("--review", str(audit), "--rater", "kim") as url:
            for name, (picture, look) in looks.items():
                page = browser.new_context(**look).new_page()
                page.goto(url)
                page.locator("#row").wait_for()
                if name == "review_light.png":
                    for _ in range(5):
                        page.wait_for_timeout(2000)
                        page.evaluate("decide(row.suggestion ? 'take' : 'keep')")
                page.evaluate(f"show({shown.index(picture)})")
                page.locator("#figure polygon").first.wait_for(state="attached")
                page.wait_for_timeout(300)
                save(page, name)


def audited(folder: Path) -> Path:
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
    command = [sys.executable, "-m", "extractor", "audit", labels, "--out", out, "--store", folder / "store.sqlite3"]
    subprocess.run([*map(str, command), "--workers", "1"], check=True, cwd=ROOT)
    return out


def main() -> None:
    """Takes all of them."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page_of_the_service(browser)
        page_of_the_review(browser)
        browser.close()


if __name__ == "__main__":
    main()
