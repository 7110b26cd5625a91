"""What a fit starts from: whose questions, with which weight, and what is left out of it."""

from __future__ import annotations

import pytest
from fake_pages import page_of

from extractor.evaluation.inputs import read_labelled_rows
from extractor.training.sources import TAUGHT_WEIGHT, Sources, left_out_of

PAGES = {f"{number}.png": page_of(number) for number in (10, 11)}


@pytest.fixture
def table(tmp_path):
    """Writes a table of questions, one for each `picture entity`."""

    def write(name, *asked):
        lines = [f"{one.split()[0]},1,{one.split()[1]},10.0 centimetre,EMPTY" for one in asked]
        path = tmp_path / name
        path.write_text("\n".join(["image_link,group_id,entity_name,primary,accepted", *lines]))
        return path

    return write


def test_taught_rows_count_less_and_need_a_page(table):
    own, taught = table("own.csv", "10.png width"), table("teach.csv", "11.png width", "12.png width")
    asked = Sources(read_labelled_rows(own), [read_labelled_rows(taught)]).questions(PAGES)
    assert [(q.picture, q.weight) for q in asked.own] == [("10.png", 1.0)]
    assert [(q.picture, q.weight) for q in asked.taught] == [("11.png", TAUGHT_WEIGHT)]


def test_only_entities_that_share_a_model_with_a_measured_one_are_left_out(table):
    own = table("own.csv", "10.png width", "10.png height", "10.png item_weight", "11.png voltage")
    measured = left_out_of([table("measured.csv", "10.png voltage", "10.png width")])
    asked = Sources(read_labelled_rows(own), left_out=measured).questions(PAGES)
    assert [(q.picture, q.entity) for q in asked.own] == [("10.png", "height"), ("11.png", "voltage")]
