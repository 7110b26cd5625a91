from __future__ import annotations

import pytest
from drawn_page import after, groups, page, under, word

from ocr.token import OcrResult, OcrToken, Stroke
from rules.constants import DIMENSIONS, ENTITIES
from rules.context_table import CONTEXT_WORDS
from rules.dimension_table import DIMENSION_WORDS
from rules.drawing import drawing_features, strokes_beside
from rules.features import features_of
from rules.layout import layout_features
from rules.lines import lines_of
from rules.ranker import HandSetRanker
from rules.select import ParsedPage
from rules.weight_table import BIAS, FEATURE_WEIGHT


def features(entity: str, *tokens: OcrToken) -> list[dict[str, float]]:
    of_groups = features_of(groups(*tokens), lines_of(tokens), page(*tokens))
    return [dict(facts) for facts in of_groups]


def test_letter_heights_are_compared_in_doublings() -> None:
    small, half, large = word("1 kg", 500, 100, height=5), word("2 kg", 500, 300), word("3 kg", 500, 500, height=40)
    heights = [facts.get("letter_height", 0.0) for facts in features("item_weight", small, half, large)]
    assert heights == pytest.approx([-3, -1, 0])


def test_letter_heights_have_a_floor() -> None:
    tiny, large = word("1 kg", 500, 100, height=2), word("3 kg", 500, 500, height=80)
    assert features("item_weight", tiny, large)[0]["letter_height"] == -3


def test_sizes_are_compared_in_doublings_of_a_third() -> None:
    tokens = word("1 kg", 500, 100), word("4 kg", 500, 300), word("10 g", 500, 500)
    sizes = [facts.get("relative_size", 0.0) for facts in features("item_weight", *tokens)]
    assert sizes == pytest.approx([-2 / 3, 0, -1], abs=1e-4)


STATED = {"range", "pack", "homonym", "tiny_unit", "second_unit"} | CONTEXT_WORDS.keys()
LINE_FEATURES = [
    ("item_weight", "2-3 kg", {"range"}),
    ("item_volume", "6 x 330 ml", {"pack"}),
    ("item_weight", "50 mg", {"tiny_unit", "strength"}),
    ("item_weight", "50 mcg", {"tiny_unit"}),
    ("item_weight", "10 oz / 283 g", {"second_unit"}),
    ("item_weight", "Net weight 1 kg", {"net", "weight"}),
    ("item_weight", "1 kg", set()),
]


@pytest.mark.parametrize(("entity", "text", "facts"), LINE_FEATURES)
def test_features_of_the_own_line(entity: str, text: str, facts: set[str]) -> None:
    (values,) = features(entity, word(text, 500, 500))
    assert {name for name, value in values.items() if name in STATED and value == 1.0} == facts


@pytest.mark.parametrize(("text", "homonym"), [("16 oz", True), ("16 fl oz", False), ("500 ml", False)])
def test_ounces_without_fluid_are_homonyms_for_a_volume(text: str, homonym: bool) -> None:
    seen = page(word(text, 500, 500))
    (candidate,) = ParsedPage(seen).candidates("item_volume", HandSetRanker())
    assert ("homonym" in dict(candidate.features)) == homonym


def test_ounces_are_not_a_homonym_for_a_weight() -> None:
    assert "homonym" not in features("item_weight", word("16 oz", 500, 500))[0]


def test_the_reading_is_as_good_as_its_worst_token() -> None:
    number = word("330", 500, 500, score=0.9)
    unit = under(number, "LBS")
    unit = OcrToken(unit.text, unit.box, 0.7)
    assert features("item_weight", number, unit)[0]["reading"] == 0.7


def test_a_heading_counts_less_than_the_line() -> None:
    number = word("5 kg", 500, 500)
    (facts,) = features("item_weight", number, under(number, "Net weight", -2.5))
    assert facts["net"] == facts["weight"] == 0.6


@pytest.mark.parametrize("dimension", sorted(DIMENSION_WORDS))
def test_the_named_dimension_is_a_feature(dimension: str) -> None:
    (facts,) = features("width", word(f"{dimension} 30 cm", 500, 500))
    assert {name for name in facts if name.startswith("role_")} == {f"role_{dimension}"}


def test_a_length_without_a_name_has_no_role_feature() -> None:
    (facts,) = features("width", word("30 cm", 500, 500))
    assert not [name for name in facts if name.startswith("role_")]


@pytest.mark.parametrize("entity", sorted(DIMENSIONS))
def test_dimensions_have_layout_features(entity: str) -> None:
    tokens = word("30 cm", 900, 500, angle=-90), word("20 cm", 500, 900)
    of_page = groups(*tokens)
    for facts, place in zip(features(entity, *tokens), layout_features(of_page, page(*tokens)), strict=True):
        assert {name: v for name, v in place.items() if v}.items() <= facts.items()


def test_other_entities_have_no_layout_features() -> None:
    tokens = (word("30 cm", 900, 500, angle=-90),)
    of_page = groups(*tokens)
    (layout,) = layout_features(of_page, page(*tokens))
    (drawing,) = drawing_features(strokes_beside(of_page, page(*tokens)))
    (facts,) = features("item_weight", word("3 kg", 900, 500, angle=-90))
    assert facts.keys() & (layout.keys() | drawing.keys()) == {"from_left", "from_top"}


def test_features_are_in_order_and_not_zero() -> None:
    tokens = word("Net weight 3 kg", 500, 500), word("Gross 4-5 kg", 500, 600)
    of_all = features_of(groups(*tokens), lines_of(tokens), page(*tokens))
    assert len(of_all) == 2
    for facts in of_all:
        assert [name for name, _ in facts] == sorted(dict(facts))
        assert all(value for _, value in facts)


def test_every_weight_belongs_to_a_feature() -> None:
    tokens = (word("10 x 20 x 30 cm", 500, 500),)
    of_page = groups(*tokens)
    places = layout_features(of_page, page(*tokens))[0].keys()
    others = {"letter_height", "relative_size", "range", "pack", "homonym", "tiny_unit", "second_unit", "reading"}
    dimensions = {f"role_{dimension}" for dimension in DIMENSION_WORDS}
    for entity, weights in FEATURE_WEIGHT.items():
        of_dimensions = places | dimensions if entity in DIMENSIONS else set()
        assert weights.keys() <= CONTEXT_WORDS.keys() | others | of_dimensions, entity


def test_every_entity_has_its_weights() -> None:
    assert FEATURE_WEIGHT.keys() == BIAS.keys() == set(ENTITIES)


def test_a_second_line_in_another_unit_is_a_second_unit() -> None:
    number = word("10 in", 500, 500)
    assert features("width", number, after(number, "25 cm", 1.5))[0]["second_unit"] == 1.0


@pytest.mark.parametrize(
    ("entity", "text", "unit"),
    [
        ("item_weight", "3 kg", "kilogram"),
        ("item_volume", "16 fl oz", "fluid ounce"),
        ("width", "4 dm", "converted"),
        ("width", "4 m", "metre"),
    ],
)
def test_the_printed_unit_is_a_feature(entity: str, text: str, unit: str) -> None:
    (facts,) = features(entity, word(text, 500, 500))
    assert {name for name in facts if name.startswith("unit_")} == {f"unit_{unit}"}


def test_sizes_letters_and_mentions_are_counted_over_the_page() -> None:
    tokens = (
        word("10 g", 500, 100),
        word("20 g", 500, 300, height=40),
        word("20 g", 500, 500),
        word("0.05 kg", 500, 700),
    )
    counts = [
        tuple(facts.get(name, 0.0) for name in ("candidates", "sizes", "mentions", "larger", "larger_letters"))
        for facts in features("item_weight", *tokens)
    ]
    assert counts == [(4, 3, 1, 3, 1), (4, 3, 2, 1, 0), (4, 3, 2, 1, 1), (4, 3, 1, 0, 1)]


def test_a_quantity_alone_in_its_line_differs_from_one_in_a_sentence() -> None:
    alone, told = features("item_weight", word("500 g", 500, 100), word("with 20 g of protein", 500, 800))
    assert alone["alone"] == 1.0
    assert "alone" not in told
    assert alone["line_letters"] < told["line_letters"]


def test_dimensions_have_features_of_the_lines_beside_them() -> None:
    tokens = (word("30 cm", 500, 900),)
    drawn = OcrResult(tokens, 1000, 1000, (Stroke(100, 930, 900, 930),))
    (with_line,) = features_of(groups(*tokens), lines_of(tokens), drawn)
    assert dict(with_line)["share_horizontal"] > 0.9
    assert "share_horizontal" not in features("width", *tokens)[0]
    weights = (word("30 kg", 500, 900),)
    drawn = OcrResult(weights, 1000, 1000, drawn.strokes)
    (facts,) = features_of(groups(*weights), lines_of(weights), drawn)
    assert not [name for name, _ in facts if "horizontal" in name]


def test_a_page_without_groups_has_no_features() -> None:
    assert features("width") == features("item_weight") == []
