import base64
import hashlib
import io
import json
import re

import numpy as np
import pytest
from fake_rows import LABELS, ROWS, of_product, row_answer, scored
from PIL import Image

from extractor.report.budget import LIMIT
from extractor.report.explanation import RulesOfRun
from extractor.report.page import report_html
from extractor.report.sources import Sources
from extractor.report.value import report_of
from rules.ranker import LEARNED, ranker_of

RULES = RulesOfRun(ranker_of(LEARNED))
LINKS = re.compile(r"""(?:src|href|action|data|poster)\s*=\s*["']([^"']*)""")


def html_of(report, folder, limit=LIMIT):
    return report_html(report, Sources(None, (folder,), folder), RULES, limit).decode()


def data_of(html):
    return json.loads(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])


def noisy_pictures(folder, number):
    """Pictures that hardly compress, with the rows that ask for them."""
    rng, rows = np.random.default_rng(1), []
    for i in range(number):
        file = io.BytesIO()
        Image.fromarray(rng.integers(0, 255, (700, 700, 3), dtype=np.uint8)).save(file, "JPEG", quality=60)
        (folder / f"{i}.jpg").write_bytes(file.getvalue())
        sha256 = hashlib.sha256(file.getvalue()).hexdigest()
        rows.append(row_answer(str(i), text="3.0 inch", link=f"{i}.jpg", sha256=sha256))
    return rows


def test_a_report_is_one_file_that_names_no_other(tmp_path):
    html = html_of(report_of("run", ROWS, scored(ROWS, LABELS)), tmp_path)
    assert LINKS.findall(re.sub(r"<script>.*</script>", "", html, flags=re.DOTALL)) == []
    assert "@import" not in html
    assert "url(" not in html


def test_the_figures_say_how_many_answers_can_be_used_unseen(tmp_path):
    html = html_of(report_of("run", ROWS, scored(ROWS, LABELS)), tmp_path)
    assert "50.0% of 2 answers have a confidence from which on 95% are right; 1 of the 2 verified answers are." in html
    assert "Coverage at" not in html_of(report_of("run", ROWS), tmp_path)


def test_only_its_own_script_and_style_may_run(tmp_path):
    html = html_of(report_of("run", ROWS), tmp_path)
    policy = re.search(r'Security-Policy" content="([^"]*)"', html)[1]
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in html
    assert not re.search(r"<[^>]* on\w+=", re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL))


HOSTILE = "</script><img src=x onerror=alert(1)><!--{{data}}"


def test_texts_of_a_run_stay_text(tmp_path):
    rows = [row_answer(HOSTILE, text="3.0 inch", link=HOSTILE, detail=HOSTILE)]
    html = html_of(report_of(HOSTILE, rows), tmp_path)
    assert "<img src" not in html
    assert html.count("</script>") == 3
    data = data_of(html)
    assert (data["rows"][0]["index"], data["pictures"][0]["link"], data["details"]["0"]["detail"]) == (HOSTILE,) * 3


def test_a_name_that_is_no_text_is_shown_by_its_bytes(tmp_path):
    assert "run\\udcff.jsonl</h1>" in html_of(report_of("run\udcff.jsonl", ROWS), tmp_path)


def test_all_rows_are_there_with_what_they_stand_on(tmp_path):
    data = data_of(html_of(report_of("run", ROWS, scored(ROWS, LABELS)), tmp_path))
    assert [row["index"] for row in data["rows"]] == [one.row.index for one in ROWS]
    assert [row["result"] for row in data["rows"]] == ["right", "wrong", "missing", "right", "unlabelled"]
    assert [row.get("label") for row in data["rows"]] == ["3 inch", "3 foot", "3 inch", "", None]
    assert data["rows"][1]["kind"] == "another_value"
    wrong = data["details"]["1"]
    assert [token["text"] for token in wrong["evidence"]] == ["4.0 inch"]
    assert [(one["answer"], one["chosen"]) for one in wrong["candidates"]] == [("4.0 inch", True)]


def test_a_row_of_a_product_tells_what_each_picture_states(tmp_path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/back.png").write_bytes(b"")
    rows = [of_product(row_answer("1", text="3.0 inch", sha256="ab" * 32)), row_answer("2")]
    details = data_of(html_of(report_of("run", rows), tmp_path))["details"]
    shown = details["0"]
    assert (shown["product"], shown["title"]) == ("p1", "Shelf, 3 in wide")
    assert [tuple(one.values()) for one in shown["statements"]] == [
        ("pictures/1.png", None, True, "agrees", "3.0 inch", 0.9, "W 3 in"),
        ("", None, False, "agrees", "3.0 inch", 0.5, "3 in wide"),
        ("pictures/back.png", "./pictures/back.png", False, "contradicts", "4.0 inch", 0.25, "4 in"),
    ]
    assert details["1"]["statements"] == []


@pytest.mark.parametrize("room", [0, 3_000, 10_000, 30_000])
def test_errors_come_first_where_there_is_little_room(tmp_path, room):
    rows = [row_answer(str(i), text="3.0 inch", confidence=0.95) for i in range(300)]
    report = report_of("run", rows, scored(rows, {str(i): f"{3 + i % 2} inch" for i in range(300)}))
    frame = len(html_of(report_of("run", rows[:1], scored(rows, {"0": "3 inch"})), tmp_path))
    html = html_of(report, tmp_path, frame + 12_000 + room)
    assert len(html) <= frame + 12_000 + room
    results = [row["result"] for row in data_of(html)["rows"]]
    assert len(results) < 300
    assert "right" not in results or results.count("wrong") == 150
    assert "rows found room in the list" in html


def test_pictures_fill_the_room_that_is_left_errors_first(tmp_path):
    rows = noisy_pictures(tmp_path, 12)
    report = report_of("run", rows, scored(rows, {str(i): "4 inch" if i % 3 == 2 else "3 inch" for i in range(12)}))
    assert len(data_of(html_of(report, tmp_path))["thumbnails"]) == 12
    limit = 1_000_000
    html = html_of(report, tmp_path, limit)
    assert len(html) <= limit
    data = data_of(html)
    shown = {data["rows"][i]["result"] for i in range(12) if str(data["rows"][i]["picture"]) in data["thumbnails"]}
    assert 0 < len(data["thumbnails"]) < 12
    assert shown == {"wrong"} or len(data["thumbnails"]) > 4
    assert all(picture["href"] for picture in data["pictures"])
    assert "the others are linked" in html


def test_the_size_of_a_thumbnail_is_that_of_the_whole_picture(tmp_path):
    data = data_of(html_of(report_of("run", noisy_pictures(tmp_path, 1)), tmp_path))
    thumbnail = data["thumbnails"]["0"]
    assert (thumbnail["width"], thumbnail["height"]) == (700, 700)
    with Image.open(io.BytesIO(base64.b64decode(thumbnail["src"].partition(",")[2]))) as image:
        assert max(image.size) == 400


def test_charts_take_the_colours_of_the_page(tmp_path):
    html = html_of(report_of("run", ROWS, scored(ROWS, LABELS)), tmp_path)
    assert html.count("<svg") == 4
    assert "var(--accent)" in html
    assert "currentColor" in html
    assert not re.findall(r'(?:fill|stroke)="#\w+"', html)
    assert html.count('role="img" aria-label="') == 4


def test_what_is_not_there_is_said(tmp_path):
    html = html_of(report_of("run", ROWS), tmp_path)
    assert "There are no labels" in html
    assert "there is no store" in html
    assert "0 of 5 pictures are shown" in html
