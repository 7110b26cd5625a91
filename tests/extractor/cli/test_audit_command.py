"""`audit`, `review` and `serve --review` as commands, with a fake engine."""

from __future__ import annotations

import csv
import json

import pytest
from fake_engines import ENGINE, KILLS, RAISES, SUPPORT_FOLDER, picture_bytes

ROWS = """index,image_link,group_id,entity_name,entity_value
a,34.png,1,item_weight,34.0 gram
b,50.png,1,item_weight,0.05 kilogram
c,60.png,1,item_weight,61.0 gram
d,gone.png,1,item_weight,5.0 gram
e,70.png,1,height,70.0 centimetre
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(SUPPORT_FOLDER)
    monkeypatch.setenv("PYTHONPATH", SUPPORT_FOLDER)
    for number in (34, 50, 60, 70):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes(number))
    (tmp_path / "train.csv").write_text(ROWS)
    return tmp_path


def audit(run_command, *more):
    return run_command(
        "audit", "train.csv", "--ocr", ENGINE, "--store", "s.sqlite3", "--workers", 1, "--no-second-look", *more
    )


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_an_audit_has_the_most_suspicious_row_first(run_command, folder):
    code, _, err = audit(run_command, "--label-studio", "tasks.json")
    assert code == 0, err
    rows = rows_of(folder / "train_audit.csv")
    assert {row["index"]: row["verdict"] for row in rows} == {
        "a": "agrees", "b": "other_unit", "c": "other_value", "d": "no_picture", "e": "not_in_picture",
    }  # fmt: skip
    suspicion = [float(row["suspicion"]) for row in rows]
    assert suspicion == sorted(suspicion, reverse=True)
    assert {row["index"] for row in rows[:2]} == {"c", "e"}
    assert "5: 2 suspicious" in err
    assert [json.loads(line)["index"] for line in (folder / "train_audit_review.jsonl").open()] == [
        row["index"] for row in rows
    ]
    tasks = json.loads((folder / "tasks.json").read_text())
    assert [task["data"]["index"] for task in tasks] == [row["index"] for row in rows]
    assert (folder / "tasks.xml").read_text().startswith("<View>")
    assert f"LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT={folder.parent}" in err
    assert (folder / "train.csv").read_text() == ROWS


def test_an_audit_numbers_rows_and_takes_another_column(run_command, folder):
    (folder / "train.csv").write_text("image,entity_name,mine\n34.png,item_weight,34 g\n50.png,item_weight,50 gram\n")
    code, _, err = audit(run_command, "--label-column", "mine", "--limit", 1, "--out", "out.csv", "--no-cache")
    assert code == 0, err
    (row,) = rows_of(folder / "out.csv")
    assert (row["index"], row["mine"], row["prediction"]) == ("0", "34 g", "34.0 gram")


@pytest.mark.parametrize("out", ["train.csv", "nowhere/out.csv", "s.sqlite3"])
def test_an_output_that_would_do_harm_is_refused_before_the_work(run_command, folder, out):
    (folder / "s.sqlite3").touch()
    code, _, err = audit(run_command, "--out", out)
    assert code == 2
    assert "cannot be written" in err
    assert (folder / "train.csv").read_text() == ROWS


def test_json_lines_are_audited_into_a_csv_file(run_command, folder):
    (folder / "train.jsonl").write_text(
        '{"image": "34.png", "entity_name": "item_weight", "entity_value": "35 gram"}\n'
    )
    common = ("train.jsonl", "--ocr", ENGINE, "--store", "s.sqlite3", "--workers", 1, "--no-second-look")
    code, _, err = run_command("audit", *common, "--out", "audit.jsonl")
    assert (code, "name it .csv" in err) == (2, True)
    code, _, err = run_command("audit", *common)
    assert code == 0, err
    assert rows_of(folder / "train_audit.csv")[0]["suggestion"] == "34.0 gram"


@pytest.mark.parametrize("mood", [RAISES, KILLS])
def test_a_picture_that_fails_costs_no_other_row(run_command, folder, mood):
    (folder / "60.png").write_bytes(picture_bytes(60, mood))
    code, _, err = audit(run_command)
    assert code == 0, err
    verdicts = {row["index"]: row["verdict"] for row in rows_of(folder / "train_audit.csv")}
    assert (verdicts["a"], verdicts["c"]) == ("agrees", "no_picture")


def test_labels_alone_are_judged_where_no_picture_can_be_had(run_command, folder):
    (folder / "train.csv").write_text("image_link,entity_name,entity_value\ngone.png,item_weight,5.0 candela\n")
    code, _, err = audit(run_command)
    assert code == 3
    assert "no picture could be had" in err
    assert rows_of(folder / "train_audit.csv")[0]["verdict"] == "unit_not_allowed"


@pytest.fixture
def reviewed(folder, run_command):
    """An audit and the logs of two raters."""
    from pathlib import Path

    from fake_audits import write_audit

    from extractor.review.decisions import Action, decide
    from extractor.review.items import ReviewItems
    from extractor.review.log import DecisionLog

    items = ReviewItems(write_audit(folder))
    for rater, action in (("kim", Action.KEEP), ("lee", Action.NOT_STATED)):
        with DecisionLog(Path(f"audit_{rater}.jsonl")) as log:
            log.append(decide(items[0].audit, Action.KEEP, "", rater))
            log.append(decide(items[2].audit, Action.TAKE, "", rater))
            log.append(decide(items[4].audit, action, "", rater))
    return folder


def test_export_writes_labels_that_evaluate_reads(run_command, reviewed):
    code, _, err = run_command("review", "export", "audit_kim.jsonl", "audit.csv", "--out", "curated.csv")
    assert (code, "3 rows" in err) == (0, True)
    assert [row["entity_value"] for row in rows_of(reviewed / "curated.csv")] == [
        "1.0 kilogram", "3.0 kilogram", "5.0 kilogram",
    ]  # fmt: skip
    (reviewed / "out.csv").write_text("index,prediction\n0,1.0 kilogram\n2,3.0 kilogram\n4,5.0 kilogram\n")
    code, out, err = run_command("evaluate", "curated.csv", "--pred", "out.csv")
    assert code == 0, err
    assert "1.000" in out
    code, _, err = run_command("review", "export", "audit_kim.jsonl", "audit.csv", "--unreviewed")
    assert "10 rows" in err


def test_agreement_of_two_logs(run_command, reviewed):
    code, out, _ = run_command("review", "agreement", "audit_kim.jsonl", "audit_lee.jsonl")
    assert code == 0
    table = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert table["all"] == ["3", "66.7%", "0.500"]
    assert table["other_value"] == ["1", "100.0%", "-"]


def test_import_of_an_export(run_command, reviewed):
    data = {"index": "0", "image_link": "picture 0.png", "entity": "item_weight", "label": "1.0 kilogram",
            "verdict": "agrees", "suggestion": ""}  # fmt: skip
    values = [("keep", 1), ("take", 2), ("not_stated", 3)]
    tasks = [
        {"data": data, "annotations": [
            {"completed_by": by, "updated_at": f"2026-01-0{by}T00:00:00Z",
             "result": [{"from_name": "decision", "value": {"choices": [choice]}}]}]}
        for choice, by in values
    ]  # fmt: skip
    (reviewed / "export.json").write_text(json.dumps(tasks))
    code, _, err = run_command("review", "import", "export.json", "--out", "team.jsonl")
    assert (code, "left out  row 0: there is no suggestion" in err, "2 decisions" in err) == (0, True, True)
    code, _, err = run_command("review", "import", "export.json", "--out", "one.jsonl", "--rater", "1")
    assert "1 decisions" in err
    code, _, err = run_command("review", "export", "team.jsonl", "audit.csv")
    assert code == 0, err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--review", "audit.csv"), "--rater"),
        (("--review", "audit.csv", "--rater", "../kim"), "no name for a rater"),
        (("--review", "missing.csv", "--rater", "kim"), "missing.csv: no such file"),
        (("--review", "train.csv", "--rater", "kim"), "train_review.jsonl cannot be read"),
        (("--review", "audit.csv", "--rater", "kim", "--log", "audit.csv"), "it is the input audit.csv"),
    ],
)
def test_a_review_that_cannot_be_served_says_why(run_command, reviewed, arguments, said):
    code, _, err = run_command("serve", *arguments)
    assert code == 2
    assert said in " ".join(err.split())


@pytest.mark.parametrize("name", ["audit.jsonl", "audit.parquet"])
@pytest.mark.parametrize("command", [("audit", "train.csv"), ("review", "export", "log.jsonl", "audit.csv")])
def test_a_name_of_another_format_is_refused(run_command, folder, command, name):
    code, _, err = run_command(*command, "--out", name)
    assert code == 2
    assert "name it .csv" in err
    assert not (folder / name).exists()
