"""The review, as a rater uses it: ten rows by keyboard, one undone, all in the log and in the export."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from served import ROOT, served

sys.path.insert(0, str(ROOT / "tests" / "extractor" / "support"))
from fake_audits import BOX, SIZE, write_audit

from extractor.review.log import read_decisions

WAIT = 60_000
HTML = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"


@pytest.fixture
def review(strict_context):
    """Opens the review at an address."""

    def opened(url):
        page = strict_context.new_page()
        page.set_default_timeout(WAIT)
        page.goto(url)
        page.locator("#row").wait_for()
        return page

    return opened


def at_row(page, number):
    page.get_by_text(f"row {number} ·").wait_for()


def press(page, *keys):
    """Each key when the row before it is there."""
    for number, key in keys:
        at_row(page, number)
        page.keyboard.press(key)


def test_ten_rows_by_keyboard_one_undone_and_found_in_log_and_export(review, tmp_path):
    audit = write_audit(tmp_path)
    with served("--review", str(audit), "--rater", "kim") as url:
        page = review(url)
        assert page.locator("#count").inner_text() == "0 of 10"
        press(page, (0, "k"), (1, "u"), (2, "t"), (3, "n"))
        at_row(page, 4)
        page.keyboard.press("z")  # back to row 3, whose label stays
        press(page, (3, "k"), (4, "v"))
        page.locator("#typed").fill("12")
        page.keyboard.press("Enter")
        page.get_by_text("units of item_weight: gram").wait_for()
        page.locator("#typed").fill("5lb")
        page.keyboard.press("Enter")
        press(page, (5, "t"), (6, "k"))
        at_row(page, 7)
    with served("--review", str(audit), "--rater", "kim") as url:  # the server ended; the review goes on
        page = review(url)
        at_row(page, 7)
        assert page.locator("#count").inner_text() == "7 of 10"
        assert "left" in page.locator("#left").inner_text()
        press(page, (7, "ArrowLeft"), (6, "ArrowRight"), (7, "t"), (8, "t"), (9, "k"))
        page.get_by_text("All rows are decided").wait_for()
    log = tmp_path / "audit_kim.jsonl"
    expected = {str(number): f"{number + 1}.0 kilogram" for number in range(10)} | {"1": "", "4": "5.0 pound", "7": ""}
    assert {index: one.value for index, one in read_decisions(log).items()} == expected
    assert len(log.read_text().splitlines()) == 12
    out = tmp_path / "curated.csv"
    command = [sys.executable, "-m", "extractor", "review", "export", log, audit, "--out", out]
    subprocess.run(command, check=True, cwd=ROOT)
    with out.open(newline="") as file:
        labels = {row["index"]: row["entity_value"] for row in csv.DictReader(file)}
    assert labels == {index: value for index, value in expected.items() if index != "1"}  # unsure of row 1


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A review of three rows whose pictures' text and names are HTML."""
    folder = tmp_path_factory.mktemp("hostile")
    audit = write_audit(folder, rows=3, text=HTML, name="<b onclick=x>{}.png")
    with served("--review", str(audit), "--rater", "kim") as url:
        yield url


def test_html_in_texts_and_names_is_text(review, hostile):
    page = review(hostile)
    page.locator("#figure polygon.evidence").wait_for(state="attached")
    assert HTML[:40] in page.locator("#reason").inner_text()
    assert "<b onclick=x>0.png" in page.locator("#about").inner_text()
    assert page.locator("main img[src=x], main script, main b").count() == 0
    assert page.title() == "Review of labels"


def test_boxes_lie_on_the_picture_and_follow_its_size(review, hostile):
    page = review(hostile)
    box = page.locator("#figure polygon.evidence")
    box.wait_for(state="attached")
    for width in (1280, 700):
        page.set_viewport_size({"width": width, "height": 900})
        picture, shape = page.locator("#image").bounding_box(), box.bounding_box()
        scale = picture["width"] / SIZE[0]
        assert shape["x"] - picture["x"] == pytest.approx(BOX[0][0] * scale, abs=10)
        assert shape["y"] - picture["y"] == pytest.approx(BOX[0][1] * scale, abs=10)


def test_on_a_phone_nothing_is_cut_off_and_the_buttons_do_the_work(review, hostile):
    page = review(hostile)
    page.set_viewport_size({"width": 390, "height": 844})
    at_row(page, 0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    buttons = page.locator("#buttons button")
    assert buttons.count() == 5
    assert all(button.bounding_box()["height"] >= 40 for button in buttons.all())
    page.get_by_role("button", name="Keep the label").click()
    at_row(page, 1)
    page.get_by_role("button", name="Undo").click()
    at_row(page, 0)


def test_keys_can_be_changed_and_stay(review, hostile):
    page = review(hostile)
    page.get_by_text("Change the keys").click()
    page.get_by_label("Unsure").press("1")
    page.reload()
    at_row(page, 0)
    page.keyboard.press("u")  # no longer a key
    page.keyboard.press("1")
    at_row(page, 1)
    page.keyboard.press("z")
    at_row(page, 0)
    page.get_by_text("Change the keys").click()
    page.get_by_role("button", name="Keys as they were").click()
    assert page.locator("[data-action=unsure] kbd").inner_text() == "U"


def test_a_server_that_is_gone_is_told_and_nothing_is_lost(review, tmp_path):
    audit = write_audit(tmp_path, rows=2)
    with served("--review", str(audit), "--rater", "kim") as url:
        page = review(url)
        at_row(page, 0)
    page.keyboard.press("k")
    page.get_by_text("the server cannot be reached; nothing was saved").wait_for()
    assert read_decisions(Path(tmp_path / "audit_kim.jsonl")) == {}
