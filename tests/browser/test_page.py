"""The page of the service, used as a person would."""

import base64
import csv
import io
import json
import re

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from served import ROOT, served

from extractor.tables.formulas import FORMULA_STARTS, harmless

MICROWAVE = ROOT / "dataset" / "images" / "test_0008.jpg"
INK = (200, 30, 30)
WAIT = 60_000
KEY = "sesame"
LINE, ANSWERS = "Voltage: 230 V", {"voltage": "230.0 volt"}


@pytest.fixture(scope="module")
def url():
    with served() as running:
        yield running


@pytest.fixture
def page(strict_context, url):
    """The page."""
    page = strict_context.new_page()
    page.set_default_timeout(WAIT)
    page.goto(url)
    page.locator("#entities label").first.wait_for(state="attached")
    return page


def test_cells_of_the_page_are_as_harmless_as_those_of_the_library(page):
    cells = [
        f"{blanks}{start}1,2"
        for blanks in ("", " ", "\t", "\r\n", "\0", "\u2028", "\u00a0")
        for start in FORMULA_STARTS
    ]
    cells += ["-5", "34.0 gram", "", 'a "b", c', "a\nb", "é\u200b½", "😀=", "\U000e0001=1", "'=1"]
    made = page.evaluate("cells => cells.map(cell)", cells)
    assert [row[0] if row else "" for row in csv.reader(made)] == list(map(harmless, cells))


def label(text, size=(900, 600), at=(300, 250)):
    """A picture with one line of red text, and the box of its ink: left, top, right, bottom."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(44)
    draw.text(at, text, fill=INK, font=font)
    return picture, draw.textbbox(at, text, font=font)


def file_of(picture, name="label.png", **options):
    data = io.BytesIO()
    picture.save(data, "JPEG" if name.endswith(".jpg") else "PNG", **options)
    return {"name": name, "mimeType": "image/jpeg" if name.endswith(".jpg") else "image/png", "buffer": data.getvalue()}


def choose(page, file):
    page.set_input_files("#file", file)
    page.locator("#found, #error").filter(visible=True).first.wait_for()


def hand_over(page, event, file):
    """Drops or pastes a file, as the browser would tell the page of it."""
    code = """([event, name, kind, data]) => {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], name, { type: kind }));
      const told = event === "paste"
        ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true })
        : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(told);
    }"""
    page.evaluate(code, [event, file["name"], file["mimeType"], base64.b64encode(file["buffer"]).decode()])
    page.locator("#found, #error").filter(visible=True).first.wait_for()


def answers(page):
    rows = page.locator("tr.answer")
    return {
        rows.nth(i).locator(".entity").inner_text(): rows.nth(i).locator("strong").inner_text()
        for i in range(rows.count())
    }


def surrounds_the_ink(page):
    """Whether the one box of an answer, as it is shown, holds all red ink of the shown picture, closely."""
    shape = page.locator("#picture polygon.colour-0").bounding_box()
    image = page.locator("#shown").bounding_box()
    page.evaluate("document.querySelector('#picture svg').style.display = 'none'")
    shot = Image.open(io.BytesIO(page.screenshot(clip=image))).convert("RGB")
    pixels = np.asarray(shot, dtype=int)
    ys, xs = np.nonzero((pixels[..., 0] > 150) & (pixels[..., 1] < 110) & (pixels[..., 2] < 110))
    left, right = xs.min() + image["x"], xs.max() + image["x"]
    top, bottom = ys.min() + image["y"], ys.max() + image["y"]
    around = (left - shape["x"], top - shape["y"])
    around += (shape["x"] + shape["width"] - right, shape["y"] + shape["height"] - bottom)
    return all(-2 <= gap <= 25 for gap in around)


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_dropped_or_pasted_picture_is_answered(page, event):
    picture, _ = label(LINE)
    hand_over(page, event, file_of(picture))
    assert answers(page) == ANSWERS
    assert page.locator(".badge").inner_text() == "verified"
    assert page.locator("#state").inner_text() == "1 answer found."
    assert "width" in page.locator("#missing").inner_text()


def test_the_box_surrounds_the_text(page):
    picture, _ = label(LINE)
    choose(page, file_of(picture))
    assert surrounds_the_ink(page)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_boxes_fit_photos_that_lie_on_their_side(page, orientation):
    picture, _ = label(LINE, (1600, 1200), (400, 500))
    turned = picture.transpose({3: Image.ROTATE_180, 6: Image.ROTATE_90, 8: Image.ROTATE_270}[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    choose(page, file_of(turned, "photo.jpg", exif=exif, quality=92))
    assert answers(page) == ANSWERS
    assert surrounds_the_ink(page)


def test_answer_and_box_point_at_each_other(page):
    choose(page, MICROWAVE)
    height = page.locator("tr.answer").filter(has_text="height")
    box = page.locator("#picture polygon").filter(has=page.locator("title", has_text="height"))
    assert box.count() == 1
    height.locator(".pick").hover()
    assert "chosen" in box.get_attribute("class")
    page.locator("h1").hover()
    assert "chosen" not in box.get_attribute("class")
    box.hover()
    assert "chosen" in height.get_attribute("class")
    box.click()
    assert page.evaluate("document.activeElement.innerText").startswith("height")


def test_candidates_of_an_ambiguous_answer_are_shown(page):
    choose(page, MICROWAVE)
    width = page.locator("tr.answer").filter(has_text="width")
    assert width.locator(".badge").inner_text() == "ambiguous"
    rival = width.locator(".rival").first
    assert rival.inner_text().startswith("or 30.5 centimetre")
    rival.focus()
    assert page.locator("#picture polygon.hushed.chosen").count() == 1


def test_fewer_entities_are_asked_for(page):
    choose(page, MICROWAVE)
    page.locator("summary").click()
    with page.expect_response("**/v1/extract"):
        for box in page.locator("#entities input").all()[1:]:
            box.uncheck()
    page.locator("tr.answer").first.wait_for()
    assert list(answers(page)) == ["width"]
    assert page.locator("#wanted").inner_text() == "width"


def test_answers_are_copied(context, page, url):
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=url)
    picture, _ = label('=2+5" width 340 mm')
    choose(page, file_of(picture))
    page.get_by_role("button", name="Copy as JSON").click()
    page.get_by_text("Copied").first.wait_for()
    extraction = json.loads(page.evaluate("navigator.clipboard.readText()"))
    found = [answer for answer in extraction["answers"] if answer["text"]]
    assert found
    page.get_by_role("button", name="Copy as CSV").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.startsWith('entity,'))")
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert lines[0] == "entity,text,value,unit,status,confidence,evidence"
    assert len(lines) == 1 + len(extraction["answers"])
    assert any(found[0]["text"] in line for line in lines)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@cmd", "'@cmd"),
        ("-3.5", "'-3.5"),
        ('12" x', '"12"" x"'),
        ("a, b", '"a, b"'),
        ("<b>", "<b>"),
        (None, ""),
    ],
)
def test_cells_are_no_formulas(page, value, written):
    assert page.evaluate("cell", value) == written


def test_html_in_names_and_texts_stays_text(page):
    markup = "<img src=x onerror=alert(1)>"
    picture, _ = label("<b>340 g</b> net weight")
    choose(page, file_of(picture, f"{markup}.png"))
    assert page.locator("#name").inner_text() == f"{markup}.png"
    page.evaluate(
        """(markup) => {
          const token = { text: markup, box: [[1, 1], [9, 1], [9, 5], [1, 5]], score: 1 };
          const answer = { entity: markup, text: markup, amount: { value: 1, unit: markup }, status: "verified",
                           confidence: 1, evidence: [token], candidates: [], reason: "answered" };
          tell({ name: markup, width: 10, height: 10, answers: [answer, { ...answer, amount: null, reason: markup }] });
        }""",
        markup,
    )
    assert page.locator("main img").count() == 1
    assert page.locator("main script, main b:not(#wanted)").count() == 0
    assert markup in page.locator("#answers").inner_text()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}, "not a picture in an accepted format"),
        ({"name": "a.png", "mimeType": "image/png", "buffer": b""}, "the file is empty"),
    ],
    ids=["text", "empty"],
)
def test_errors_say_what_is_wrong(page, file, words):
    choose(page, file)
    assert words in page.get_by_role("alert").inner_text()
    assert page.locator("#found").is_hidden()


def test_a_full_queue_can_be_asked_again(page):
    busy = {"status": 429, "detail": "too many requests are waiting; try again in 3 s"}
    page.route("**/v1/extract", lambda route: route.fulfill(status=429, json=busy), times=1)
    picture, _ = label(LINE)
    choose(page, file_of(picture))
    assert "try again in 3 s" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Try again").click()
    page.locator("tr.answer").wait_for()
    assert answers(page) == ANSWERS


def test_a_service_that_is_gone_is_said_to_be(page):
    page.route("**/v1/extract", lambda route: route.abort())
    picture, _ = label(LINE)
    choose(page, file_of(picture))
    assert "does not answer" in page.get_by_role("alert").inner_text()


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_is_cut_off_on_a_phone(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    choose(page, MICROWAVE)
    page.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_works_by_keyboard_alone(page):
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "file"
        page.keyboard.press("Enter")
    chooser.value.set_files(MICROWAVE)
    page.locator("tr.answer").first.wait_for()
    page.locator("#file").focus()  # where a person's focus still is; that of the test's chooser is lost
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    assert page.locator("details").get_attribute("open") is not None
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("pick")
    assert page.locator("#picture polygon.chosen").count() == 1


def test_colours_are_legible_in_light_and_dark(browser, url):
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.goto(url)
        choose(page, MICROWAVE)
        for part in (".badge", ".pick .entity", ".evidence", ".note", ".bar p"):
            assert contrast(page, part) >= 4.5, (scheme, part)
        context.close()


def contrast(page, selector):
    """The contrast of letters on their ground, by WCAG."""
    code = """(one) => {
      let ground = one;
      while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
      return [getComputedStyle(one).color, getComputedStyle(ground).backgroundColor];
    }"""
    ink, ground = (luminance(colour) for colour in page.locator(selector).first.evaluate(code))
    return (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05)


def luminance(colour):
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_parts_are_named_for_screen_readers(page):
    choose(page, MICROWAVE)
    tree = page.locator("main").aria_snapshot()
    for part in (
        'region "Picture"',
        'region "Answers"',
        "status: 3 answers found.",
        "rowheader",
        'button "Copy as CSV"',
    ):
        assert part in tree
    assert page.locator("#state").get_attribute("aria-live") == "polite"


def test_a_key_is_asked_by_the_browser(browser):
    with served(EXTRACTOR_API_KEY=KEY) as locked:
        closed = browser.new_context()
        response = closed.request.get(locked)
        assert (response.status, response.headers["www-authenticate"][:5]) == (401, "Basic")
        closed.close()
        context = browser.new_context(http_credentials={"username": "anyone", "password": KEY})
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.goto(locked)
        picture, _ = label(LINE)
        choose(page, file_of(picture))
        assert answers(page) == ANSWERS
        context.close()
