"""Cells that no spreadsheet takes for a formula: for texts of pictures, file names and other words of strangers.

The page of the service has the same in JavaScript (`service/page_table.js`), and a test holds the two together.
"""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a cell must not begin with, blanks and control characters aside: OWASP, "CSV Injection"."""


def harmless(cell: str) -> str:
    """The cell without control characters, and behind an apostrophe where a spreadsheet would take it for a formula."""
    plain = "".join(letter if letter.isprintable() else " " for letter in cell)
    return f"'{plain}" if plain.lstrip().startswith(FORMULA_STARTS) else plain
