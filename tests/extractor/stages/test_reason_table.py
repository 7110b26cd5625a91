"""The table that explains reason codes to people: whole, and without empty cells."""

from dataclasses import astuple

import pytest

from extractor.stages.reason import Reason
from extractor.stages.reason_table import ADVICE, TABLES


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_explained_once(reason):
    assert sum(reason in table for table in TABLES.values()) == 1


@pytest.mark.parametrize("reason", ADVICE)
def test_an_explanation_is_in_sentences(reason):
    for text in astuple(ADVICE[reason]):
        assert text.endswith(".")
        assert text[0] == text[0].upper()
        assert text.count("`") % 2 == 0
