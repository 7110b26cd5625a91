"""The library's door, on the pictures and engines of `fake_engines`."""

import asyncio
import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fake_engines import ENGINE, KILLS, KILLS_ONCE, RAISES, FakeEngine, ShortSightedEngine, picture_bytes
from fake_readers import BABBLES, READER
from PIL import Image

import extractor
from extractor import Extraction, Extractor, ExtractorError, PictureUnusableError
from extractor.stages.select import UPSCALED
from rules.constants import ENTITIES

WEIGHT = ["item_weight"]


@pytest.fixture
def fake():
    return Extractor(ENGINE)


def array_of(number):
    return np.array(Image.open(io.BytesIO(picture_bytes(number))).convert("RGB"))


def test_all_eight_entities_in_their_order_by_default(fake):
    extraction = fake.extract(picture_bytes(250))
    assert [answer.entity for answer in extraction] == list(ENTITIES)
    assert extraction["item_weight"].text == "250.0 gram"
    assert extraction["item_weight"].evidence[0].text == "Net weight 250 g"
    assert extraction["width"].status == "not_found"
    assert (len(extraction), extraction[0].entity, extraction.failure) == (8, ENTITIES[0], None)
    with pytest.raises(KeyError):
        extraction["colour"]
    assert len(fake.extract(picture_bytes(250), [])) == 0


def test_a_picture_may_come_in_many_forms(fake, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(picture_bytes(250))
    forms = [path, str(path), picture_bytes(250), array_of(250), Image.open(path)]
    found = [fake.extract(form, WEIGHT) for form in forms]
    assert [one["item_weight"].text for one in found] == ["250.0 gram"] * 5
    assert [one.name for one in found] == [str(path), str(path), "", "", ""]


@pytest.mark.parametrize(
    ("picture", "error", "message"),
    [
        ("none.png", PictureUnusableError, "no such file: none.png"),
        (".", PictureUnusableError, "cannot be read"),
        (b"<html>", PictureUnusableError, "it is a web page"),
        (b"", PictureUnusableError, "the file is empty"),
        ("https://example.org/a.png", PictureUnusableError, "fetch it first"),
        (np.zeros((5, 5, 3)), ValueError, "uint8"),
        (np.zeros((0, 5, 3), np.uint8), ValueError, "cannot be a picture"),
        (5, TypeError, "not a int"),
    ],
)
def test_what_is_no_picture_says_so(fake, picture, error, message):
    with pytest.raises(error, match=message):
        fake.extract(picture)


@pytest.mark.parametrize(("entities", "error"), [(["colour"], ValueError), ("width", TypeError)])
def test_entities_are_checked(fake, entities, error):
    with pytest.raises(error):
        fake.extract(picture_bytes(250), entities)


def test_models_that_do_not_exist_are_one_kind_of_error():
    with pytest.raises(ExtractorError, match="unknown OCR engine"):
        Extractor("tesseract").extract(picture_bytes(250))
    with pytest.raises(ExtractorError, match="cannot be used"):
        Extractor(ENGINE, ranker="none.json").extract(picture_bytes(250))
    with pytest.raises(ExtractorError, match="cannot be loaded"):
        Extractor(ENGINE, vlm="no.such:reader")


def test_an_engine_that_fails_is_a_picture_that_cannot_be_read(fake):
    with pytest.raises(PictureUnusableError, match="no idea") as raised:
        fake.extract(picture_bytes(250, RAISES))
    assert raised.value.failure.reason == "ocr_failed"


def test_small_letters_are_read_on_the_enlarged_picture():
    engine = ShortSightedEngine(1)
    answer = Extractor(engine).extract(picture_bytes(250), WEIGHT)[0]
    assert (answer.text, answer.upscaled, answer.detail) == ("250.0 gram", True, UPSCALED)
    assert Extractor(engine, upscale=False).extract(picture_bytes(250), WEIGHT)[0].text == ""
    assert Extractor(engine).extract(picture_bytes(250))["item_weight"].upscaled


def test_a_picture_is_not_read_twice_for_entities_that_nobody_named(monkeypatch):
    engine = FakeEngine(1)
    shapes = []
    monkeypatch.setattr(
        engine, "read", lambda picture: shapes.append(picture.shape) or FakeEngine.read(engine, picture)
    )
    Extractor(engine).extract(picture_bytes(250))
    assert len(shapes) == 1
    Extractor(engine).extract(picture_bytes(250), ["voltage"])
    assert len(shapes) == 3


def test_a_reader_is_asked_too(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_VLM_LOG", str(tmp_path / "log"))
    both = Extractor(ENGINE, READER)
    answer = both.extract(picture_bytes(250), WEIGHT)[0]
    assert (answer.source, answer.outcome, answer.vlm.text) == ("ocr+vlm", "agree", "250 gram")
    assert both.extract(picture_bytes(250, BABBLES), WEIGHT)[0].outcome == "ocr_fallback"
    assert Extractor("none", READER).extract(picture_bytes(250), WEIGHT)[0].outcome == "vlm"
    pages = [line.split()[-1] for line in (tmp_path / "log").read_text().splitlines()]
    assert pages == ["page", "page", "-"]


def test_the_reader_sees_the_page_that_the_rules_used(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_VLM_LOG", str(tmp_path / "log"))
    seen = []

    class Reader:
        def read(self, items):
            seen.extend((item.entities, item.page and [token.text for token in item.page.tokens]) for item in items)
            raise RuntimeError("enough")

    Extractor(ShortSightedEngine(1), Reader()).extract(picture_bytes(250), ["item_weight", "width"])
    assert (("width",), []) in seen
    assert (("item_weight",), ["Net weight 250 g"]) in seen


def test_many_pictures_come_in_their_order_and_a_bad_one_costs_no_other(fake):
    pictures = [picture_bytes(250), "none.png", picture_bytes(251, RAISES), picture_bytes(252)]
    done = []
    found = list(fake.extract_many(pictures, WEIGHT, progress=done.append))
    assert [one[0].text for one in found] == ["250.0 gram", "", "", "252.0 gram"]
    assert [one.failure and str(one.failure.reason) for one in found] == [None, "picture_missing", "ocr_failed", None]
    assert done == [1, 2, 3, 4]


def test_worker_processes_survive_a_picture_that_kills_them():
    pictures = (picture_bytes(250 + i, KILLS if i == 3 else 0) for i in range(8))
    found = list(Extractor(ENGINE).extract_many(pictures, WEIGHT, workers=2))
    assert [one[0].text for one in found] == [f"{250 + i}.0 gram" if i != 3 else "" for i in range(8)]
    assert found[3].failure.reason == "ocr_crashed"


def test_stopping_early_leaves_no_process(fake):
    found = fake.extract_many((picture_bytes(250 + i) for i in range(100)), WEIGHT, workers=2)
    assert next(found)[0].text == "250.0 gram"
    found.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("extract")]


def test_what_other_processes_cannot_have_is_refused():
    with pytest.raises(TypeError, match="by name"):
        Extractor(FakeEngine(1)).extract_many([picture_bytes(250)], workers=1)
    with pytest.raises(ValueError, match="workers=0"):
        Extractor(ENGINE, READER).extract_many([picture_bytes(250)], workers=1)
    with pytest.raises(ValueError, match="unknown entity"):
        Extractor(ENGINE).extract_many([picture_bytes(250)], ["colour"])
    with pytest.raises(TypeError, match="FakeEngine is a class"):
        Extractor(FakeEngine)


def test_a_picture_that_kills_a_process_once_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_OCR_LOG", str(tmp_path / "log"))
    found = Extractor(ENGINE).extract_many([picture_bytes(250, KILLS_ONCE)], WEIGHT, workers=1)
    assert [one[0].text for one in found] == ["250.0 gram"]


def test_a_name_that_is_no_text_can_be_told_in_json(fake):
    (one,) = fake.extract_many(["\udcff.png"], WEIGHT)
    assert "udcff" in one[0].to_json()


def test_without_ocr_or_reader_by_name():
    assert Extractor("none", "none").extract(picture_bytes(250), WEIGHT)[0].reason == "no_text"


def test_it_works_inside_a_running_event_loop(fake):
    async def main():
        here = fake.extract(picture_bytes(250), WEIGHT)
        elsewhere = await asyncio.to_thread(fake.extract, picture_bytes(251), WEIGHT)
        return here, elsewhere, list(fake.extract_many([picture_bytes(252)], WEIGHT, workers=1))

    here, elsewhere, (worked,) = asyncio.run(main())
    assert [one[0].text for one in (here, elsewhere, worked)] == ["250.0 gram", "251.0 gram", "252.0 gram"]


class JealousEngine(FakeEngine):
    """Fails when two threads are in it, as engines that hand out one buffer would mix their pictures up."""

    def __init__(self):
        self._inside = threading.Lock()

    def read(self, picture):
        if not self._inside.acquire(blocking=False):
            raise RuntimeError("two at a time")
        try:
            time.sleep(0.01)
            return super().read(picture)
        finally:
            self._inside.release()


def test_threads_take_turns_at_the_engine():
    shared = Extractor(JealousEngine())
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: shared.extract(picture_bytes(n), WEIGHT)[0].text, range(200, 240)))
    assert found == [f"{n}.0 gram" for n in range(200, 240)]


def test_the_view_in_a_notebook_holds_picture_and_answers_and_no_foreign_html(fake, tmp_path):
    path = tmp_path / '"><script>.png'
    path.write_bytes(picture_bytes(250))
    shown = fake.extract(path)._repr_html_()
    assert "250.0 gram" in shown
    assert "data:image/jpeg;base64," in shown
    assert "<script" not in shown
    assert "no such file" not in Extraction(())._repr_html_()


def test_a_table_for_pandas(fake):
    frame = fake.extract(picture_bytes(250), ["item_weight", "width"]).to_frame()
    assert list(frame["text"]) == ["250.0 gram", ""]
    assert frame.loc[0, "value"] == 250.0
    assert frame.loc[0, "evidence"] == ["Net weight 250 g"]
    assert (frame.loc[1, "status"], frame.loc[1, "reason"]) == ("not_found", "no_candidate")


def test_the_drawing_has_the_evidence_and_the_answers(fake):
    drawn = fake.extract(array_of(250), WEIGHT).draw()
    assert drawn.height > 8
    with pytest.raises(ValueError, match="no picture to draw"):
        Extraction(()).draw()


def test_public_names_are_there_and_light():
    assert {name for name in extractor.__all__ if getattr(extractor, name) is None} == set()
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        extractor.nothing  # noqa: B018
