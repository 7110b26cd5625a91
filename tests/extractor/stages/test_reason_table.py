"""The table that explains reason codes to people: whole, and without empty cells."""

from dataclasses import astuple

import pytest

from extractor.stages.reason import Reason
from extractor.stages.reason_table import TABLES


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_explained_once(reason):
    assert sum(reason in table for table in TABLES.values()) == 1


@pytest.mark.parametrize(("heading", "reason"), [(heading, reason) for heading in TABLES for reason in TABLES[heading]])
def test_an_explanation_is_in_sentences(heading, reason):
    for text in astuple(TABLES[heading][reason]):
        assert text.endswith(".")
        assert text[0] == text[0].upper()
        assert text.count("`") % 2 == 0
