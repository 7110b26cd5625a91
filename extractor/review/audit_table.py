"""The audit as a CSV file: the input's own columns, then those of the audit.

index        the row's number, where the input has no such column
prediction   what the picture states, "" for nothing
status       how far that can be trusted, as in the trace
confidence   the probability that it is right, 0 to 1
verdict      one of `extractor.review.verdicts.Verdict`
suspicion    the probability that a person would change the label, 0 to 1
suggestion   "" to keep the label, not_stated to empty it, or the value to put in its place
reason       a sentence

Texts of pictures stand in `reason` only. A cell of these columns never begins like a formula, so that a spreadsheet
runs nothing; the input's own columns are as they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.review.verdicts import Audit
from extractor.tables.csv_file import csv_lines
from extractor.tables.formulas import harmless
from extractor.tables.rows import INDEX, Table
from extractor.tables.trace import DIGITS

COLUMNS = ("prediction", "status", "confidence", "verdict", "suspicion", "suggestion", "reason")


def header_of(table: Table) -> list[str]:
    """The columns of the audit of `table`. An audit is audited anew: its columns are replaced."""
    own = [name for name in table.columns if name not in COLUMNS]
    return [*([] if INDEX in own else [INDEX]), *own, *COLUMNS]


def audit_lines(table: Table, audits: Sequence[Audit], order: Sequence[int]) -> Iterator[bytes]:
    """The lines of the file; `audits` are those of the table's rows, `order` the places in which they are written."""
    header = header_of(table)
    yield from csv_lines([header])
    for place in order:
        one = audits[place]
        own = {name: cells[place] for name, cells in table.columns.items()}
        cells = {INDEX: one.row.index} | own | _cells(one)
        yield from csv_lines([[cells[name] for name in header]])


def _cells(one: Audit) -> dict[str, str]:
    answer = one.answer
    cells = (
        answer.text,
        str(answer.status),
        f"{answer.confidence:.{DIGITS}f}",
        str(one.verdict),
        f"{one.suspicion:.{DIGITS}f}",
        one.suggestion,
        one.reason,
    )
    return {name: harmless(cell) for name, cell in zip(COLUMNS, cells, strict=True)}
