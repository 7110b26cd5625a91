from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from extractor.cache.target import Target
from extractor.evaluation.coverage import Share, Trust
from extractor.evaluation.evaluate import Evaluation, evaluate
from extractor.evaluation.inputs import LabelledRows, read_candidates_and_trust, read_labelled_rows, read_predictions
from extractor.evaluation.metrics import TEST_MIX, Score, Variant
from extractor.evaluation.mistakes import Kind
from extractor.evaluation.tables import WIDTH, evaluation_console, evaluation_json, print_evaluation, write_json
from extractor.stages.answer import Status
from extractor.tables.csv_file import InputError
from extractor.tables.labels import parse_gold_label
from extractor.tables.rows import Row
from rules.counts import Counts

GOLD = """index,image_link,group_id,entity_name,image,primary,accepted,certainty,note
1,http://x/a.jpg,9,width,a.jpg,10 inch,25 centimetre|EMPTY,high,
2,http://x/a.jpg,9,height,a.jpg,EMPTY,,high,"not stated, only width"
5,http://x/b.jpg,9,voltage,b.jpg,240 volt,100 volt,high,
8,http://x/c.jpg,9,voltage,c.jpg,12 volt,,low,
"""


def labelled(*rows: tuple[str, str, str]) -> LabelledRows:
    """Rows of (picture, entity, primary answer), with indices "0", "1", ..."""
    return LabelledRows(
        tuple(Row(str(i), picture, "", entity) for i, (picture, entity, _) in enumerate(rows)),
        tuple(parse_gold_label(primary, "") for _, _, primary in rows),
        ("primary", "accepted"),
    )


def counts(score: Score) -> Counts:
    return Counts(score.tp, score.fp, score.fn, score.tn)


def by_variant(evaluation: Evaluation) -> dict[str, Counts]:
    return {variant.value: counts(score) for variant, score in evaluation.scores.items()}


@pytest.fixture
def gold(tmp_path: Path) -> LabelledRows:
    path = tmp_path / "gold.csv"
    path.write_text(GOLD)
    return read_labelled_rows(path)


def test_every_variant_counts_the_rows_its_own_way(gold: LabelledRows) -> None:
    evaluation = evaluate(gold, {"1": "", "2": "", "5": "100.0 volt", "8": "12.1 volt"})
    assert by_variant(evaluation) == {
        "accepted": Counts(tp=1, fp=1, fn=0, tn=2),
        "primary": Counts(tp=0, fp=2, fn=1, tn=1),
        "within_2_percent": Counts(tp=1, fp=1, fn=1, tn=1),
        "exact_string": Counts(tp=0, fp=2, fn=1, tn=1),
    }
    assert (evaluation.rows, evaluation.pictures, evaluation.stated, evaluation.answered) == (4, 3, 3, 2)


def test_a_missing_prediction_is_empty_and_an_extra_one_does_not_count(gold: LabelledRows) -> None:
    evaluation = evaluate(gold, {"5": "240 volt", "77": "5 inch"})
    assert evaluation.missing == ("1", "2", "8")
    assert evaluation.extra == ("77",)
    assert by_variant(evaluation)["accepted"] == Counts(tp=1, fp=0, fn=1, tn=2)


def test_entities_are_scored_apart(gold: LabelledRows) -> None:
    evaluation = evaluate(gold, {"1": "10 inch", "2": "5 inch", "5": "100 volt"})
    assert [(entity, counts(score)) for entity, score in evaluation.entities.items()] == [
        ("height", Counts(0, 1, 0, 0)),
        ("width", Counts(1, 0, 0, 0)),
        ("voltage", Counts(1, 0, 1, 0)),
    ]
    assert [score.primary.f1 for score in evaluation.entities.values()] == [0, 1, 0]


def test_the_official_mix_weighs_each_entity_by_its_share() -> None:
    rows = labelled(("a", "height", "5 inch"), ("b", "voltage", "5 volt"), ("c", "voltage", "5 volt"))
    evaluation = evaluate(rows, {"0": "5 inch", "1": "6 volt", "2": "6 volt"})
    height, voltage = TEST_MIX["height"], TEST_MIX["voltage"]
    accepted = evaluation.scores[Variant.ACCEPTED]
    assert accepted.precision == pytest.approx(1 / 3)
    assert accepted.test_mix.precision == pytest.approx(height / (height + voltage))


def test_candidates_tell_whether_the_right_value_was_there(gold: LabelledRows) -> None:
    evaluation = evaluate(
        gold, {"1": "3 inch", "5": "9 volt"}, candidates={"1": ["3 inch", "10 inch"], "5": ["9 volt"]}
    )
    assert [(m.index, m.kind, m.right_among_candidates) for m in evaluation.mistakes] == [
        ("1", Kind.ANOTHER_VALUE, True),
        ("5", Kind.ANOTHER_VALUE, False),
        ("8", Kind.MISSED, None),
    ]


def test_a_system_compared_with_itself_does_not_differ(gold: LabelledRows) -> None:
    predictions = {"1": "10 inch", "5": "3 volt"}
    comparison = evaluate(gold, predictions, compared={"same": predictions}).comparisons["same"]
    assert comparison.answered == 2
    assert comparison.missing == ("2", "8")
    assert set(comparison.scores) == set(Variant)
    for score in comparison.scores.values():
        assert (score.f1_difference, *score.f1_difference_interval_by_picture) == (0, 0, 0)


def test_the_interval_of_a_difference_is_paired() -> None:
    """Two systems that differ in few of many rows are told apart though their own intervals overlap."""
    rows = labelled(*((str(i), "width", "5 inch") for i in range(200)))
    better = {str(i): "5 inch" if i % 2 or i < 20 else "6 inch" for i in range(200)}
    worse = {str(i): "5 inch" if i % 2 else "6 inch" for i in range(200)}
    evaluation = evaluate(rows, worse, compared={"better": better})
    compared = evaluation.comparisons["better"].scores[Variant.ACCEPTED]
    alone = evaluate(rows, better).scores[Variant.ACCEPTED].f1_interval_by_picture
    assert compared.f1_difference_interval_by_picture.low > 0
    assert alone.low < evaluation.scores[Variant.ACCEPTED].f1_interval_by_picture.high


def test_the_seed_decides_the_intervals(gold: LabelledRows) -> None:
    predictions = {"1": "10 inch", "5": "3 volt"}
    assert evaluate(gold, predictions, seed=3) == evaluate(gold, predictions, seed=3)


def test_reads_the_form_of_train_csv(tmp_path: Path) -> None:
    path = tmp_path / "train.csv.gz"
    path.write_bytes(
        gzip.compress(b'image_link,group_id,entity_name,entity_value\nhttp://x/a.jpg,1,voltage,"[100.0, 240.0] volt"\n')
    )
    read = read_labelled_rows(path)
    assert read.rows == (Row("0", "http://x/a.jpg", "1", "voltage"),)
    assert read.columns == ("entity_value",)
    assert by_variant(evaluate(read, {"0": "100.0 volt"}))["accepted"].f1 == 1


def test_reads_any_label_column_and_pictures_by_name(tmp_path: Path) -> None:
    path = tmp_path / "curated.csv"
    path.write_text("image,entity_name,curated_value\na.jpg,width,5 inch\na.jpg,depth,\n")
    read = read_labelled_rows(path, "curated_value")
    assert [row.image_link for row in read.rows] == ["a.jpg", "a.jpg"]
    assert [label.text for label in read.labels] == ["5 inch", ""]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("index,answer\n1,5 inch\n", "missing column prediction"),
        ("5 inch,1\n5 inch,1\n", "columns occur twice|missing column index and prediction"),
        ("index,prediction\n1,5 inch\n2,\n1,6 inch\n", "index '1' occurs 2 times"),
    ],
)
def test_a_file_that_is_no_submission_is_an_input_error(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "out.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_predictions(path)


def test_reads_the_candidates_of_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "out_trace.jsonl"
    lines = [
        {"index": "1", "candidates": [{"answer": "5 inch"}, {"answer": "6 inch"}], "detail": "a\u2028b"},
        {"index": "2", "candidates": []},
    ]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    candidates, _ = read_candidates_and_trust(path)
    assert candidates == {"1": ("5 inch", "6 inch"), "2": ()}


@pytest.mark.parametrize(
    "text", ["index,prediction\n", '{"index": "1"}\n', "[]\n", '{"index": "1", "candidates": [1]}\n']
)
def test_what_is_no_trace_is_an_input_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "out_trace.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match="line 1: not a line of a trace"):
        read_candidates_and_trust(path)


def test_a_missing_trace_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_candidates_and_trust(tmp_path / "none.jsonl")


def test_the_json_keeps_its_keys(gold: LabelledRows) -> None:
    predictions = {"1": "10 inch", "5": "3 volt", "8": "12 volt", "66": ""}
    evaluation = evaluate(gold, predictions, compared={"other": {}})
    data = json.loads(json.dumps(evaluation_json(evaluation, file="g.csv", columns=gold.columns, predictions="p.csv")))
    score = {"rows", "f1", "precision", "recall", "tp", "fp", "fn", "tn"}
    assert data["format"] == 1
    assert data["labels"] == {"file": "g.csv", "columns": ["primary", "accepted"]}
    assert (data["predictions"], data["rows"], data["pictures"], data["stated"]) == ("p.csv", 4, 3, 3)
    assert (data["answered"], data["missing"], data["extra"]) == (3, ["2"], ["66"])
    assert list(data["scores"]) == ["accepted", "primary", "within_2_percent", "exact_string"]
    assert set(data["scores"]["accepted"]) == {*score, "f1_interval_by_picture", "f1_interval_by_row", "test_mix"}
    assert set(data["scores"]["accepted"]["test_mix"]) == {*score, "f1_interval_by_picture"}
    assert set(data["entities"]["voltage"]) == {*score, "f1_interval_by_picture", "primary"}
    assert isinstance(data["scores"]["accepted"]["tp"], int)
    assert data["mistakes"] == [
        {
            "index": "5",
            "entity": "voltage",
            "image_link": "http://x/b.jpg",
            "kind": "another_value",
            "label": "240 volt",
            "accepted": ["100 volt"],
            "prediction": "3 volt",
            "right_among_candidates": None,
        }
    ]
    assert set(data["comparisons"]["other"]) == {"answered", "missing", "scores"}
    assert set(data["comparisons"]["other"]["scores"]["primary"]) == {
        *score,
        "f1_difference",
        "f1_difference_interval_by_picture",
    }


def test_a_number_that_json_lacks_is_refused(tmp_path: Path) -> None:
    target = Target(tmp_path / "scores.json", "--json")
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(target, {"f1": float("nan")})
    assert not target.path.exists()


def test_the_json_says_the_bytes_of_a_name_that_is_no_text(tmp_path: Path) -> None:
    write_json(Target(tmp_path / "scores.json", "--json"), {"predictions": "b\udcff.csv"})
    assert json.loads((tmp_path / "scores.json").read_text()) == {"predictions": "b\udcff.csv"}


def test_the_tables_are_plain_and_narrow_when_not_on_a_terminal(
    gold: LabelledRows, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "a [bold]name[/bold] that is much too long for its column " * 3
    evaluation = evaluate(gold, {"1": f"10 {long}", "5": "3 volt", "66": ""}, candidates={}, compared={long: {}})
    print_evaluation(evaluation, evaluation_console())
    printed = capsys.readouterr().out
    assert max(len(line) for line in printed.splitlines()) <= WIDTH
    assert not set(printed) & set("─━│┃\x1b")
    for expected in ("accepted", "within_2_percent", "voltage", "right number, wrong unit", "[bold]", "index 66"):
        assert expected in printed


def test_coverage_counts_the_answers_whose_trust_is_known(gold: LabelledRows) -> None:
    predictions = {"1": "10 inch", "2": "5 inch", "5": "240 volt", "8": ""}
    trust = {
        "1": Trust(0.9, Status.VERIFIED),
        "2": Trust(0.6, Status.LOW_CONFIDENCE),
        "5": Trust(0.7, Status.LOW_CONFIDENCE),
        "8": Trust(0.95, Status.NOT_FOUND),
    }
    coverage = evaluate(gold, predictions, trust=trust).coverage
    assert coverage is not None
    assert (coverage.all.all, coverage.all.kept, coverage.all.confidence) == (Share(3, 2), Share(2, 2), 0.7)
    assert (coverage.entities["width"].verified, coverage.entities["height"].kept) == (Share(1, 1), Share(0, 0))
    assert list(coverage.entities) == ["height", "width", "voltage"]


def test_without_confidences_there_is_no_coverage(gold: LabelledRows, capsys: pytest.CaptureFixture[str]) -> None:
    evaluation = evaluate(gold, {"1": "10 inch"})
    assert evaluation.coverage is None
    print_evaluation(evaluation, evaluation_console())
    assert "Coverage" not in capsys.readouterr().out


def test_the_table_of_coverage_is_narrow_and_says_what_is_verified(
    gold: LabelledRows, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = {"1": Trust(0.9, Status.VERIFIED), "5": Trust(0.7, Status.LOW_CONFIDENCE)}
    evaluation = evaluate(gold, {"1": "10 inch", "5": "3 volt"}, trust=trust)
    print_evaluation(evaluation, evaluation_console())
    printed = capsys.readouterr().out
    assert max(len(line) for line in printed.splitlines()) <= WIDTH
    row = next(
        line for line in printed.split("Coverage at 95% precision")[1].splitlines() if line.startswith("voltage")
    )
    assert row.split() == ["voltage", "1", "0.000", "0.000", "-", "0", "-"]


def test_a_trace_says_how_far_answers_can_be_trusted(tmp_path: Path) -> None:
    unsure = {"index": "1", "candidates": [], "confidence": 0.5, "status": "low_confidence"}
    lines = [unsure, {"index": "2", "candidates": [], "confidence": 0.5}]
    path = tmp_path / "out_trace.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    _, trust = read_candidates_and_trust(path)
    assert trust == {"1": Trust(0.5, Status.LOW_CONFIDENCE)}
    path.write_text(json.dumps(lines[0] | {"status": "sure"}) + "\n")
    with pytest.raises(InputError, match="line 1"):
        read_candidates_and_trust(path)


def test_all_variants_are_explained_beneath_the_scores(gold: LabelledRows, capsys: pytest.CaptureFixture[str]) -> None:
    print_evaluation(evaluate(gold, {}), evaluation_console())
    printed = capsys.readouterr().out
    assert all(f"{variant.value}: " in printed for variant in Variant)
