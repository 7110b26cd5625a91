"""What is right for a row: the labels of an evaluation file, in any of its forms.

Gold form: column `primary` (the best answer, `EMPTY` when the picture does not state it) and `accepted`
(other answers that count as right, joined by `|`; `EMPTY` there means that the row may also be left empty).
Otherwise one column, `entity_value` unless another is named, with a value as the challenge's train.csv has
it: `500.0 gram`, `1400 milligram`, `1,000.0 gram`, or nothing when the picture does not state it. A range
(`[100.0, 240.0] volt`, `10 kilogram to 15 kilogram`) has its upper end as primary answer and its lower
end as an accepted one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.tables.rows import Table

PRIMARY, ACCEPTED, VALUE = "primary", "accepted", "entity_value"
EMPTY = "EMPTY"
"""How the gold form writes "not stated in the picture"."""

_NOTHING = frozenset({"", EMPTY, "nan"})
_BRACKETED = re.compile(r"^\[([^\s,\]]+),\s*([^\s\]]+)\]\s*(.+)$")
_SPELT_OUT = re.compile(r"^(\S+)\s+(.+?)\s+to\s+([-\d.,]+(?:e[-+]?\d+)?)\s*(.+)$")


@dataclass(frozen=True, slots=True)
class WrittenAmount:
    """A number and its unit as written; `number` is None when the text is not a number and a unit."""

    number: float | None
    unit: str

    def __str__(self) -> str:
        return self.unit if self.number is None else f"{self.number:.12g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Label:
    """What is right for one row.

    `text` is the label as the file writes it, "" for not stated. `primary` is the best answer, `others` also count as
    right; None is the empty answer: the picture does not state a value.
    """

    text: str
    primary: WrittenAmount | None
    others: tuple[WrittenAmount | None, ...] = ()

    @property
    def answers(self) -> tuple[WrittenAmount | None, ...]:
        """All that count as right, the best first."""
        return (self.primary, *self.others)

    @property
    def amounts(self) -> tuple[WrittenAmount, ...]:
        """The answers without the empty one."""
        return tuple(answer for answer in self.answers if answer is not None)


def parse_amount(text: str) -> WrittenAmount | None:
    """The amount that `text` states, None when it states nothing; thousands separators are read."""
    text = text.strip()
    if text in _NOTHING:
        return None
    number, _, unit = text.partition(" ")
    try:
        value = float(number.replace(",", ""))
    except ValueError:
        return WrittenAmount(None, text)
    return WrittenAmount(value if math.isfinite(value) else None, unit.strip().lower())


def written(amount: WrittenAmount | None) -> str:
    """The amount as text, "" for the empty answer."""
    return "" if amount is None else str(amount)


def parse_label(value: str) -> Label:
    """The label that one value of an `entity_value` column states; a range has two right answers."""
    text = "" if value.strip() == EMPTY else value.strip()
    spelt_out = _SPELT_OUT.match(_BRACKETED.sub(r"\1 \3 to \2 \3", text))
    if spelt_out is None:
        return Label(text, parse_amount(text))
    low, low_unit, high, unit = spelt_out.groups()
    return Label(text, parse_amount(f"{high} {unit}"), (parse_amount(f"{low} {low_unit}"),))


def parse_gold_label(primary: str, accepted: str) -> Label:
    """The label of a row in gold form."""
    others = tuple(parse_amount(answer) for answer in accepted.split("|") if answer.strip())
    text = "" if primary.strip() == EMPTY else primary.strip()
    return Label(text, parse_amount(primary), others)


def label_columns(table: Table, column: str | None) -> tuple[str, ...]:
    """The columns that hold the labels: `(primary, accepted)` for the gold form, else a single one.

    `column` names another one to take them from. Raises InputError when there is no such column.
    """
    if column is not None:
        if column not in table.columns:
            raise table.header_error(f"no label column {column!r}")
        return (column,)
    for columns in ((PRIMARY, ACCEPTED), (VALUE,)):
        if table.columns.keys() >= set(columns):
            return columns
    raise table.header_error(
        f"no labels: neither {VALUE} nor {PRIMARY} and {ACCEPTED}; name their column with --label-column"
    )


def labels_of(table: Table, columns: Sequence[str]) -> tuple[Label, ...]:
    """The labels of all rows of the table, from the columns that `label_columns` gives."""
    cells = [table.columns[name] for name in columns]
    if len(cells) == 2:
        return tuple(map(parse_gold_label, *cells))
    return tuple(map(parse_label, *cells))
