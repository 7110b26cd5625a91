"""The same rows in every format: read alike, refused alike, written typed."""

import csv
import gzip
import io
import json
import sys
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from extractor.cache.target import OutputError, check_targets
from extractor.evaluation.inputs import read_labelled_rows, read_predictions
from extractor.stages.answer import Answer
from extractor.stages.reason import Reason
from extractor.tables.check import check_submission
from extractor.tables.csv_file import InputError
from extractor.tables.formats import Format, FormatError, format_of, stem_of
from extractor.tables.output import HEADER, TYPES, targets_of, write
from extractor.tables.rows import Row, read_rows, read_table
from extractor.tables.trace import RowAnswer, StagesCached, StageSeconds
from rules.amount import Amount

TYPED = ("in.jsonl", "in.jsonl.gz", "in.parquet")
ALL = ("in.csv", "in.csv.gz", *TYPED)
ROWS = [
    {"index": "007", "image_link": "a.jpg", "group_id": "1", "entity_name": "width", "entity_value": "1 foot"},
    {"index": "x,1", "image_link": "é.jpg", "group_id": "", "entity_name": "depth", "entity_value": ""},
]


def save(path: Path, rows: list[dict[str, object]], schema: pa.Schema | None = None) -> Path:
    """Writes the rows in the format of the suffix."""
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows, schema), path)
        return path
    if ".jsonl" in path.name:
        data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    else:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize(
    ("name", "form", "stem"),
    [
        ("a.csv", Format.CSV, "a"),
        ("a.csv.gz", Format.CSV, "a"),
        ("a.JSONL.GZ", Format.JSON_LINES, "a.JSONL.GZ"),
        ("a.jsonl.gz", Format.JSON_LINES, "a"),
        ("a.jsonl", Format.JSON_LINES, "a"),
        ("a.b.parquet", Format.PARQUET, "a.b"),
        ("a.txt", Format.CSV, "a.txt"),
        ("parquet", Format.CSV, "parquet"),
    ],
)
def test_the_suffix_says_the_format(name, form, stem):
    assert format_of(Path("a.parquet") / name) is form
    assert stem_of(Path(name)) == stem


@pytest.mark.parametrize("name", ALL)
def test_questions_and_labels_are_the_same_in_every_format(tmp_path, name):
    path = save(tmp_path / name, ROWS)
    assert read_rows(path) == (Row("007", "a.jpg", "1", "width"), Row("x,1", "é.jpg", "", "depth"))
    labelled = read_labelled_rows(path)
    assert [str(label.primary) for label in labelled.labels] == ["1 foot", "None"]


@pytest.mark.parametrize("name", TYPED)
def test_numbers_are_taken_as_text_and_nothing_as_empty(tmp_path, name):
    rows = [
        {"index": 7, "image": "a.jpg", "group_id": 459516.0, "entity_name": "width", "size": 1.5},
        {"index": 8, "image": None, "group_id": None, "entity_name": "depth", "size": float("nan")},
    ]
    table = read_table(save(tmp_path / name, rows))
    assert table.columns["size"] == ("1.5", "")
    assert read_rows(table.path) == (Row("7", "a.jpg", "459516", "width"), Row("8", "", "", "depth"))


def test_categories_and_large_texts_of_pandas_and_arrow_are_text(tmp_path):
    columns = {
        "image": pa.array(["a.jpg", "a.jpg"]).dictionary_encode(),
        "entity_name": pa.array(["width", "depth"], pa.large_string()),
        "index": pa.array([2**63, 5], pa.uint64()),
        "nothing": pa.nulls(2),
    }
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    assert read_rows(tmp_path / "in.parquet")[0] == Row(str(2**63), "a.jpg", "", "width")
    assert read_table(tmp_path / "in.parquet").columns["nothing"] == ("", "")


def test_a_key_that_a_line_lacks_is_an_empty_cell(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"image": "a.jpg", "entity_name": "width"}\r\n\r\n'
        b'{"entity_name": "depth", "image": "b.jpg", "group_id": "\\u2028"}\n{"image": "c.jpg", "entity_name": "width"}'
    )
    table = read_table(path)
    assert table.columns["group_id"] == ("", "\u2028", "")
    assert tuple(table.lines) == (1, 3, 4)


@pytest.mark.parametrize("name", TYPED)
@pytest.mark.parametrize("value", [True, ["a"], {"bytes": "a"}])
def test_a_column_of_other_values_is_refused_only_where_it_is_used(tmp_path, name, value):
    path = save(tmp_path / name, [{**ROWS[0], "extra": value}])
    assert len(read_rows(path)) == 1
    with pytest.raises(InputError, match="column extra"):
        read_table(path).columns["extra"]
    path = save(tmp_path / name, [{**ROWS[0], "index": value}])
    with pytest.raises(InputError, match="column index"):
        read_rows(path)


BAD_LINES = {
    "not JSON": ('{"index": 1}\n{"index": \n', ["line 2", "not JSON"]),
    "no object": ("[1, 2]\n", ["line 1", "not a JSON object"]),
    "empty": ("\n", ["has no rows"]),
    "no column": ('{"index": 1}\n', ["missing columns image_link, entity_name; the header has: index"]),
    "half a character": ('{"image": "\\ud800", "entity_name": "width"}\n', ["line 1", "column image"]),
    "index twice": (
        '{"index": 1, "image": "a", "entity_name": "width"}\n\n{"index": "1", "image": "a", "entity_name": "width"}\n',
        ["line 3: column index: '1' occurs twice"],
    ),
    "deep": ("[" * 100_000 + "\n", ["line 1"]),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_bad_json_lines_are_told_by_line_and_column(tmp_path, case):
    text, expected = BAD_LINES[case]
    path = tmp_path / "in.jsonl"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_rows(path)
    for part in (str(path), *expected):
        assert part in str(caught.value)


def test_bad_parquet_files_are_told_by_row_and_column(tmp_path):
    path = save(tmp_path / "in.parquet", [ROWS[0], {**ROWS[1], "entity_name": "colour"}])
    with pytest.raises(InputError, match=r"row 2: column entity_name: 'colour'"):
        read_rows(path)
    save(path, [{"index": 1}])
    with pytest.raises(
        InputError, match=r"in\.parquet: missing columns image_link, entity_name; the header has: index"
    ):
        read_rows(path)
    pq.write_table(pa.Table.from_arrays([pa.array(["1"]), pa.array(["2"])], ["a", "a"]), path)
    with pytest.raises(InputError, match="occur twice: a"):
        read_rows(path)
    pq.write_table(pa.table({"image": pa.array([], pa.string()), "entity_name": pa.array([], pa.string())}), path)
    with pytest.raises(InputError, match="no rows"):
        read_rows(path)
    path.write_bytes(b"PAR1 and more")
    with pytest.raises(InputError, match="cannot be read"):
        read_rows(path)
    with pytest.raises(InputError, match="no such file"):
        read_rows(tmp_path / "none.parquet")
    (tmp_path / "folder.parquet").mkdir()
    with pytest.raises(InputError, match="is a directory"):
        read_rows(tmp_path / "folder.parquet")


def answered(index, prediction=""):
    number, _, unit = prediction.partition(" ")
    amount = Amount(float(number), unit) if prediction else None
    answer = Answer("width", amount, Reason.ANSWERED if prediction else Reason.NO_TEXT, 0.912345)
    return RowAnswer(Row(index, "a.jpg", "1", "width"), answer, "aa", StageSeconds(), StagesCached())


def read_back(path):
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in data.splitlines()]


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.parquet"])
def test_typed_answers_have_their_values_and_go_through_check_and_evaluate(tmp_path, name):
    out = tmp_path / name
    write([answered("007", "34.0 inch"), answered("8")], out)
    assert read_back(out) == [
        {
            "index": "007",
            "prediction": "34.0 inch",
            "value": 34.0,
            "unit": "inch",
            "status": "verified",
            "confidence": 0.9123,
            "reason": "answered",
        },
        {
            "index": "8",
            "prediction": "",
            "value": None,
            "unit": None,
            "status": "not_found",
            "confidence": 0.9123,
            "reason": "no_text",
        },
    ]
    assert sorted(path.name for path in tmp_path.iterdir())[1].startswith("out_trace.jsonl")
    rows = [Row("007", "", "", "width"), Row("8", "", "", "width")]
    assert check_submission(rows, out) == ([], 2)
    assert read_predictions(out) == {"007": "34.0 inch", "8": ""}


def test_the_types_of_a_parquet_file_do_not_depend_on_its_rows(tmp_path):
    write([answered("1")], tmp_path / "out.parquet")
    schema = pq.read_schema(tmp_path / "out.parquet")
    assert {field.name: str(field.type) for field in schema} == {
        name: {str: "string", float: "double"}[type_] for name, type_ in TYPES.items()
    }


@pytest.mark.parametrize("name", TYPED)
def test_check_finds_the_same_in_every_format(tmp_path, name):
    rows = [Row("0", "", "", "width"), Row("1", "", "", "voltage"), Row("7", "", "", "item_weight")]
    said = ["1", "0", "0", "9"], ["5 volt", "10 lbs", "1 inch", ""]
    path = save(tmp_path / name, [dict(zip(HEADER, one, strict=True)) for one in zip(*said, strict=True)])
    in_csv = save(tmp_path / "out.csv", [dict(zip(HEADER, one, strict=True)) for one in zip(*said, strict=True)])
    found, count = check_submission(rows, path)
    expected, _ = check_submission(rows, in_csv)
    assert count == 4
    assert [(fault.index, fault.advice) for fault in found] == [(fault.index, fault.advice) for fault in expected]
    assert [fault.line for fault in found] == [fault.line and fault.line - 1 for fault in expected]  # no header


@pytest.mark.parametrize(("name", "place"), [("out.jsonl", "out.jsonl:2: "), ("out.parquet", "out.parquet, row 2: ")])
def test_check_names_the_place(tmp_path, name, place):
    from extractor.cli.app import app

    questions = save(tmp_path / "in.csv", ROWS)
    out = save(tmp_path / name, [{"index": "007", "prediction": ""}, {"index": "x,1", "prediction": "5 volt"}])
    result = CliRunner().invoke(app, ["check", str(questions), str(out)])
    assert result.exit_code == 1
    assert f"{place}index x,1: " in result.output


@pytest.mark.parametrize("name", TYPED)
def test_a_file_without_the_columns_is_no_submission(tmp_path, name):
    path = save(tmp_path / name, [{"index": "1", "answer": "2 inch"}])
    for read in (read_predictions, lambda file: check_submission([], file)):
        with pytest.raises(InputError, match="index"):
            read(path)


def test_a_missing_package_is_told_with_the_line_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for needs in (read_table, targets_of):
        with pytest.raises(FormatError, match=r"needs pyarrow: .*'\.\[tables\]'"):
            needs(tmp_path / "a.parquet")
    targets_of(tmp_path / "a.jsonl")


def test_a_parquet_file_is_not_compressed_once_more(tmp_path):
    with pytest.raises(OutputError, match=r"may not end in \.gz"):
        check_targets(targets_of(tmp_path / "out.parquet.gz"))


def test_a_column_that_repeats_itself_takes_little_memory(tmp_path):
    count = 200_000
    path = tmp_path / "in.parquet"
    link = pa.array(["https://example.com/pictures/0123456789.jpg"] * count)
    pq.write_table(pa.table({"image": link, "entity_name": pa.array(["width"] * count), "unused": link}), path)
    table = read_table(path)
    tracemalloc.start()
    try:
        assert len(table.columns["image"]) == count
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 20 * count
