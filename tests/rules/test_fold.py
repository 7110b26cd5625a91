from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.fold import fold

FOLDED = [
    ("10 × 20 ✕ 30 CM", "10 x 20 x 30 cm"),
    ("10—20 V", "10-20 v"),
    ("1⁄2 in", "1/2 in"),
    ("5’ 10”", "5' 10\""),
    ("１２．５ｃｍ", "12.5cm"),
    ("3～5\u00a0kg", "3~5 kg"),
    ("⌀8 / Ø9 / Φ7", "ø8 / ø9 / ø7"),
    ("250 µg", "250 μg"),
    ("重量【克】", "重量(克)"),
    ("a\tb\nc", "a b c"),
]

CORRECTED = [
    ("1O cm", "10 cm"),
    ("3OO ml", "300 ml"),
    ("2S kg", "25 kg"),
    ("l2 cm", "12 cm"),
    ("I5.O kg", "15.0 kg"),
    ("2.5 kg or 1Og", "2.5 kg or 10g"),
    ("82° W", '82" w'),
    ("18º h", '18" h'),
]

LEFT_ALONE = [
    "so cm",
    "oil 5 kg",
    "model 1o",
    "1os",
    "25°c",
    "90° angle",
    "90° wide",
    "straße",
    "İ",
]


@pytest.mark.parametrize(("written", "folded"), FOLDED)
def test_each_sign_gets_one_spelling(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_all_white_space_becomes_a_blank() -> None:
    spaces = "".join(re.findall(r"\s", "".join(map(chr, range(sys.maxunicode + 1)))))
    assert fold(spaces) == " " * len(spaces)


@pytest.mark.parametrize(("written", "folded"), CORRECTED)
def test_digits_misread_as_letters_are_corrected_before_a_unit(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_letters_and_degrees_stay(text: str) -> None:
    assert fold(text) == text


@given(st.text(max_size=80) | st.text("0123456789OolISs.,°ºwWcmkgİßΣſK×”′ ", max_size=40))
def test_every_position_is_kept(text: str) -> None:
    assert len(fold(text)) == len(text)
