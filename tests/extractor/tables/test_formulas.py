import pytest

from extractor.tables.formulas import FORMULA_STARTS, harmless


@pytest.mark.parametrize("start", [*FORMULA_STARTS, "\t=", "\r@", "\n-", " =", "\0+", "\u2028=", "\u00a0＝"])
def test_a_cell_that_begins_like_a_formula_is_made_text(start):
    cell = harmless(f"{start}cmd|' /C calc'!A0")
    assert cell.startswith("'")
    assert cell.isprintable()


@pytest.mark.parametrize("text", ["34.0 gram", "", "a=b", "'=1", "3 x 4 cm", "½ kg"])
def test_other_cells_stay(text):
    assert harmless(text) == text
