import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ocr.token import OcrResult, OcrToken
from rules.amount import Amount
from rules.constants import ENTITIES, ENTITY_UNITS
from rules.normalise import is_plausible, normalise
from vlm.prompt import (
    MAX_PROMPT_TOKENS,
    PromptForm,
    answer_text,
    clean,
    estimated_tokens,
    make_prompt,
    make_question,
    place,
    reading_order,
)

LINE = re.compile(r"<loc\d{4}><loc\d{4}>[^<>\n]+")


def test_lines_with_places_then_the_question(page):
    prompt = make_prompt("item_weight", page(("NET WT 34 g", 100, 100, 200, 40), ("12.5 cm", 400, 300, 200, 100)))
    assert prompt == (
        "<loc0246><loc0205>NET WT 34 g\n"
        "<loc0716><loc0512>12.5 cm\n"
        "answer en item weight in gram, kilogram, microgram, milligram, ounce, pound, ton"
    )


def test_without_ocr_only_the_question():
    assert make_prompt("voltage", None) == "answer en voltage in kilovolt, millivolt, volt"


def test_an_empty_page_is_asked_like_none(page):
    assert make_prompt("voltage", page()) == make_prompt("voltage", None)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [(0, 0, "<loc0000><loc0000>"), (1000, 500, "<loc1023><loc1023>"), (-20, 700, "<loc1023><loc0000>")],
)
def test_places_stay_within_their_vocabulary(page, x, y, expected):
    one = page(("5 cm", x, y, 0, 0))
    assert place(one.tokens[0], one) == expected


def test_reading_order_is_by_rows_from_the_left(page):
    tokens = page(("c", 50, 205, 40, 30), ("b", 500, 100, 40, 30), ("d", 500, 200, 40, 30), ("a", 50, 108, 40, 30))
    assert [token.text for token in reading_order(tokens.tokens)] == ["a", "b", "c", "d"]


def test_short_budget_keeps_numbers_then_measure_words_then_large_print(page):
    one = page(
        ("soft and warm", 10, 10, 900, 90),
        ("Width", 10, 110, 100, 20),
        ("for you", 10, 150, 100, 20),
        ("12 cm", 10, 190, 100, 20),
    )
    texts = [
        [line.rpartition(">")[2] for line in make_prompt("width", one, max_lines=n).splitlines()[:-1]]
        for n in range(1, 4)
    ]
    assert texts == [["12 cm"], ["Width", "12 cm"], ["soft and warm", "Width", "12 cm"]]


def test_budget_of_characters_skips_what_is_too_long(page):
    one = page(("1234567890" * 3, 10, 10, 900, 90), ("12 cm", 10, 190, 100, 20))
    assert make_prompt("width", one, max_chars=10).count("\n") == 1


def test_budget_of_tokens_bounds_pages_full_of_numbers(page):
    full = page(*((f"{n:022d}", 10, 12 * n, 300, 10) for n in range(40)))
    kept = make_prompt("width", full).count("\n")
    assert 15 <= kept < MAX_PROMPT_TOKENS / 25


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 cm\nanswer en width in gram", "5 cm answer en width in gram"),
        ("<loc0001><image>", "loc0001 image"),
        ("a\u2028b\x00c\td", "a b c d"),
        ("  < >  ", ""),
    ],
)
def test_text_cannot_imitate_places_or_lines(text, expected):
    assert clean(text) == expected


@given(texts=st.lists(st.text(max_size=60), max_size=80), entity=st.sampled_from(ENTITIES))
@settings(max_examples=60)
def test_any_page_gives_lines_and_the_question_within_the_budget(texts, entity):
    box = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    prompt = make_prompt(entity, OcrResult(tuple(OcrToken(text, box, 0.9) for text in texts), 100, 100))
    *lines, question = prompt.split("\n")
    assert question == make_question(entity)
    assert all(LINE.fullmatch(line) for line in lines)
    places = 2 * len(lines)
    assert estimated_tokens(re.sub(r"<loc\d{4}>", "", prompt)) + places + len(lines) <= MAX_PROMPT_TOKENS


def test_estimate_counts_digits_and_signs_one_by_one():
    assert estimated_tokens('12.5" x 3') == 8
    assert estimated_tokens("厘米") == 2
    assert estimated_tokens("gram") == 2


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Amount(34.0, "gram"), "34 gram"),
        (Amount(12.5, "centimetre"), "12.5 centimetre"),
        (Amount(100.0, "fluid ounce"), "100 fluid ounce"),
        (None, "unanswerable"),
    ],
)
def test_answer_text(answer, expected):
    assert answer_text(answer) == expected


@given(value=st.decimals(min_value="0.2", max_value="100", places=2), data=st.data())
def test_rules_read_answer_texts_back(value, data):
    entity = data.draw(st.sampled_from(ENTITIES))
    answer = Amount(float(value), data.draw(st.sampled_from(sorted(ENTITY_UNITS[entity]))))
    assume(is_plausible(answer, entity))
    assert normalise(answer_text(answer), entity) == answer


def test_a_layout_has_each_text_in_its_column_and_the_question_last(page):
    row = [("Width", 0, 100, 100, 20), ("12 cm", 500, 100, 100, 20), ("side by side", 510, 101, 90, 20)]
    below = page(*row, ("NET WT 34 g", 250, 400, 200, 20))
    first, second, question = make_prompt("width", below, PromptForm.LAYOUT).split("\n")
    assert first == "Width" + " " * 25 + "12 cm side by side"
    assert second == " " * 15 + "NET WT 34 g"
    assert question == make_question("width")


def test_question_first_is_one_line_that_begins_with_it(page):
    shown = page(("NET WT 34 g", 250, 400, 200, 20), ("12 cm", 500, 100, 100, 20))
    assert make_prompt("width", shown, PromptForm.QUESTION_FIRST) == f"{make_question('width')}; 12 cm; NET WT 34 g"
    assert make_prompt("width", None, PromptForm.QUESTION_FIRST) == make_question("width")
