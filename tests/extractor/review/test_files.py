"""The files of an audit and of a review: what a spreadsheet sees, labels to train on, agreement, Label Studio."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from fake_audits import write_audit
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from extractor.review.agreement import agreements, kappa
from extractor.review.audit import audit
from extractor.review.audit_table import COLUMNS, audit_lines
from extractor.review.curated import curated_lines
from extractor.review.decisions import Action, decide
from extractor.review.items import ReviewItems, _index_of, item_line
from extractor.review.label_studio import config_path, pictures_root, task_of
from extractor.review.label_studio_import import read_export
from extractor.review.log import log_lines, read_decisions
from extractor.stages.answer import Answer
from extractor.stages.reason import Reason
from extractor.tables.csv_file import InputError
from extractor.tables.formulas import FORMULA_STARTS
from extractor.tables.labels import parse_label
from extractor.tables.rows import Row, Table
from ocr.token import OcrToken
from rules.amount import Amount

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 4.0), (0.0, 4.0))


@pytest.fixture
def items(tmp_path):
    return ReviewItems(write_audit(tmp_path))


def cells_of(lines):
    return list(csv.reader(io.StringIO(b"".join(lines).decode(), newline="")))


@settings(max_examples=50)
@given(st.text())
def test_no_cell_of_ours_is_a_formula_whatever_a_picture_says(text):
    row = Row("1", "a.jpg", "", "item_weight")
    answer = Answer("item_weight", Amount(1.0, "gram"), Reason.ANSWERED, 0.9, evidence=(OcrToken(text, BOX, 1.0),))
    failed = Answer("item_weight", None, Reason.PICTURE_MISSING, 0.0, source=None, detail=text)
    for one in (audit(row, parse_label("2 gram"), answer), audit(row, parse_label("2 gram"), failed)):
        table = Table(None, {"index": ("1",), "entity_value": ("2 gram",)}, (2,))
        header, line = cells_of(audit_lines(table, [one], [0]))
        assert not any(cell.lstrip().startswith(FORMULA_STARTS) for cell in line[-len(COLUMNS) :])
        assert len(line) == len(header)


def test_an_audit_is_audited_anew_with_its_columns_in_place(items, tmp_path):
    header, *_ = cells_of([(tmp_path / "audit.csv").read_bytes()])
    assert header == ["index", "image_link", "group_id", "entity_name", "entity_value", *COLUMNS]
    table = Table(None, dict.fromkeys(header, ("1",)), (2,))
    assert cells_of(audit_lines(table, [items[0].audit], [0]))[0] == header


def test_items_are_found_in_the_order_of_the_audit_even_when_people_sort_and_cut_it(items, tmp_path):
    header, *lines = (tmp_path / "audit.csv").read_text().splitlines()
    (tmp_path / "audit.csv").write_text("\n".join([header, lines[7], lines[2]]) + "\n")
    shown = ReviewItems(tmp_path / "audit.csv")
    assert [shown[position].index for position in range(len(shown))] == ["7", "2"]
    assert shown[1] == items[2]


@pytest.mark.parametrize(
    ("audit_csv", "review", "said"),
    [
        ("image_link\na.jpg\n", None, "no column index"),
        ("index\n77\n", None, "has no row '77'"),
        (None, "{}\n", "not what `extractor audit` writes"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(items, tmp_path, audit_csv, review, said):
    if audit_csv:
        (tmp_path / "audit.csv").write_text(audit_csv)
    if review:
        (tmp_path / "audit_review.jsonl").write_text(review)
    with pytest.raises(InputError, match=said):
        ReviewItems(tmp_path / "audit.csv")


def test_a_large_audit_is_opened_by_the_beginnings_of_its_lines(items, tmp_path):
    path, second = tmp_path / "audit_review.jsonl", items[1]
    first, *lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([first[:40] + b"\n", *lines]))
    shown = ReviewItems(tmp_path / "audit.csv")
    assert shown[1] == second
    with pytest.raises(InputError, match="has changed, or is damaged"):
        shown[0]
    path.write_bytes(first.replace(b'"index":"0"', b'"index":"8"', 1) + b"".join(lines))
    with pytest.raises(InputError, match="start again"):
        shown[0]


@pytest.mark.parametrize("index", ["", "a,b", 'say "12"', "\\", "7\n", "ü\u2028"])
def test_any_index_is_known_by_the_beginning_of_its_line(items, index):
    assert _index_of(item_line(replace(items[0], index=index))) == index


def decisions_of(items, *actions, rater="kim"):
    """One decision for each of the first rows; a text is a typed value."""
    made = []
    for position, action in enumerate(actions):
        typed = "" if isinstance(action, Action) else action
        made.append(decide(items[position].audit, action if not typed else Action.VALUE, typed, rater))
    return {one.index: one for one in made}


def test_labels_to_train_on(items):
    decisions = decisions_of(items, Action.KEEP, Action.UNSURE, Action.TAKE, Action.NOT_STATED, "5 lb")
    header, *rows = cells_of(curated_lines(items, decisions, unreviewed=False))
    assert header == ["index", "image_link", "group_id", "entity_name", "entity_value", "decision"]
    assert [(row[0], *row[4:]) for row in rows] == [
        ("0", "1.0 kilogram", "keep"),
        ("2", "3.0 kilogram", "take"),
        ("3", "", "not_stated"),
        ("4", "5.0 pound", "value"),
    ]
    _, *rows = cells_of(curated_lines(items, decisions, unreviewed=True))
    assert [row[0] for row in rows] == ["0", "2", "3", "4", "5", "6", "7", "8", "9"]
    assert rows[4][4:] == ["500.0 gram", "unreviewed"]


def test_decisions_on_other_rows_are_refused(items, tmp_path):
    decisions = decisions_of(items, Action.KEEP)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(InputError, match="another audit"):
        list(curated_lines(ReviewItems(write_audit(other, name="photo {}.png")), decisions, unreviewed=False))


def test_agreement_is_about_the_label_not_the_key(items):
    kim = decisions_of(items, Action.KEEP, Action.KEEP, Action.TAKE, Action.TAKE, Action.UNSURE)
    lee = decisions_of(items, "1 kg", Action.NOT_STATED, "3 kg", Action.NOT_STATED, Action.UNSURE, "6 kg")
    everything, *by_verdict = agreements(kim, lee)
    assert (everything.verdict, everything.rows, everything.agreed) == ("all", 5, 4)
    assert {(one.verdict, one.rows, one.agreed) for one in by_verdict} == {
        ("agrees", 3, 2),
        ("other_value", 1, 1),
        ("not_in_picture", 1, 1),
    }


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=40))
def test_kappa_is_that_of_scikit_learn(pairs):
    one, other = zip(*pairs, strict=True)
    found = kappa(one, other)
    if found is None:
        assert len({*one, *other}) == 1
    else:
        assert found == pytest.approx(cohen_kappa_score(one, other))


def test_logs_without_a_common_row_are_refused(items):
    kim = decisions_of(items, Action.KEEP)
    with pytest.raises(InputError, match="no row in common"):
        agreements(kim, {})


def test_a_task_joins_rectangle_text_and_role_by_id(items):
    task = task_of(items[2], pictures_root([items[2]]))
    (prediction,) = task["predictions"]
    region = [one for one in prediction["result"] if one["id"] == "token-0"]
    assert [one["type"] for one in region] == ["rectangle", "textarea", "choices"]
    box = {"x": 100 / 3, "y": 37.5, "width": 100 / 3, "height": 15.0, "rotation": 0.0}
    for one in region:
        assert {name: one["value"][name] for name in box} == pytest.approx(box)
    assert region[1]["value"]["text"] == ["3 kg"]
    assert region[2]["value"]["choices"] == ["evidence"]
    asked = {one["from_name"]: one["value"] for one in prediction["result"][3:]}
    assert asked == {"decision": {"choices": ["take"]}, "answer": {"text": ["3.0 kilogram"]}}
    assert task["data"]["image"] == f"/data/local-files/?d={items[2].picture.parent.name}/picture%202.png"


def exported(items, position, decision, answer="", **annotation):
    result = [{"from_name": "decision", "value": {"choices": [decision]}}] if decision else []
    result += [{"from_name": "answer", "value": {"text": [answer]}}] if answer else []
    given = {"result": result, "completed_by": 1, "updated_at": "2026-01-01T10:00:00Z", **annotation}
    return {"data": task_of(items[position], None)["data"], "annotations": [given]}


def test_an_export_of_label_studio_is_read_back_to_a_log(items, tmp_path):
    tasks = [
        exported(items, 0, "keep"),
        exported(items, 2, "take", "3.0 kilogram"),
        exported(items, 3, "not_stated"),
        exported(items, 4, "value", "5lb", completed_by={"id": 3, "email": "lee@example.com"}),
        exported(items, 5, "unsure"),
        exported(items, 6, "value", "5 cm"),
        exported(items, 7, ""),
        exported(items, 8, "keep", was_cancelled=True),
        exported(items, 1, "take"),
        {"data": task_of(items[9], None)["data"], "annotations": []},
    ]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    decisions, skipped = read_export(path)
    assert [(one.index, one.value) for one in decisions] == [
        ("0", "1.0 kilogram"), ("2", "3.0 kilogram"), ("3", ""), ("4", "5.0 pound"), ("5", ""),
    ]  # fmt: skip
    assert {one.rater for one in decisions} == {"1", "lee@example.com"}
    assert [one.index for one in skipped] == ["6", "7", "8", "1"]
    (tmp_path / "log.jsonl").write_bytes(b"".join(log_lines(decisions)))
    assert read_decisions(tmp_path / "log.jsonl") == {one.index: one for one in decisions}


@pytest.mark.parametrize(
    "content", ["", "{}", '[{"data": {}}]', '[{"data": {"index": "1"}, "annotations": [{}]}]', "[1]"]
)
def test_another_file_is_no_export(tmp_path, content):
    path = tmp_path / "export.json"
    path.write_text(content)
    if content == "{}":
        assert read_export(path) == ([], [])
        return
    with pytest.raises(InputError, match="no export of Label Studio"):
        read_export(path)


def test_the_configuration_lies_beside_the_tasks(tmp_path):
    assert config_path(tmp_path / "tasks.json") == tmp_path / "tasks.xml"
