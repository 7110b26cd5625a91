from __future__ import annotations

import pytest
from drawn_page import page, word

from rules.amount import Amount
from rules.entities import Entity, EntityTable
from rules.ranker import HandSetRanker, WithOwn
from rules.select import ParsedPage


def stated(*texts: str) -> list[tuple[float, str]]:
    """What the page of a ParsedPage states, the texts on lines far apart."""
    tokens = [word(text, 500, 60 + 90 * i) for i, text in enumerate(texts)]
    return [(q.quantity.value, q.quantity.unit) for q in ParsedPage(page(*tokens)).quantities]


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (("17.5'", '48"', '12"'), (17.5, "inch")),
        (("2 3/16'", '0.9"'), (2.1875, "inch")),
        (("84m", "220 cm", "15 cm"), (84.0, "centimetre")),
        (("240m", "160 cm"), (240.0, "centimetre")),
        (("21m", "0.8 in"), (21.0, "millimetre")),
        (("4' x 6'", "10 cm x 15 cm"), (4.0, "inch")),
        (("9'", "23 cm", "40 cm"), (9.0, "inch")),
    ],
)
def test_the_other_lengths_of_the_page_show_a_misread_unit(texts: tuple[str, ...], first: tuple[float, str]) -> None:
    assert stated(*texts)[0] == first


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (("6'", "4'", '12"'), (6.0, "foot")),
        (("6'",), (6.0, "foot")),
        (("6 ft", '12"', '4"'), (6.0, "foot")),
        (("With a 6' pole", '12"', '4"'), (6.0, "foot")),
        (("6'", '12"', "30 cm"), (6.0, "foot")),
        (("1'", '40"', '36"'), (1.0, "foot")),
        (("30'", '2"'), (30.0, "foot")),
        (("5 m", "11 cm"), (5.0, "metre")),
        (("84m", "90 m", "15 cm"), (84.0, "metre")),
        (("300m", "5 cm"), (300.0, "metre")),
        (("30,5cm x 304,8m",), (30.5, "centimetre")),
        (("25 Meters", "40 cm"), (25.0, "metre")),
    ],
)
def test_any_other_unit_stays(texts: tuple[str, ...], first: tuple[float, str]) -> None:
    assert stated(*texts)[0] == first


@pytest.mark.parametrize("spellings", [(), (("pulgadas", "inch"),)])
def test_amounts_of_an_own_entity_are_corrected_too(spellings: tuple[tuple[str, str], ...]) -> None:
    limits = Amount(1.0, "inch"), Amount(900.0, "inch")
    own = Entity("screen_size", ("inch",), ("screen",), limits, spellings=spellings)
    tokens = [word(text, 500, 60 + 90 * i) for i, text in enumerate(("17.5'", '48"', '12"'))]
    parsed = ParsedPage(page(*tokens), EntityTable((own,)))
    sizes = {str(one.answer) for one in parsed.candidates("screen_size", WithOwn(HandSetRanker()))}
    assert sizes == {"17.5 inch", "48.0 inch", "12.0 inch"}
