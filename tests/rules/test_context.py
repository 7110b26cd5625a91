from __future__ import annotations

import pytest
from drawn_page import after, page, under, word

from ocr.token import OcrToken
from rules.context import contexts_before, contexts_in, contexts_of
from rules.context_table import CONTEXT_WORDS, HEADING_SHARE
from rules.lines import lines_of
from rules.located import located_quantities

WEIGHT = word("5 kg", 400, 400)

STANDS_IN = [
    ("Net Wt 500 g", {"net", "weight"}),
    ("GROSS WEIGHT: 2 kg", {"gross", "weight"}),
    ("Max load 100 kg", {"load", "maximum_power"}),
    ("maxload 100 kg", set()),
    ("net wt500g", {"net", "weight"}),
    ("NetWt 500 g", {"net"}),
    ("the father of magnets", set()),
    ("0 g fat per serving", {"nutrient", "serving"}),
    ("净含量500克", {"net"}),
    ("最大承重50kg", {"load"}),
    ("Масса нетто 2 кг", {"weight", "net"}),
    ("Spannung: 230 V", {"voltage"}),
    ("50W (equivalent to 300W incandescent)", {"equivalent"}),
    ("Accuracy: 0.2 lb", {"accuracy"}),
    ("Precisión 1 g", {"accuracy"}),
    ("ersetzt 60 W Glühlampe", {"equivalent"}),
    ("Max loaded weight: 1kg", {"load", "maximum_power", "weight"}),
    ("Dosage: 500 mg", {"serving", "strength"}),
    ("", set()),
]


@pytest.mark.parametrize(("text", "contexts"), STANDS_IN)
def test_contexts_of_a_line(text: str, contexts: set[str]) -> None:
    assert contexts_in(text) == contexts


def test_every_word_of_the_table_is_found_in_a_line_of_its_own() -> None:
    for context, words in CONTEXT_WORDS.items():
        for word_ in words:
            assert context in contexts_in(f"1 {word_}: 2"), (context, word_)
            assert context in contexts_in(word_.upper()), (context, word_)


def counted(*others: OcrToken, stated: OcrToken = WEIGHT) -> dict[str, float]:
    tokens = (stated, *others)
    (located,) = located_quantities(page(*tokens))
    return contexts_of([located], lines_of(tokens))[0]


CLOSE_BY = {
    "above": under(WEIGHT, "NET", -2.4),
    "above, with room between": under(WEIGHT, "NET", -4.5),
    "left": word("NET", 330, 400),
    "right": after(WEIGHT, "NET", 1.5),
    "below": under(WEIGHT, "NET", 0.8),
}

FAR_OFF = {
    "above": under(WEIGHT, "NET", -6.5),
    "left": word("NET", 250, 400),
    "right": after(WEIGHT, "NET", 2.5),
    "below": under(WEIGHT, "NET", 1.5),
    "another column": under(WEIGHT, "NET", shift=5),
}


@pytest.mark.parametrize("heading", CLOSE_BY.values(), ids=CLOSE_BY.keys())
def test_lines_close_by_count_less_than_the_own_line(heading: OcrToken) -> None:
    assert counted(heading) == {"net": HEADING_SHARE}
    assert 0 < HEADING_SHARE < 1


@pytest.mark.parametrize("line", FAR_OFF.values(), ids=FAR_OFF.keys())
def test_lines_far_off_do_not_count(line: OcrToken) -> None:
    assert counted(line) == {}


def test_the_own_line_counts_in_full_whatever_stands_beside_it() -> None:
    stated = word("Net 5 kg", 400, 400)
    heading = under(stated, "NET WEIGHT", -2.4)
    assert counted(heading, stated=stated) == {"net": 1.0, "weight": HEADING_SHARE}


BEFORE = [
    ("Weight: 8 lb Capacity: 300 lb", [{"weight"}, {"load", "volume"}]),
    ("8 lb net weight, 300 lb", [set(), {"net", "weight"}]),
    ("100 kg max", [set()]),
]


@pytest.mark.parametrize(("text", "before"), BEFORE)
def test_the_words_right_before_a_quantity_are_contexts_of_it_alone(text: str, before: list[set[str]]) -> None:
    quantities = located_quantities(page(word(text, 400, 400)))
    assert [set(contexts_before(located)) for located in quantities] == before
