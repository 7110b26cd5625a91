from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from extractor.cli.check import check
from extractor.tables.check import check_submission
from extractor.tables.csv_file import InputError
from extractor.tables.rows import Row

ROWS = (
    Row("0", "a.png", "1", "width"),
    Row("1", "a.png", "1", "voltage"),
    Row("7", "b.png", "2", "item_weight"),
)
INPUT = "index,image_link,group_id,entity_name\n0,a.png,1,width\n1,a.png,1,voltage\n7,b.png,2,item_weight\n"
GOOD = "index,prediction\n0,10 inch\n1,\n7,34.0 gram\n"

app = typer.Typer()
app.command()(check)


def faults(tmp_path: Path, text: str, *, official_only: bool = False) -> list[tuple[int | None, str, str]]:
    path = tmp_path / "out.csv"
    path.write_text(text, encoding="utf-8", newline="")
    found, _ = check_submission(ROWS, path, official_only=official_only)
    assert all(fault.advice for fault in found)
    return [(fault.line, fault.index, fault.problem) for fault in found]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        GOOD + "\n",
        'index,prediction\n"0","10 inch"\n1,""\n7,34.0 gram\n',
    ],
    ids=["plain", "crlf", "byte order mark", "blank line", "quoted"],
)
def test_accepts(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "line", "index", "problem"),
    [
        (GOOD.replace("10 inch", "10 lbs"), 2, "0", "'lbs' is not an allowed unit"),
        (GOOD.replace("10 inch", "10 volt"), 2, "0", "'volt' is not a unit of width"),
        (GOOD.replace("34.0 gram", '"1,034.0 gram"'), 4, "7", "not a plain number"),
        (GOOD.replace("34.0 gram", "1,034.0 gram"), 4, "7", "3 fields where the header has 2"),
        (GOOD.replace("1,\n", "1\n"), 3, "1", "1 field where the header has 2"),
        (GOOD.replace("1,\n", ""), None, "1", "has no row"),
        (GOOD + "8,5 inch\n", 5, "8", "not in the input"),
        (GOOD + "0,10 inch\n", 5, "0", "already on line 2"),
        (GOOD.replace("index,prediction", "index,prediction,note"), 1, "", "the header is"),
        (GOOD.replace("prediction", "Prediction"), 1, "", "the header is"),
        (GOOD.removeprefix("index,prediction\n"), 1, "", "the header is"),
        ("prediction,index\n10 inch,0\n,1\n34.0 gram,7\n", 1, "", "the header is"),
    ],
)
def test_names_the_line_the_index_and_the_problem(
    tmp_path: Path, text: str, line: int | None, index: str, problem: str
) -> None:
    found = faults(tmp_path, text)
    assert [(at, of) for at, of, _ in found if (at, of) == (line, index)]
    assert problem in next(said for at, of, said in found if (at, of) == (line, index))


@pytest.mark.parametrize(
    ("indices", "line", "index", "expected"),
    [
        ("7 0 1", 2, "7", "0"),
        ("0 7 1", 3, "7", "1"),
        ("1 0 7", 2, "1", "0"),
        ("7 9 1", 2, "7", "1"),
        ("0 0 7 1", 4, "7", "1"),
    ],
)
def test_rows_in_another_order_are_one_fault(
    tmp_path: Path, indices: str, line: int, index: str, expected: str
) -> None:
    found = faults(tmp_path, "index,prediction\n" + "".join(f"{one},\n" for one in indices.split()))
    assert [fault for fault in found if "order" in fault[2]] == [
        (line, index, f"from here on the rows are not in the input's order, which has {expected} here")
    ]


@pytest.mark.parametrize("indices", ["0 7", "1 7", "7", "0 9 1 7", "0 1 0 7"])
def test_rows_that_are_missing_or_too_many_are_not_out_of_order(tmp_path: Path, indices: str) -> None:
    found = faults(tmp_path, "index,prediction\n" + "".join(f"{one},\n" for one in indices.split()))
    assert found
    assert not any("order" in problem for _, _, problem in found)


def test_the_order_is_none_of_the_official_checks(tmp_path: Path) -> None:
    assert faults(tmp_path, "index,prediction\n7,\n0,\n1,\n", official_only=True) == []


def test_a_header_without_rows_lacks_every_row(tmp_path: Path) -> None:
    assert [index for _, index, _ in faults(tmp_path, "index,prediction\n")] == ["0", "1", "7"]


def test_every_fault_is_found_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = "index,prediction\n7,1e3 gram\n0,5,inch\n9,5 inch\n"
    assert [line for line, _, _ in faults(tmp_path, text)] == [2, 3, 4, None]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (GOOD.replace("10 inch", "10 volt"), []),
        ("index,prediction\n0,10 inch\n0,10 inch\n99,5 volt\n", []),
        ("note,index,prediction\nx,0,10 inch\n", []),
        ("index,prediction\n0\n", []),
        ("index,prediction\n0,10 lbs\n1,5 volt\n7,5\n", [2, 4]),
        ("index,answer\n0,10 inch\n", [1]),
    ],
)
def test_official_only_tests_just_the_values(tmp_path: Path, text: str, lines: list[int]) -> None:
    assert [line for line, _, _ in faults(tmp_path, text, official_only=True)] == lines


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"index,prediction\n0,\xff\n", "not UTF-8"),
        (b'index,prediction\n0,"10 inch\n', "not a CSV row"),
    ],
)
def test_an_unreadable_submission_is_an_input_error(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        check_submission(ROWS, path)


def test_a_missing_submission_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        check_submission(ROWS, tmp_path / "none.csv")


def test_the_command_says_one_line_when_all_is_fine(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(INPUT)
    (tmp_path / "out.csv").write_text(GOOD)
    result = CliRunner().invoke(app, [str(tmp_path / "in.csv"), str(tmp_path / "out.csv")])
    assert result.exit_code == 0
    assert result.output.count("\n") == 1
    assert "3 rows" in result.output


def test_the_command_shows_twenty_faults_and_counts_all(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(INPUT)
    (tmp_path / "out.csv").write_text(GOOD + "".join(f"{index},\n" for index in range(100, 130)))
    result = CliRunner().invoke(app, [str(tmp_path / "in.csv"), str(tmp_path / "out.csv")])
    assert result.exit_code == 1
    assert result.output.count("not in the input") == 20
    assert "and 10 more" in result.output
    assert "30 faults in 33 rows where the input has 3" in result.output


def test_the_command_takes_an_input_without_index(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("image_link,entity_name\na.png,width\nb.png,depth\n")
    (tmp_path / "out.csv").write_text("index,prediction\n0,\n1,5 inch\n")
    assert CliRunner().invoke(app, [str(tmp_path / "in.csv"), str(tmp_path / "out.csv")]).exit_code == 0


def test_the_command_can_keep_to_the_official_rules(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(INPUT)
    (tmp_path / "out.csv").write_text("index,prediction\n0,5 volt\n")
    paths = [str(tmp_path / "in.csv"), str(tmp_path / "out.csv")]
    assert CliRunner().invoke(app, paths).exit_code == 1
    assert CliRunner().invoke(app, [*paths, "--official-only"]).exit_code == 0
