"""Decisions as labels to train on: `index,image_link,group_id,entity_name,entity_value,decision`.

`entity_value` is the label from now on, empty where the picture does not state it; `evaluate`, `fit` and `prepare` read
the file as it is. Links are those of the audit. Rows that a reviewer is unsure of are left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from extractor.review.decisions import Decision, Outcome
from extractor.review.items import ReviewItems
from extractor.tables.csv_file import InputError
from extractor.tables.labels import VALUE
from extractor.tables.rows import ENTITY_NAME, GROUP_ID, IMAGE_LINK, INDEX

HEADER = (INDEX, IMAGE_LINK, GROUP_ID, ENTITY_NAME, VALUE, "decision")
UNREVIEWED = "unreviewed"


def curated_lines(items: ReviewItems, decisions: Mapping[str, Decision], *, unreviewed: bool) -> Iterator[bytes]:
    """The lines of the file, in the order of the audit; with `unreviewed` also rows that nobody looked at.

    Raises InputError where the decisions are on other rows than those of the audit.
    """
    strangers = decisions.keys() - set(items.indices)
    if strangers:
        raise InputError(f"the log has decisions on rows that the audit lacks: {', '.join(sorted(strangers)[:5])}")
    yield _line(HEADER)
    for position, index in enumerate(items.indices):
        decision = decisions.get(index)
        if decision is None and not unreviewed:
            continue
        audit = items[position].audit
        row, label = audit.row, audit.label.text
        if decision is None:
            value, how = label, UNREVIEWED
        elif (decision.entity, decision.image_link, decision.label) != (row.entity, row.image_link, label):
            raise InputError(f"row {index} of the log is another one than that of the audit: give the log's own audit")
        elif decision.outcome is Outcome.OPEN:
            continue
        else:
            value, how = decision.value, str(decision.action)
        yield _line((index, row.image_link, row.group_id, row.entity, value, how))


def _line(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode(errors="backslashreplace")
