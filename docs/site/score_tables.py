"""The tables of scores, which stand in the README alone."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def score_tables() -> str:
    """The tables of the README's section on scores. Raises ValueError where it has none."""
    section = re.search(r"^## Scores\n(.*?)^## ", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    tables = [part for part in section[1].split("\n\n") if part.startswith("|")] if section else []
    if not tables:
        raise ValueError(f"{README} has no tables below the heading Scores")
    return "\n\n".join(tables)
