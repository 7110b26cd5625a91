"""Attributes of one's own through the library's door."""

from dataclasses import replace

import pytest
from fake_engines import ENGINE, ShortSightedEngine, picture_bytes
from fake_readers import READER
from own_entities import EXAMPLE, PHONE, phone_picture, write_entities

from extractor import Answer, EntityTable, Extractor, Reason
from extractor.api.entity_file import read_entities
from extractor.cache.pages import Fingerprints
from rules.amount import Amount
from rules.constants import ENTITIES


@pytest.fixture
def own(tmp_path):
    return write_entities(tmp_path / "own.yaml")


def test_the_eight_and_ones_own_by_default(own):
    extraction = Extractor(ENGINE, entities=own).extract(picture_bytes(250))
    assert [answer.entity for answer in extraction] == [*ENTITIES, "net_content"]
    assert extraction["net_content"].text == extraction["item_weight"].text == "250.0 gram"
    assert extraction["net_content"].evidence == extraction["item_weight"].evidence
    assert extraction["net_content"].status == "verified"


def test_some_entities_alone(own):
    extraction = Extractor(ENGINE, entities=own).extract(picture_bytes(250), ["net_content", "width"])
    assert [answer.text for answer in extraction] == ["250.0 gram", ""]
    with pytest.raises(ValueError, match="unknown entity net_content"):
        Extractor(ENGINE).extract(picture_bytes(250), ["net_content"])


def test_worker_processes_and_failures_know_the_table(own):
    pictures = [picture_bytes(250), b"<html>", picture_bytes(251)]
    found = list(Extractor(ENGINE, entities=own).extract_many(pictures, workers=1))
    assert [one["net_content"].text for one in found] == ["250.0 gram", "", "251.0 gram"]
    assert [len(one) for one in found] == [9, 9, 9]


def test_two_tables_in_one_process(own):
    table = read_entities(own)
    tiny = EntityTable((replace(table.own[0], name="crumbs", plausible=(Amount(1.0, "gram"), Amount(9.0, "gram"))),))
    one, other = Extractor(ENGINE, entities=table), Extractor(ENGINE, entities=tiny)
    assert other.extract(picture_bytes(250))["crumbs"].reason is Reason.NO_CANDIDATE
    assert one.extract(picture_bytes(250))["net_content"].text == "250.0 gram"
    assert other.extract(picture_bytes(5))["crumbs"].text == "5.0 gram"


def test_official_answers_stay_the_same_also_where_the_picture_is_read_again(own):
    for engine in (ENGINE, ShortSightedEngine(1)):
        alone = Extractor(engine).extract(picture_bytes(250))
        assert Extractor(engine, entities=own).extract(picture_bytes(250)).answers[:8] == alone.answers


def test_a_reader_is_asked_about_the_eight_alone(own, tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_VLM_LOG", str(tmp_path / "asked.log"))
    extraction = Extractor(ENGINE, READER, entities=own).extract(picture_bytes(250), ["item_weight", "net_content"])
    assert (tmp_path / "asked.log").read_text().splitlines() == ["250 item_weight page"]
    assert (extraction["net_content"].text, extraction["net_content"].vlm) == ("250.0 gram", None)


def test_stored_official_answers_depend_on_no_table(own):
    table = read_entities(own)
    changed = EntityTable((replace(table.own[0], keywords=("content",)),))
    keys = [Fingerprints("engine", "rules", True, one) for one in (EntityTable(), table, changed)]
    assert len({one.answers for one in keys}) == 1
    assert len({one.own_answers for one in keys}) == 3


@pytest.fixture(scope="module")
def phone():
    return Extractor(entities=EXAMPLE).extract(phone_picture())


def test_a_drawn_picture_by_the_real_engine(phone):
    texts = {answer.entity: answer.text for answer in phone if answer.amount}
    assert texts == texts | {
        "item_weight": "203.0 gram",
        "battery_capacity": "5000.0 milliampere-hour",
        "screen_size": "6.7 inch",
        "storage": "256.0 gigabyte",
    }
    assert {phone[name].status for name in ("battery_capacity", "screen_size", "storage")} == {"verified"}
    assert phone["battery_capacity"].evidence[0].text.replace(" ", "") == PHONE[0].replace(" ", "")
    assert phone["noise_level"].reason is Reason.NO_CANDIDATE


def test_all_that_an_answer_can_do(phone):
    answer = phone["battery_capacity"]
    assert answer.to("ampere_hour").magnitude == pytest.approx(5.0)
    assert phone["storage"].to("terabyte").magnitude == pytest.approx(0.256)
    assert Answer.from_json(answer.to_json()) == answer
    assert phone.draw().height > phone.picture.shape[0]
    assert "battery_capacity" in phone._repr_html_()
    assert list(phone.to_frame().query("entity == 'screen_size'").text) == ["6.7 inch"]


def test_a_unit_that_pint_does_not_know_has_no_quantity():
    answer = Answer("page_count", Amount(96.0, "page"), Reason.ANSWERED, 0.9)
    with pytest.raises(ValueError, match="pint has no unit 'page'"):
        answer.to("count")
