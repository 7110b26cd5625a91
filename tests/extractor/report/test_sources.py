import hashlib
from pathlib import Path

import numpy as np
import pytest
from fake_engines import picture_bytes
from fake_rows import row_answer, token

from extractor.api.engines import OCR_OFF, fingerprint_of
from extractor.cache.pages import Fingerprints
from extractor.cache.pictures import PictureFolder
from extractor.cache.store import Store
from extractor.report.sources import Sources, open_sources
from ocr.token import OcrResult, Stroke

DATA = picture_bytes(5)
SHA256 = hashlib.sha256(DATA).hexdigest()
WEB = "https://shop.example/p/1.png"


@pytest.fixture
def folder(tmp_path):
    for name in ("images", "beside", "out"):
        (tmp_path / name).mkdir()
    return tmp_path


def sources(folder, images=False, store=None):
    return Sources(folder / "images" if images else None, (folder / "beside", folder), folder / "out", store)


@pytest.mark.parametrize(
    "place, link",
    [("images/1.png", WEB), ("images/1.png", "pictures/1.png"), ("beside/a/1.png", "a/1.png"), ("1.png", "1.png")],
)
def test_a_picture_is_found_by_its_link(folder, place, link):
    (folder / place).parent.mkdir(exist_ok=True)
    (folder / place).write_bytes(DATA)
    found = sources(folder, images=True)
    row = row_answer("1", link=link, sha256=SHA256)
    assert np.array_equal(found.picture(row)[0, 0], [5, 0, 0])
    assert found.href(link) == f"./../{place}"


def test_a_fetched_picture_is_found_in_the_store_and_linked_to_the_web(folder):
    with Store(folder / "store.sqlite3") as store:
        PictureFolder(folder / "store.pictures").put(DATA, SHA256)
        row = row_answer("1", link=WEB, sha256=SHA256)
        assert sources(folder, store=store).picture(row) is not None
        assert sources(folder, store=store).href(WEB) == WEB
        assert sources(folder).picture(row) is None


@pytest.mark.parametrize("sha256", [None, "0" * 64], ids=["never had", "changed since"])
def test_another_picture_is_not_shown(folder, sha256):
    (folder / "1.png").write_bytes(DATA)
    assert sources(folder).picture(row_answer("1", link="1.png", sha256=sha256)) is None


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "", "gone.png", "\0"])
def test_only_web_addresses_and_files_are_linked(folder, link):
    assert sources(folder).href(link or " ") is None


def test_a_file_name_is_never_taken_for_an_address(folder):
    name = "javascript:alert(1)"
    (folder / name).write_bytes(DATA)
    assert sources(folder).href(name) == "./../javascript%3Aalert%281%29"


def test_the_page_is_the_one_that_the_rules_saw(folder):
    keys = Fingerprints(fingerprint_of(OCR_OFF), "", upscale=True)
    first = OcrResult((token("3 in"),), 100, 100, (Stroke(0.0, 0.0, 9.0, 0.0),))
    larger = OcrResult((token("8 in"),), 100, 100)
    with Store(folder / "store.sqlite3") as store:
        store.put_page(SHA256, keys.engine, first)
        store.put_page(SHA256, keys.upscaled, larger)
    with open_sources(None, [Path()], folder, folder / "store.sqlite3", OCR_OFF) as found:
        assert found.page(row_answer("1", sha256=SHA256)) == first
        upscaled = found.page(row_answer("1", sha256=SHA256, upscaled=True))
        assert (upscaled.tokens, upscaled.strokes) == (larger.tokens, first.strokes)
        assert found.page(row_answer("1", sha256="0" * 64)) is None


def test_a_store_that_is_not_there_is_not_made(folder):
    with open_sources(None, [Path()], folder, folder / "store.sqlite3", OCR_OFF) as found:
        assert found.page(row_answer("1", sha256=SHA256)) is None
    assert not (folder / "store.sqlite3").exists()
