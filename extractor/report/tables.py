"""Tables of the report as HTML; every text in them is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from extractor.evaluation.bootstrap import Interval


@dataclass(frozen=True, slots=True)
class Filter:
    """A cell that shows the rows with this value of a filter when it is pressed; `name` is that of the filter."""

    name: str
    value: str
    text: str


Cell = str | int | float | Interval | Filter | None


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table; the first cell of each row is its heading. Numbers stand to the right, with three decimals at most."""
    rows = list(rows)
    numeric = [bool(rows) and all(not isinstance(row[i], str | Filter) for row in rows) for i in range(len(headings))]
    head = "".join(
        f'<th scope="col"{_right(right)}>{escape(h)}</th>' for h, right in zip(headings, numeric, strict=True)
    )
    body = "".join(
        f'<tr><th scope="row">{_text(row[0])}</th>'
        + "".join(f"<td{_right(right)}>{_text(cell)}</td>" for cell, right in zip(row[1:], numeric[1:], strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _right(numeric: bool) -> str:
    return ' class="number"' if numeric else ""


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return "&ndash;"
        case Filter(name, value, text):
            return (
                f'<button type="button" class="link" data-filter="{escape(name)}" data-value="{escape(value)}">'
                f"{escape(text)}</button>"
            )
        case Interval(low, high):
            return f"{low:.3f}&ndash;{high:.3f}"
        case float():
            return f"{cell:.3f}"
        case _:
            return escape(str(cell))
