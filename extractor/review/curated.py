"""Decisions as labels to train on: `index,image_link,group_id,entity_name,entity_value,decision`.

`entity_value` is the label from now on, empty where the picture does not state it; `evaluate`, `fit` and `prepare` read
the file as it is. Links are those of the audit. Rows that a reviewer is unsure of are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extractor.review.decisions import Decision, Outcome, check_same_row
from extractor.review.items import ReviewItems
from extractor.tables.csv_file import csv_lines
from extractor.tables.labels import VALUE
from extractor.tables.rows import ENTITY_NAME, GROUP_ID, IMAGE_LINK, INDEX

HEADER = (INDEX, IMAGE_LINK, GROUP_ID, ENTITY_NAME, VALUE, "decision")
UNREVIEWED = "unreviewed"


def curated_lines(items: ReviewItems, decisions: Mapping[str, Decision], *, unreviewed: bool) -> Iterator[bytes]:
    """The lines of the file, in the order of the audit; with `unreviewed` also rows that nobody looked at.

    Raises InputError where the decisions are on other rows than those of the audit.
    """
    for index in decisions.keys() - set(items.indices):
        check_same_row(decisions[index], None)
    yield from csv_lines([HEADER])
    for position, index in enumerate(items.indices):
        decision = decisions.get(index)
        if decision is None and not unreviewed:
            continue
        audit = items[position].audit
        row, label = audit.row, audit.label.text
        value, how = label, UNREVIEWED
        if decision is not None:
            check_same_row(decision, audit)
            if decision.outcome is Outcome.OPEN:
                continue
            value, how = decision.value, str(decision.action)
        yield from csv_lines([(index, row.image_link, row.group_id, row.entity, value, how)])
