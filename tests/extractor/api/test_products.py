"""Several pictures of one product, on the pictures of `fake_products`."""

import numpy as np
import pytest
from fake_products import ENGINE, written
from PIL import ImageColor

from extractor import Extractor, ProductAnswer, ProductExtraction
from extractor.api.drawing import COLOURS, ROW_HEIGHT

ASKED = ["width", "item_weight"]


@pytest.fixture(scope="module")
def extractor():
    return Extractor(ENGINE)


def stances(answer):
    return [(one.picture, str(one.stance)) for one in answer.statements]


def test_one_picture_without_a_title_is_answered_as_extract_does(extractor):
    picture = written("Width 30 cm", "Net weight 5 kg", "Drawer width 12 cm")
    alone, product = extractor.extract(picture), extractor.extract_product([picture])
    assert isinstance(product, ProductExtraction)
    assert [(a.entity, a.text, a.confidence, a.candidates) for a in product] == [
        (a.entity, a.text, a.confidence, a.candidates) for a in alone
    ]
    assert product.extractions == (alone,)


def test_pictures_that_agree(extractor):
    pictures = [written("Width 30 cm", "Net weight 5 kg"), written("Weight 5 kg"), written("Great fun")]
    product = extractor.extract_product(pictures, entities=ASKED)
    weight = product["item_weight"]
    assert isinstance(weight, ProductAnswer)
    assert weight.text == "5.0 kilogram"
    assert weight.confidence > max(one["item_weight"].confidence for one in product.extractions)
    assert sorted(stances(weight)) == [(0, "agrees"), (1, "agrees")]
    assert stances(product["width"]) == [(0, "agrees")]
    assert (len(product), product[0].entity) == (2, "width")
    with pytest.raises(KeyError):
        product["height"]


def test_pictures_that_contradict_each_other(extractor):
    product = extractor.extract_product([written("Width 30 cm"), written("Width 80 cm")], entities=ASKED)
    assert product["width"].status == "ambiguous"
    assert product["width"].confidence < min(one["width"].confidence for one in product.extractions)


@pytest.mark.parametrize(
    ("whole", "part", "entity", "answer"),
    [
        ("Width 90 cm", "Drawer width 40 cm", "width", "90.0 centimetre"),
        ("Overall width 90 cm", "Width 30 cm", "width", "90.0 centimetre"),
        ("Net weight 500 g", "Gross weight 700 g", "item_weight", "500.0 gram"),
        ("9 W", "60 W equivalent", "wattage", "9.0 watt"),
    ],
)
def test_the_whole_of_one_picture_beats_the_part_of_another(extractor, whole, part, entity, answer):
    assert extractor.extract(written(part))[entity].text != answer
    for pictures in ([written(whole), written(part)], [written(part), written(whole)]):
        fused = extractor.extract_product(pictures, entities=[entity])[entity]
        assert fused.text == answer
        assert [str(one.stance) for one in fused.statements] == ["agrees", "part"]


def test_the_title_is_evidence_too(extractor):
    picture = written("Weight 5 kg")
    alone = extractor.extract_product([picture], entities=ASKED)["item_weight"]
    agreed = extractor.extract_product([picture], "Stool, weight 5 kg", ASKED)["item_weight"]
    disputed = extractor.extract_product([picture], "Stool, weight 9 kg", ASKED)["item_weight"]
    assert disputed.confidence < alone.confidence < agreed.confidence
    by_title = extractor.extract_product([written("fun")], "Stool, weight 9 kg", ASKED)
    assert (by_title["item_weight"].text, by_title["item_weight"].source) == ("9.0 kilogram", "title")
    assert by_title.failure is None


def test_a_broken_picture_costs_no_other(extractor):
    product = extractor.extract_product(["none.png", written("Width 30 cm")], entities=ASKED)
    assert product["width"].text == "30.0 centimetre"
    assert product.failure is None
    assert product.extractions[0].failure.reason == "picture_missing"


def test_where_no_picture_can_be_read_there_is_a_failure(extractor):
    product = extractor.extract_product(["none.png", b"<html>"], entities=ASKED)
    assert product.failure.reason == "picture_missing"
    assert [answer.text for answer in product] == ["", ""]
    with pytest.raises(ValueError, match="no such file"):
        product.draw()


@pytest.mark.parametrize(("pictures", "entities"), [([], None), ([b""], ["colour"])])
def test_what_cannot_be_asked(extractor, pictures, entities):
    with pytest.raises(ValueError):
        extractor.extract_product(pictures, entities=entities)


def test_a_copy_of_a_picture_adds_nothing(extractor):
    picture, other = written("Width 30 cm"), written("Width 31 cm")
    once = extractor.extract_product([picture, other], entities=ASKED)
    assert extractor.extract_product([picture, other, picture], entities=ASKED).answers == once.answers


def test_it_is_shown_with_the_evidence_on_each_picture(extractor, tmp_path):
    for name, line in (("a.png", "Width 30 cm"), ("b.png", "Width 12 inch"), ("c.png", "fun")):
        (tmp_path / name).write_bytes(written(line))
    product = extractor.extract_product([tmp_path / name for name in ("a.png", "b.png", "c.png")], "Box", ["width"])
    frame = product.to_frame()
    assert frame["text"].tolist() == [product["width"].text]
    assert sorted(frame["pictures"][0]) == [str(tmp_path / "a.png"), str(tmp_path / "b.png")]
    drawn = product.draw()
    assert (drawn.width, drawn.height > ROW_HEIGHT) == (3 * ROW_HEIGHT, True)
    off = np.abs(np.array(drawn)[:ROW_HEIGHT].astype(int) - ImageColor.getrgb(COLOURS[0])).max(axis=-1)
    boxed = off < 40  # lines of an enlarged picture have soft edges
    assert [bool(boxed[:, i * ROW_HEIGHT : (i + 1) * ROW_HEIGHT].any()) for i in range(3)] == [True, True, False]
    assert product._repr_html_().count("<img") == 3


def test_a_title_never_becomes_html(extractor):
    product = extractor.extract_product([written("Width 30 cm <b>x</b>")], "<script>alert(1)</script> 30 cm wide")
    assert "<script>" not in product._repr_html_()
    assert "<b>x</b>" not in product._repr_html_()
