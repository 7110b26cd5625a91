from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from extractor.cache.target import OutputError
from extractor.cli import evaluate as command
from extractor.stages.answer import Answer, Candidate
from extractor.stages.reason import Reason
from extractor.tables.csv_file import InputError
from extractor.tables.rows import Row
from extractor.tables.trace import RowAnswer, StagesCached, StageSeconds
from rules.amount import Amount

GOLD = """index,image_link,group_id,entity_name,primary,accepted
1,a.jpg,9,width,10 inch,
2,a.jpg,9,height,EMPTY,
5,b.jpg,9,voltage,240 volt,100 volt
"""

app = typer.Typer()
app.command()(command.evaluate)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gold.csv").write_text(GOLD)
    Path("out.csv").write_text("index,prediction\n1,10.0 inch\n2,\n5,12 volt\n")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["gold.csv", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def scores(*arguments: str) -> dict[str, float]:
    result = run(*arguments, "--json", "scores.json")
    assert result.exit_code == 0, result.output
    data = json.loads(Path("scores.json").read_text())
    return {name: score["f1"] for name, score in data["scores"].items()}


def test_scores_a_submission() -> None:
    found = scores("--pred", "out.csv")
    assert found == {"accepted": 2 / 3, "primary": 2 / 3, "within_2_percent": 2 / 3, "exact_string": 0.0}


def test_a_limit_leaves_the_other_rows_out_on_both_sides() -> None:
    result = run("--pred", "out.csv", "--limit", "2")
    assert "rows 2, pictures 1" in result.output
    assert "not counted" not in result.output


def test_the_label_column_may_be_named() -> None:
    assert scores("--pred", "out.csv", "--label-column", "accepted")["accepted"] == 0.0


def test_other_systems_stand_beside() -> None:
    Path("theirs.csv").write_text("index,prediction\n1,\n2,\n5,240 volt\n")
    assert "theirs" in run("--pred", "out.csv", "--compare", "theirs=theirs.csv").output


TRACE = '{"index": "5", "candidates": [{"answer": "12 volt"}, {"answer": "100 volt"}]}\n'


@pytest.mark.parametrize(("name", "arguments"), [("out_trace.jsonl", ()), ("t.jsonl", ("--trace", "t.jsonl"))])
def test_the_trace_beside_the_submission_or_a_named_one_is_used(name: str, arguments: tuple[str, ...]) -> None:
    Path(name).write_text(TRACE)
    scores("--pred", "out.csv", *arguments)
    (mistake,) = json.loads(Path("scores.json").read_text())["mistakes"]
    assert mistake["right_among_candidates"] is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--trace", "t.jsonl"), "--trace"),
        (("--pred", "out.csv", "--out", "x.csv"), "--out"),
        (("--pred", "out.csv", "--compare", "theirs.csv"), "NAME=OUT.csv"),
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_an_unusable_file_is_an_input_error() -> None:
    with pytest.raises(InputError, match="no such file"):
        run("--pred", "none.csv")


class FakeRun:
    """Stands for the pipeline: every row is answered `10.0 inch`, after a candidate `240 volt`.

    Promises what `extractor.run.local.run` does of the answers: one for each row, in the order of the rows. Keeps what
    it was called with.
    """

    def __init__(self) -> None:
        self.rows: Sequence[Row] = ()
        self.options = SimpleNamespace()

    async def __call__(self, rows: Sequence[Row], options: SimpleNamespace, watcher: object) -> SimpleNamespace:
        self.rows, self.options = rows, options
        amounts = Amount(10.0, "inch"), Amount(240.0, "volt")
        candidates = tuple(Candidate(amount, 0.5, 0.6, str(amount)) for amount in amounts)
        answer = Answer("width", amounts[0], Reason.ANSWERED, 0.9, candidates=candidates)
        answered = tuple(RowAnswer(row, answer, None, StageSeconds(), StagesCached()) for row in rows)
        return SimpleNamespace(rows=answered, summary=SimpleNamespace(lines=lambda: ["the summary"]))


@pytest.fixture
def fake_run(monkeypatch: pytest.MonkeyPatch) -> FakeRun:
    fake = FakeRun()
    monkeypatch.setattr("extractor.run.local.run", fake)
    return fake


def test_without_a_submission_the_pipeline_answers(fake_run: FakeRun) -> None:
    Path("pictures").mkdir()
    found = scores("--images", "pictures", "--workers", "3", "--no-cache", "--ocr", "none", "--store", "s.sqlite3")
    assert found["accepted"] == 0.5
    assert [row.index for row in fake_run.rows] == ["1", "2", "5"]
    options = fake_run.options
    assert (options.images, options.workers, options.use_cache) == (Path("pictures"), 3, False)
    assert (options.ocr, options.store, options.base) == ("none", Path("s.sqlite3"), Path())


def test_the_candidates_of_the_run_are_known(fake_run: FakeRun) -> None:
    scores()
    mistakes = json.loads(Path("scores.json").read_text())["mistakes"]
    assert {m["index"]: m["right_among_candidates"] for m in mistakes} == {"2": None, "5": True}


def test_the_predictions_made_can_be_kept_and_scored_again(fake_run: FakeRun) -> None:
    made = scores("--out", "kept.csv")
    assert Path("kept.csv").read_text() == "index,prediction\n1,10.0 inch\n2,10.0 inch\n5,10.0 inch\n"
    first = json.loads(Path("scores.json").read_text())
    assert scores("--pred", "kept.csv") == made
    again = json.loads(Path("scores.json").read_text())
    assert (first.pop("predictions"), again.pop("predictions")) == ("pipeline", "kept.csv")
    assert first == again


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("folder", "cannot be written: it is a folder"),
        ("none/scores.json", "does not exist"),
        ("gold.csv", "is the input gold.csv"),
        ("out.csv", "is the input out.csv"),
        ("out_trace.jsonl", "is the input out_trace.jsonl"),
        ("theirs.csv", "is the input theirs.csv"),
        ("link.json", "is the input gold.csv"),
        ("s.sqlite3", "belongs to the store s.sqlite3"),
        ("-", "standard output"),
    ],
)
def test_a_json_file_that_may_not_be_written_is_refused(file: str, message: str) -> None:
    Path("folder").mkdir()
    Path("out_trace.jsonl").write_text(TRACE)
    Path("theirs.csv").write_text("index,prediction\n1,\n")
    Path("link.json").symlink_to("gold.csv")
    before = {path: path.read_bytes() for path in Path().iterdir() if path.is_file()}
    with pytest.raises(OutputError, match=message):
        run("--pred", "out.csv", "--compare", "other=theirs.csv", "--store", "s.sqlite3", "--json", file)
    assert {path: path.read_bytes() for path in Path().iterdir() if path.is_file()} == before


@pytest.mark.parametrize(
    "arguments", [("--json", "same", "--out", "same"), ("--json", "a_trace.jsonl", "--out", "a.csv")]
)
def test_two_outputs_in_one_place_are_refused_before_the_run(fake_run: FakeRun, arguments: tuple[str, ...]) -> None:
    with pytest.raises(OutputError, match="another output of this command goes there"):
        run(*arguments)
    assert fake_run.rows == ()


def test_a_picture_is_not_written_over(fake_run: FakeRun) -> None:
    Path("a.jpg").write_bytes(b"a picture")
    with pytest.raises(OutputError, match=r"is the input a\.jpg"):
        run("--json", "a.jpg", "--limit", "1")
    assert fake_run.rows == ()


def test_scores_can_be_compressed() -> None:
    run("--pred", "out.csv", "--json", "scores.json.gz")
    assert json.loads(gzip.decompress(Path("scores.json.gz").read_bytes()))["rows"] == 3


def test_the_pipeline_answers_no_more_rows_than_the_limit(fake_run: FakeRun) -> None:
    assert "rows 1, pictures 1" in run("--limit", "1").output
    assert len(fake_run.rows) == 1


@pytest.mark.parametrize(("arguments", "said"), [((), True), (("--quiet",), False)])
def test_the_summary_of_the_run_is_printed_unless_quiet(
    fake_run: FakeRun, arguments: tuple[str, ...], said: bool
) -> None:
    assert ("the summary" in run(*arguments).output) is said
