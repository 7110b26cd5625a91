"""The tables of reason codes, from `extractor.stages.reason_table`."""

from __future__ import annotations

from extractor.stages.reason_table import TABLES


def reason_tables() -> str:
    """The Markdown: a heading for each table, and a definition for each code."""
    lines = []
    for heading, table in TABLES.items():
        lines += [f"## {heading}", ""]
        for reason, advice in table.items():
            lines += [f"### `{reason}` {{ #{reason} }}", "", advice.meaning, ""]
            lines += [f"- **Usual cause:** {advice.cause}", f"- **What to do:** {advice.remedy}", ""]
    return "\n".join(lines)
