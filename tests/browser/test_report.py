"""The report as a person uses it: opened from disk, filtered, stepped through by keyboard; hostile texts stay text."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from extractor.__main__ import main
from rules.constants import ENTITIES
from tests.browser.report_run import TEXT_BOX, drawn_row, hostile_rows, many_rows, of_product, write_run

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

MANY = 5000
HOSTILE = (
    "<img src=x onerror=document.title='run'>",
    "</script><script>document.title='run'</script>",
    "<!--<script>",
    "javascript:document.title='run'",
    "\"'><svg onload=document.title='run'>",
    "data:text/html,<script>document.title='run'</script>",
    "http://127.0.0.1:9/\" onmouseover=\"document.title='run'",
)


def made(trace: Path, *options: object) -> Path:
    """The report of a trace, made by the command line."""
    out = trace.parent / "report.html"
    before = sys.argv
    sys.argv = ["extractor", "report", str(trace), "--out", str(out), "--quiet", *map(str, options)]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code
    finally:
        sys.argv = before
    return out


@pytest.fixture(autouse=True)
def _no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXTRACTOR_STORE", str(tmp_path / "none.sqlite3"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    rows, labels = many_rows(MANY)
    return made(write_run(folder, rows, labels), "--labels", folder / "labels.csv", "--store", folder / "none.sqlite3")


@pytest.fixture
def opened(context: BrowserContext) -> Iterator[Callable[[Path], Page]]:
    """Opens a report from disk; fails where it asks for anything else, or says anything on the console."""
    asked: list[str] = []
    said: list[str] = []

    def go(report: Path, fragment: str = "") -> Page:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(report.as_uri() + fragment)
        return page

    yield go
    assert [url for url in asked if not url.startswith("data:")] == [url for url in asked if "/report.html" in url]
    assert said == []


def test_many_rows_are_listed_with_few_elements(many: Path, opened: Callable[..., Page]) -> None:
    assert many.stat().st_size < 20_000_000
    page = opened(many)
    page.click("#tab-rows")
    assert page.inner_text("#count") == "5,000 of 5,000 rows, 1,000 wrong or missing"
    seen = set()
    for share in (0, 0.25, 0.5, 0.75, 1):
        page.evaluate(
            "share => { const l = document.getElementById('list'); l.scrollTop = share * l.scrollHeight; }", share
        )
        page.wait_for_timeout(60)
        options = page.locator("[role=option]")
        assert options.count() < 60
        visible = page.evaluate(
            """() => { const box = document.getElementById('list').getBoundingClientRect();
            return [...document.querySelectorAll('[role=option]')].filter((o) => {
              const r = o.getBoundingClientRect(); return r.bottom > box.top && r.top < box.bottom;
            }).map((o) => Number(o.dataset.position)); }"""
        )
        assert visible == list(range(visible[0], visible[0] + len(visible)))
        seen |= set(visible)
    assert {0, MANY - 1} <= seen
    assert options.first.get_attribute("aria-setsize") == "5000"


def test_filters_narrow_the_list(many: Path, opened: Callable[..., Page]) -> None:
    page = opened(many)
    page.click("#tab-rows")
    page.select_option("#filter-result", "missing")
    assert page.inner_text("#count") == "500 of 5,000 rows, 500 wrong or missing"
    page.select_option("#filter-entity", ENTITIES[4])
    first = page.locator("[role=option]").first.inner_text()
    assert ENTITIES[4] in first
    page.fill("#filter-text", "p4999 no such")
    assert page.inner_text("#count") == "0 of 5,000 rows"
    assert page.locator("[role=option]").count() == 0
    page.click("#clear")
    page.fill("#filter-text", "P77.JPG")
    assert page.inner_text("#count").startswith("4 of 5,000 rows")


KEY = {"confidence": "r.confidence", "seconds": "-r.seconds", "entity": "r.entity", "kind": "r.kind ?? '~'"}
"""What rises in each order."""


@pytest.mark.parametrize("by", KEY)
def test_rows_are_sorted_and_turned_round(many: Path, opened: Callable[..., Page], by: str) -> None:
    page = opened(many)
    page.click("#tab-rows")
    page.select_option("#sort", by)
    order = page.evaluate("state.order.slice()")
    assert sorted(order) == list(range(MANY))
    values = page.evaluate(f"state.order.map((i) => data.rows[i]).map((r) => {KEY[by]})")
    assert values == sorted(values)
    page.click("#direction")
    assert page.evaluate("state.order.slice()") == order[::-1]


def test_errors_are_stepped_through_by_keyboard(many: Path, opened: Callable[..., Page]) -> None:
    page = opened(many)
    visited = []
    for key in ("e", "e", "e", "E", "j", "k", "k"):
        page.keyboard.press(key)
        visited.append(int(page.evaluate("location.hash").removeprefix("#row=")))
    assert visited == [3, 4, 13, 4, 5, 4, 3]
    assert "wrong" in page.inner_text(".verdict")
    selected = page.locator("[aria-selected=true][role=option]")
    assert selected.get_attribute("id") == page.get_attribute("#list", "aria-activedescendant")
    page.keyboard.press("/")
    page.keyboard.type("p1000.jpg")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    assert page.evaluate("location.hash") == "#row=4003"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("location.hash") == "#row=4003"  # the last of the four
    page.keyboard.press("Escape")
    assert page.inner_text("#count").startswith("5,000 of 5,000")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()


def test_keys_keep_the_selected_row_in_sight(many: Path, opened: Callable[..., Page]) -> None:
    page = opened(many, "#row=4321")
    assert "index 4321" in page.inner_text("#detail-title")
    for _ in range(40):
        page.keyboard.press("j")
    box, row = page.locator("#list").bounding_box(), page.locator("#option-4361").bounding_box()
    assert box is not None
    assert row is not None
    assert box["y"] - 1 <= row["y"]
    assert row["y"] + row["height"] <= box["y"] + box["height"] + 1


def test_a_figure_leads_to_its_rows(many: Path, opened: Callable[..., Page]) -> None:
    page = opened(many)
    page.click("[data-filter=kind] >> nth=0")
    assert page.locator("#rows").is_visible()
    assert page.inner_text("#count").startswith("500 of 5,000 rows")


@pytest.mark.parametrize("width, height", [(1280, 900), (390, 844)])
def test_the_box_surrounds_the_text(tmp_path: Path, opened: Callable[..., Page], width: int, height: int) -> None:
    page = opened(made(write_run(tmp_path, [drawn_row(tmp_path)])), "#row=drawn")
    page.set_viewport_size({"width": width, "height": height})
    picture = page.locator(".picture")
    pixels = np.asarray(Image.open(io.BytesIO(picture.screenshot())).convert("RGB")).astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    box = extent((red > 150) & (green < 60) & (blue < 80))
    text = extent((red < 90) & (green < 90) & (blue < 90))
    scale = pixels.shape[1] / 640
    assert box[0] < text[0] < text[2] < box[2]
    assert box[1] < text[1] < text[3] < box[3]
    assert box == pytest.approx([edge * scale for edge in TEXT_BOX], abs=6)


def extent(mask: np.ndarray) -> list[int]:
    """Left, top, right and bottom of what is set, but for the picture's frame."""
    rows, columns = np.nonzero(mask[4:-4, 4:-4])
    return [columns.min() + 4, rows.min() + 4, columns.max() + 4, rows.max() + 4]


def test_the_width_of_a_phone_is_enough(many: Path, opened: Callable[..., Page]) -> None:
    page = opened(many)
    page.set_viewport_size({"width": 390, "height": 844})
    for view in ("figures", "rows"):
        page.click(f"#tab-{view}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [1280, 390])
def test_a_row_of_a_product_shows_what_each_picture_states(
    tmp_path: Path, opened: Callable[..., Page], width: int
) -> None:
    page = opened(made(write_run(tmp_path, [of_product(drawn_row(tmp_path), "back.png")])), "#row=drawn")
    page.set_viewport_size({"width": width, "height": 844})
    cells = [row.locator("td").all_inner_texts() for row in page.locator(".statements tbody tr").all()]
    assert cells == [
        ["drawn.png (this picture)\nback.png", "agrees", "12.5 centimetre", "0.90"],
        ["back.png\nback.png", "contradicts", "7.0 inch", "0.50"],
        ["title\nback.png", "contradicts", "8.0 inch", "0.25"],
    ]
    room, needed = page.locator("#detail .scroll").evaluate("(e) => [e.clientWidth, e.scrollWidth]")
    assert needed <= room


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(many: Path, context: BrowserContext, scheme: str) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(many.as_uri())
    ink, ground = page.evaluate(
        """() => { const s = getComputedStyle(document.querySelector('.chart svg text[fill]'));
        return [s.fill, getComputedStyle(document.body).backgroundColor]; }"""
    )
    assert contrast(ink, ground) > 7


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, `rgb(r, g, b)`, as WCAG defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(part) / 255 for part in colour.removeprefix("rgb(").rstrip(")").split(",")]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_hostile_texts_do_not_run(tmp_path: Path, opened: Callable[..., Page]) -> None:
    rows = hostile_rows(HOSTILE)
    name = "<img src=x onerror=document.title='run'>"
    page = opened(made(write_run(tmp_path, rows, HOSTILE, name=name), "--labels", tmp_path / "labels.csv"))
    title = page.title()
    assert title == f"{name}_trace.jsonl"
    page.click("#tab-rows")
    for text in HOSTILE:
        assert page.locator("#detail q").first.inner_text() == text
        page.hover("#detail figcaption")
        page.keyboard.press("j")
    assert page.title() == title
    assert page.locator("img[src=x], svg[onload], [onmouseover], [onerror]").count() == 0
    for i in range(len(HOSTILE)):
        page.evaluate("i => select(i)", i)
        for link in page.locator("#detail a").all():
            assert str(link.get_attribute("href")).startswith(("http://127.0.0.1:9/", "./"))


def test_no_markup_can_run_even_if_it_got_in(tmp_path: Path, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(made(write_run(tmp_path, hostile_rows(["x"]))).as_uri())
    title = page.title()
    page.evaluate("document.body.insertAdjacentHTML('beforeend', `<img src=x onerror=\"document.title='run'\">`)")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: `document.title='run'`}))"
    )
    page.wait_for_timeout(200)
    assert page.title() == title
