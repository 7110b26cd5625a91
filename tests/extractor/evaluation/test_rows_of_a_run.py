import pytest
from fake_rows import row_answer

from extractor.evaluation.inputs import Answers, labels_of_run, read_labelled_rows, rows_of_answers
from extractor.tables.csv_file import InputError
from extractor.tables.read_trace import read_trace
from extractor.tables.trace import trace_line

LABELS = "index,image_link,group_id,entity_name,entity_value\n1,a.png,9,width,3 inch\n2,b.png,9,height,\n"
RUN = (row_answer("1", "width", "3.0 inch", link="pictures/a.png"), row_answer("7", "width", link="x.png"))


@pytest.fixture
def labels(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(LABELS)
    return path


@pytest.mark.parametrize("name", ["run_trace.jsonl", "run_trace.jsonl.gz"])
def test_a_trace_is_read_back(tmp_path, name):
    import gzip

    lines = b"".join(map(trace_line, RUN))
    (tmp_path / name).write_bytes(gzip.compress(lines) if name.endswith(".gz") else lines)
    assert read_trace(tmp_path / name) == RUN


@pytest.mark.parametrize(
    "content, said", [(b"", "has no lines"), (b"{}\n", "line 1"), (b"\xff\n", "not UTF-8 text"), (b"[1]\n", "line 1")]
)
def test_another_file_is_refused_by_name(tmp_path, content, said):
    path = tmp_path / "run_trace.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as refused:
        read_trace(path)
    assert str(path) in str(refused.value)


def test_labels_of_rows_that_were_not_run_are_left_out(labels):
    shared = labels_of_run(read_labelled_rows(labels), RUN, labels)
    assert [row.index for row in shared.rows] == ["1"]
    assert [label.text for label in shared.labels] == ["3 inch"]
    assert shared.left_out == {"2"}


@pytest.mark.parametrize(
    "run, said",
    [
        (row_answer("8", link="a.png"), "no index"),
        (row_answer("1", "height", link="a.png"), "asks for width"),
        (row_answer("1", "width", link="other.png"), "other.png"),
    ],
    ids=["no index", "entity", "picture"],
)
def test_labels_of_other_rows_are_refused(labels, run, said):
    with pytest.raises(InputError, match=said):
        labels_of_run(read_labelled_rows(labels), [run], labels)


def test_a_trace_of_another_run_is_refused(labels):
    labelled = read_labelled_rows(labels)
    assert rows_of_answers(Answers({"1": "3.0 inch"}, None, "out.csv"), RUN, labelled) == RUN[:1]
    with pytest.raises(InputError, match="trace of the same run"):
        rows_of_answers(Answers({"1": "4.0 inch"}, None, "out.csv"), RUN, labelled)
