from __future__ import annotations

import pytest
from drawn_page import DOWNWARDS, UPWARDS, groups, page, word

from ocr.token import OcrToken
from rules.layout import layout_features


def features(*tokens: OcrToken, width: int = 1000, height: int = 1000) -> list[dict[str, float]]:
    of_page = groups(*tokens)
    return layout_features(of_page, page(*tokens, width=width, height=height))


def holding(names: set[str], *tokens: OcrToken) -> list[set[str]]:
    """The features among `names` that hold for each group of the page."""
    return [{name for name in names if facts[name]} for facts in features(*tokens)]


@pytest.mark.parametrize(
    ("angle", "direction"),
    [
        (0, set()),
        (9, set()),
        (180, set()),
        (-172, set()),
        (11, {"oblique_text"}),
        (-35, {"oblique_text"}),
        (69, {"oblique_text"}),
        (UPWARDS, {"vertical_text"}),
        (DOWNWARDS, {"vertical_text"}),
        (-75, {"vertical_text"}),
        (105, {"vertical_text"}),
        (145, {"oblique_text"}),
    ],
)
def test_direction_of_the_text(angle: float, direction: set[str]) -> None:
    assert holding({"vertical_text", "oblique_text"}, word("30 cm", 500, 500, angle=angle)) == [direction]


@pytest.mark.parametrize(
    ("x", "y", "toward_side"),
    [(500, 500, 0), (0, 500, 1), (1000, 500, 1), (500, 0, -1), (500, 1000, -1), (250, 250, 0), (900, 500, 0.8)],
)
def test_toward_side_runs_from_top_and_bottom_to_left_and_right(x: float, y: float, toward_side: float) -> None:
    (facts,) = features(word("30 cm", x, y))
    assert facts["toward_side"] == pytest.approx(toward_side)
    assert (facts["from_left"], facts["from_top"]) == pytest.approx((x / 1000, y / 1000))


def test_places_are_shares_of_the_page() -> None:
    (facts,) = features(word("30 cm", 100, 300), width=400, height=600)
    assert (facts["from_left"], facts["from_top"], facts["toward_side"]) == pytest.approx((0.25, 0.5, 0.5))


def test_a_page_without_size_divides_by_nothing() -> None:
    (facts,) = features(word("30 cm", 0.5, 0.25), width=0, height=0)
    assert (facts["from_left"], facts["from_top"]) == pytest.approx((0.5, 0.25))


SIDES = {"leftmost", "rightmost", "topmost", "lowest"}


def test_the_outermost_groups() -> None:
    cross = (word("1 cm", 100, 500), word("2 cm", 900, 500), word("3 cm", 500, 100), word("4 cm", 500, 900))
    assert holding(SIDES, *cross, word("5 cm", 500, 500)) == [
        {"leftmost"},
        {"rightmost"},
        {"topmost"},
        {"lowest"},
        set(),
    ]


def test_a_single_group_is_not_outermost() -> None:
    assert holding(SIDES, word("30 cm", 500, 500)) == [set()]


RANKS = {"only_measure", "one_of_two", "one_of_many", "largest", "smallest_of_many", "middle_of_many"}

RANKED = [
    (["30 cm"], [{"only_measure"}]),
    (["30 cm", "30 cm"], [{"only_measure"}, {"only_measure"}]),
    (["30 cm", "20 cm"], [{"one_of_two", "largest"}, {"one_of_two"}]),
    (["30 cm", "20 cm", "10 cm"], [{"largest"}, {"middle_of_many"}, {"smallest_of_many"}]),
    (["30 cm", "20 cm", "10 cm", "30 cm"], [{"largest"}, {"middle_of_many"}, {"smallest_of_many"}, {"largest"}]),
    (
        ["40 cm", "30 cm", "20 cm", "10 cm"],
        [
            {"one_of_many", "largest"},
            {"one_of_many", "middle_of_many"},
            {"one_of_many", "middle_of_many"},
            {"one_of_many", "smallest_of_many"},
        ],
    ),
    (["2 in", "4 cm"], [{"one_of_two", "largest"}, {"one_of_two"}]),
]


@pytest.mark.parametrize(("texts", "ranks"), RANKED, ids=[", ".join(texts) for texts, _ in RANKED])
def test_rank_by_size(texts: list[str], ranks: list[set[str]]) -> None:
    tokens = [word(text, 500, 100 + 200 * row) for row, text in enumerate(texts)]
    assert holding(RANKS, *tokens) == ranks


PRODUCT = {"in_pair", "in_triple", "first_of_product", "second_of_product", "third_of_product"}

PRODUCTS = [
    ("10 cm", [set()]),
    ("10 x 20 cm", [{"in_pair", "first_of_product"}, {"in_pair", "second_of_product"}]),
    (
        "10 x 20 x 30 cm",
        [
            {"in_triple", "first_of_product"},
            {"in_triple", "second_of_product"},
            {"in_triple", "third_of_product"},
        ],
    ),
]


@pytest.mark.parametrize(("text", "parts"), PRODUCTS)
def test_part_of_a_product(text: str, parts: list[set[str]]) -> None:
    assert holding(PRODUCT, word(text, 500, 500)) == parts
