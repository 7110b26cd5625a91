"""The benchmark of the audit: which rows count as wrong, and how labels are made wrong."""

from __future__ import annotations

import pytest

from benchmarks.audit import ABSENT, OTHER, WRONG_WAYS, Judged, corrupted_rows, curated_rows, report
from extractor.evaluation.inputs import LabelledRows
from extractor.stages.answer import Answer
from extractor.stages.reason import Reason
from extractor.tables.labels import parse_gold_label, parse_label
from extractor.tables.rows import Row
from extractor.tables.trace import RowAnswer, StagesCached, StageSeconds
from rules.amount import Amount


def answered(index, entity="item_weight", grams=None):
    row = Row(str(index), f"http://x/{index}.jpg", "7", entity)
    amount = None if grams is None else Amount(grams, "gram")
    answer = Answer(entity, amount, Reason.ANSWERED if amount else Reason.NO_CANDIDATE, 0.9 if amount else 0.0)
    return RowAnswer(row, answer, "00", StageSeconds(), StagesCached())


@pytest.mark.parametrize(
    ("label", "person", "wrong"),
    [
        ("15.0 kilogram", "15 kilogram", False),
        ("[1.0, 2.0] kilogram", "2 kilogram", False),
        ("[1.0, 2.0] kilogram", "3 kilogram", True),
        ("15.0 kilogram", "15 pound", True),
        ("15.0 kilogram", "", True),
        ("", "5 gram", True),
        ("", "", False),
    ],
)
def test_what_counts_as_changed(tmp_path, label, person, wrong):
    curated = tmp_path / "curated.csv"
    curated.write_text(f'image,entity_name,curated_value\n1.jpg,item_weight,"{person}"\n')
    judged = curated_rows([answered(1), answered(2)], [parse_label(label)] * 2, curated)
    assert [(one.audit.row.index, one.wrong) for one in judged] == [("1", wrong)]


def test_labels_are_made_wrong_in_the_shares_that_people_found():
    rows = [answered(index, grams=float(index + 1)) for index in range(158)] + [
        answered(index) for index in range(158, 300)
    ]
    labels = [parse_gold_label(f"{index + 1} gram", "") for index in range(158)]
    labels += [parse_gold_label("EMPTY", "")] * 142
    labelled = LabelledRows(tuple(one.row for one in rows), tuple(labels), ("primary", "accepted"))
    judged = corrupted_rows(labelled, rows, seed=1)
    absent = [one for one in judged if int(one.audit.row.index) >= 158]
    assert len(absent) / len(judged) == pytest.approx(WRONG_WAYS[ABSENT], abs=0.01)
    assert all(one.wrong for one in absent)
    other = [one for one in judged if one.wrong and one not in absent]
    assert len(other) / len(judged) == pytest.approx(WRONG_WAYS[OTHER], abs=0.01)
    for one in judged:
        right = labels[int(one.audit.row.index)].primary
        assert one.wrong != (one.audit.label.primary == right)


def test_the_report_counts_flags_and_the_head_of_the_list(tmp_path):
    curated = tmp_path / "curated.csv"
    lines = [f"{index}.jpg,item_weight,{'5 gram' if index else ''}" for index in range(10)]
    curated.write_text("\n".join(["image,entity_name,curated_value", *lines]))
    rows = [answered(0)] + [answered(index, grams=5.0) for index in range(1, 10)]
    judged = curated_rows(rows, [parse_label("5.0 gram")] * 10, curated)
    assert all(isinstance(one, Judged) for one in judged)
    text = "\n".join(report(judged))
    assert "rows 10, wrong labels 1 (10.0%)" in text
    assert "1 rows, precision 1.000, recall 1.000" in text
    assert "(2 rows): 1 of 1, 100.0%" in text
