import csv
import json
import subprocess
import sys

import pytest
from fake_engines import ENGINE, picture_bytes
from fake_products import written
from fake_readers import READER

HEADER = "index,image_link,group_id,entity_name\n"


@pytest.fixture
def extractor(tmp_path, monkeypatch, run_command):
    """Runs the command line in `tmp_path`; gives the exit code and what went to stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXTRACTOR_STORE", str(tmp_path / "kept" / "store.sqlite3"))

    return run_command


@pytest.fixture
def questions(tmp_path):
    for number in range(6):
        (tmp_path / f"{number}.png").write_bytes(picture_bytes(200 + number))
    rows = "".join(f"{10 * n},{n % 6}.png,1,item_weight\n" for n in range(9))
    (tmp_path / "in.csv").write_text(HEADER + rows + "90,none.png,1,width\n")
    return tmp_path / "in.csv"


def answers(path):
    with path.open(newline="") as file:
        return list(csv.reader(file))[1:]


EXPECTED = [[str(10 * n), f"{200 + n % 6}.0 gram"] for n in range(9)] + [["90", ""]]


def test_predict_writes_answers_and_trace_where_one_is(extractor, questions, tmp_path):
    code, out, err = extractor("predict", "in.csv", "--ocr", ENGINE)
    assert (code, out) == (0, "")
    assert answers(tmp_path / "in_out.csv") == EXPECTED
    assert len((tmp_path / "in_out_trace.jsonl").read_text().splitlines()) == 10
    assert "10: 9 answered, 1 empty" in err
    assert "picture_missing 1" in err
    assert (tmp_path / "kept" / "store.sqlite3").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], f"reader    none: {ENGINE} and the rules alone; nano changes F1 on 447 real rows by "),
        (["--vlm", "none"], f"reader    none: {ENGINE} and the rules alone\n"),
        (["--vlm", READER], f"reader    {READER}, with what {ENGINE} reads in its prompt"),
        (["--vlm", READER, "--ocr", "none"], f"reader    {READER}, without OCR"),
    ],
)
def test_predict_says_in_one_line_which_path_it_takes(extractor, questions, tmp_path, options, said):
    code, _, err = extractor("predict", "in.csv", "--ocr", ENGINE, *options)
    assert code == 0
    assert err.startswith(said)
    assert answers(tmp_path / "in_out.csv") == EXPECTED


@pytest.mark.parametrize("name", ["q.jsonl", "q.parquet"])
def test_predict_check_and_evaluate_take_and_give_other_formats(extractor, questions, tmp_path, name):
    import pyarrow as pa
    import pyarrow.parquet as pq

    with questions.open(newline="") as file:
        rows = [{**row, "index": int(row["index"]), "entity_value": "1 gram"} for row in csv.DictReader(file)]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "q.parquet")
    out = f"out{name[1:]}"
    assert extractor("predict", name, "--ocr", ENGINE, "--out", out)[0] == 0
    assert (tmp_path / "out_trace.jsonl").exists()
    assert "all rules hold" in extractor("check", name, out)[1]
    assert extractor("check", "in.csv", out)[0] == 0
    code, shown, _ = extractor("evaluate", name, "--pred", out)
    assert code == 0
    assert "answered 9" in " ".join(shown.split())
    assert extractor("predict", name, "--ocr", ENGINE)[0] == 0
    assert answers(tmp_path / "q_out.csv") == EXPECTED


def test_quiet_says_nothing(extractor, questions):
    assert extractor("predict", "in.csv", "--ocr", "none", "--quiet") == (0, "", "")


@pytest.mark.parametrize("options", [[], ["--quiet"]])
def test_a_run_without_any_picture_ends_with_exit_code_3_and_its_output(extractor, questions, tmp_path, options):
    questions.write_text(HEADER + "1,none.png,1,width\n2,http://127.0.0.1:9/a.png,1,depth\n")
    code, out, err = extractor("predict", "in.csv", "--ocr", ENGINE, *options)
    assert (code, out) == (3, "")
    assert "error: no picture could be had: " in err
    assert "private_address 1" in err
    assert answers(tmp_path / "in_out.csv") == [["1", ""], ["2", ""]]
    assert len((tmp_path / "in_out_trace.jsonl").read_text().splitlines()) == 2


def test_evaluate_says_when_there_was_not_any_picture(extractor, tmp_path):
    (tmp_path / "gold.csv").write_text("image_link,entity_name,entity_value\nnone.png,width,3 metre\n")
    code, _, err = extractor("evaluate", "gold.csv", "--ocr", ENGINE)
    assert code == 0
    assert "no picture could be had: picture_missing 1" in err


def test_a_proxy_that_is_not_used_is_told_unless_quiet(extractor, questions, monkeypatch):
    questions.write_text(HEADER + "1,0.png,1,width\n2,http://127.0.0.1:9/a.png,1,depth\n")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    code, _, err = extractor("predict", "in.csv", "--ocr", ENGINE)
    assert code == 0
    assert "proxy     HTTPS_PROXY: not used" in err
    assert extractor("predict", "in.csv", "--ocr", ENGINE, "--quiet") == (0, "", "")


def test_limit_and_out(extractor, questions, tmp_path):
    extractor("predict", "in.csv", "--ocr", ENGINE, "--limit", 3, "--out", "sub.csv")
    assert answers(tmp_path / "sub.csv") == EXPECTED[:3]
    assert (tmp_path / "sub_trace.jsonl").exists()


def test_shards_are_joined_by_a_run_that_reads_nothing(extractor, questions, tmp_path):
    for number in (1, 2):
        assert extractor("predict", "in.csv", "--ocr", ENGINE, "--shard", f"{number}/2")[0] == 0
    parts = [answers(tmp_path / f"in_out_{number}of2.csv") for number in (1, 2)]
    assert all(parts)
    assert sorted(parts[0] + parts[1], key=EXPECTED.index) == EXPECTED
    extractor("predict", "in.csv", "--ocr", ENGINE)
    assert answers(tmp_path / "in_out.csv") == EXPECTED
    traces = map(json.loads, (tmp_path / "in_out_trace.jsonl").read_text().splitlines())
    assert all(trace["cached"]["ocr"] for trace in traces if trace["picture"])


def test_bad_input_stops_before_any_work_and_leaves_no_output(extractor, questions, tmp_path):
    questions.write_text(HEADER + "1,0.png,1,colour\n")
    (tmp_path / "in_out.csv").write_text("from before")
    code, _, err = extractor("predict", "in.csv")
    assert code == 2
    assert "in.csv" in err
    assert "line 2: column entity_name: 'colour'" in err
    assert (tmp_path / "in_out.csv").read_text() == "from before"
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--out", "none/out.csv"], "does not exist"),
        (["--out", "in.csv"], "is the input"),
        (["--out", "."], "is a folder"),
        (["--out", "-"], "is standard output"),
        (["--out", "1.png"], "is the input 1.png"),
        (["--out", "s.sqlite3-wal", "--store", "s.sqlite3"], "belongs to the store s.sqlite3"),
        (["--ocr", "tesseract"], "unknown OCR engine 'tesseract'; there are rapidocr"),
        (["--ocr", "no.such:engine"], "cannot be loaded"),
        (["--ocr", ":engine"], "cannot be loaded"),
        (["--ocr", "math:pi"], "cannot be loaded"),
        (["--ocr", "json:dumps"], "gives a str where the OCR engine is needed"),
        (["--vlm", "no.such:reader"], "cannot be loaded"),
        (["--vlm", "os:getcwd"], "the reader os:getcwd cannot be loaded"),
        (["--vlm-batch", "0"], "--vlm-batch"),
        (["--store", "in.csv"], "not a store"),
        (["--images", "none"], "does not exist"),
        (["--shard", "3/2"], "not a shard"),
        (["--limit", "0"], "--limit"),
        (["--workers", "0"], "--workers"),
    ],
)
def test_what_cannot_be_done_is_told_with_exit_code_2(extractor, questions, tmp_path, options, message):
    before = sorted(tmp_path.iterdir())
    code, _, err = extractor("predict", "in.csv", *options)
    assert code == 2
    assert message in " ".join(err.replace("│", " ").split())
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("prepare", "in.csv", "--out", "in.csv"), "in.csv cannot be written: it is not a folder"),
        (("prepare", "in.csv", "--split", "split.json", "--out", "."), "split.json cannot be written: it is the input"),
        (("merge", "adapter", "--out", "in.csv"), "in.csv cannot be written: it is not a folder"),
        (("nano", "--out", "in.csv"), "in.csv cannot be written: it is not a folder"),
    ],
)
def test_a_folder_that_cannot_be_written_is_told_before_anything_else(
    extractor, questions, tmp_path, arguments, message
):
    (tmp_path / "split.json").write_text("{}")
    before = sorted(tmp_path.iterdir())
    code, out, err = extractor(*arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert sorted(tmp_path.iterdir()) == before


def test_a_link_to_itself_is_told_as_the_output(extractor, questions, tmp_path):
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    code, _, err = extractor("predict", "in.csv", "--out", "loop.csv")
    assert code == 2
    assert "loop.csv cannot be written" in err


def test_the_ranker_and_the_files_of_the_reader_are_inputs(extractor, questions, tmp_path):
    (tmp_path / "own.json").write_text("{}")
    (tmp_path / "reader").mkdir()
    for file in ("own.json", "reader/config.json"):
        (tmp_path / file).write_text("{}")
        code, _, err = extractor("predict", "in.csv", "--ranker", "own.json", "--vlm", "reader", "--out", file)
        assert code == 2
        assert f"{file} cannot be written: it is the input {file}" in err


def test_a_file_of_the_users_beside_the_output_stays(extractor, questions, tmp_path):
    (tmp_path / "p.csv.probe").write_text("the user's")
    assert extractor("predict", "in.csv", "--ocr", ENGINE, "--out", "p.csv")[0] == 0
    assert (tmp_path / "p.csv.probe").read_text() == "the user's"


def test_index_and_group_may_be_missing(extractor, questions, tmp_path):
    questions.write_text("image,entity_name\n0.png,item_weight\n1.png,item_weight\n")
    assert extractor("predict", "in.csv", "--ocr", ENGINE)[0] == 0
    assert answers(tmp_path / "in_out.csv") == [["0", "200.0 gram"], ["1", "201.0 gram"]]
    assert extractor("check", "in.csv", "in_out.csv")[0] == 0


def test_help_loads_nothing_heavy():
    code = "import sys; from extractor.__main__ import main\ntry: main()\nexcept SystemExit: pass\n"
    code += (
        "print(sorted({'numpy', 'pandas', 'onnxruntime', 'rapidocr', 'httpx', 'torch', 'vlm.load'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, "predict", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "extractor predict dataset/test.csv" in shown
    assert shown.splitlines()[-1] == "[]"


@pytest.mark.parametrize("options", [(), ("--product-column", "product", "--title-column", "title")])
def test_rows_of_a_product_share_its_pictures(extractor, tmp_path, options):
    for name, line in (("a.png", "Width 30 cm"), ("b.png", "Net weight 5 kg")):
        (tmp_path / name).write_bytes(written(line))
    rows = "a.png,width,P,\nb.png,item_weight,P,Stool 5 kg\nb.png,width,P,\nb.png,width,,\n"
    (tmp_path / "in.csv").write_text("image_link,entity_name,product,title\n" + rows)
    code, _, err = extractor("predict", "in.csv", "--ocr", "fake_products:WrittenEngine", "--no-cache", *options)
    assert code == 0
    assert "products  1: each answered" in err
    assert [answer for _, answer in answers(tmp_path / "in_out.csv")] == [
        "30.0 centimetre",
        "5.0 kilogram",
        "30.0 centimetre",
        "",
    ]
    lines = [json.loads(line) for line in (tmp_path / "in_out_trace.jsonl").read_text().splitlines()]
    assert [line["statements"][0]["image_link"] for line in lines[:3]] == ["a.png", "b.png", "a.png"]


def test_a_column_of_products_that_is_missing_is_told_first(extractor, questions, tmp_path):
    code, _, err = extractor("predict", "in.csv", "--ocr", ENGINE, "--product-column", "asin")
    assert (code, "missing column asin" in err) == (2, True)
    assert not (tmp_path / "in_out.csv").exists()
