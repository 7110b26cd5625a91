from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.tables.csv_file import InputError
from extractor.tables.labels import (
    Label,
    WrittenAmount,
    label_columns,
    labels_of,
    parse_amount,
    parse_gold_label,
    parse_label,
)
from extractor.tables.rows import Table


def table_of(columns: dict[str, tuple[str, ...]]) -> Table:
    return Table(Path("labels.csv"), columns, ())


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("500.0 gram", WrittenAmount(500.0, "gram")),
        ("1400 milligram", WrittenAmount(1400.0, "milligram")),
        ("1,000.0 gram", WrittenAmount(1000.0, "gram")),
        ("2.2223333344444455e+20 gram", WrittenAmount(2.2223333344444455e20, "gram")),
        ("  8 fluid ounce ", WrittenAmount(8.0, "fluid ounce")),
        ("5 Inch", WrittenAmount(5.0, "inch")),
        ("", None),
        (" ", None),
        ("EMPTY", None),
        ("nan", None),
        ("about 5 inch", WrittenAmount(None, "about 5 inch")),
        ("12inch", WrittenAmount(None, "12inch")),
        ("inf inch", WrittenAmount(None, "inch")),
    ],
)
def test_parse_amount(text: str, amount: WrittenAmount | None) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    ("value", "primary", "others"),
    [
        ("500.0 gram", WrittenAmount(500.0, "gram"), ()),
        ("", None, ()),
        ("EMPTY", None, ()),
        ("[100.0, 240.0] volt", WrittenAmount(240.0, "volt"), (WrittenAmount(100.0, "volt"),)),
        ("10 kilogram to 15 kilogram", WrittenAmount(15.0, "kilogram"), (WrittenAmount(10.0, "kilogram"),)),
        ("0 kilogram to 2kilogram", WrittenAmount(2.0, "kilogram"), (WrittenAmount(0.0, "kilogram"),)),
        ("7.5 ounce to 1 pound", WrittenAmount(1.0, "pound"), (WrittenAmount(7.5, "ounce"),)),
        ("2 fluid ounce to 3 fluid ounce", WrittenAmount(3.0, "fluid ounce"), (WrittenAmount(2.0, "fluid ounce"),)),
    ],
)
def test_parse_label(value: str, primary: WrittenAmount | None, others: tuple[WrittenAmount, ...]) -> None:
    assert parse_label(value) == Label("" if value == "EMPTY" else value, primary, others)


@pytest.mark.parametrize(
    ("primary", "accepted", "label"),
    [
        ("24 inch", "", Label("24 inch", WrittenAmount(24.0, "inch"))),
        (
            "24 inch",
            "61 centimetre",
            Label("24 inch", WrittenAmount(24.0, "inch"), (WrittenAmount(61.0, "centimetre"),)),
        ),
        ("EMPTY", "24 inch", Label("", None, (WrittenAmount(24.0, "inch"),))),
        ("24 inch", "EMPTY|", Label("24 inch", WrittenAmount(24.0, "inch"), (None,))),
    ],
)
def test_parse_gold_label(primary: str, accepted: str, label: Label) -> None:
    assert parse_gold_label(primary, accepted) == label


@pytest.mark.parametrize(
    ("columns", "wanted", "found"),
    [
        (["index", "entity_value"], None, ("entity_value",)),
        (["index", "primary", "accepted", "entity_value"], None, ("primary", "accepted")),
        (["primary", "accepted"], "primary", ("primary",)),
        (["consensus", "entity_value"], "consensus", ("consensus",)),
    ],
)
def test_label_columns(columns: list[str], wanted: str | None, found: tuple[str, ...]) -> None:
    assert label_columns(table_of(dict.fromkeys(columns, ())), wanted) == found


@pytest.mark.parametrize(
    ("columns", "wanted", "message"),
    [
        (["index", "primary"], None, "--label-column"),
        (
            ["index", "entity_value"],
            "consensus",
            "no label column 'consensus'; the header has: index, entity_value",
        ),
    ],
)
def test_no_labels_is_an_input_error(columns: list[str], wanted: str | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        label_columns(table_of(dict.fromkeys(columns, ())), wanted)


def test_labels_of_reads_both_forms() -> None:
    table = table_of(
        {"primary": ("5 inch", "EMPTY"), "accepted": ("6 inch", ""), "entity_value": ("7 inch", "")},
    )
    assert labels_of(table, ("primary", "accepted")) == (
        Label("5 inch", WrittenAmount(5.0, "inch"), (WrittenAmount(6.0, "inch"),)),
        Label("", None),
    )
    assert labels_of(table, ("entity_value",)) == (Label("7 inch", WrittenAmount(7.0, "inch")), Label("", None))


@given(st.text(), st.text())
def test_any_text_is_a_label(text: str, accepted: str) -> None:
    assert parse_label(text).answers
    assert parse_gold_label(text, accepted).answers
