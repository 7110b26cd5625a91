import gzip
import json

import pytest
from fake_pages import dumped, page_of

from extractor.tables.csv_file import InputError
from extractor.tables.labels import parse_gold_label
from extractor.tables.rows import Row
from extractor.training.examples import questions_of, read_token_dump


def row(link, entity="item_weight"):
    return Row("1", link, "1", entity)


PAGES = {"7.png": page_of(7)}


def test_a_question_knows_which_candidates_the_label_accepts():
    (question,) = questions_of([row("https://shop/pictures/7.png")], [parse_gold_label("7 gram", "")], PAGES, 0.5)
    assert (question.entity, question.picture, question.weight) == ("item_weight", "7.png", 0.5)
    assert (question.stated, question.may_be_empty) == (True, False)
    assert sorted(c.right for c in question.choices) == [False, True]
    (right,) = (dict(c.features) for c in question.choices if c.right)
    assert right["net"] == 1.0


@pytest.mark.parametrize(
    ("primary", "accepted", "stated", "may_be_empty", "right"),
    [
        ("EMPTY", "", False, True, 0),
        ("7 gram", "EMPTY", True, True, 1),
        ("EMPTY", "8 gram", True, True, 1),
        ("7 gram", "8 gram", True, False, 2),
        ("7 kilogram", "", True, False, 0),
        ("0.007 kilogram", "", True, False, 0),
        ("many", "", True, False, 0),
    ],
)
def test_what_a_label_accepts(primary, accepted, stated, may_be_empty, right):
    (question,) = questions_of([row("7.png")], [parse_gold_label(primary, accepted)], PAGES)
    assert (question.stated, question.may_be_empty) == (stated, may_be_empty)
    assert sum(c.right for c in question.choices) == right


@pytest.mark.parametrize(
    ("primary", "accepted", "best_stated", "best"),
    [
        ("7 gram", "8 gram", True, 1),
        ("7 gram", "EMPTY", True, 1),
        ("EMPTY", "7 gram", False, 0),
        ("7 kilogram", "7 gram", True, 0),
    ],
)
def test_what_a_label_holds_for_best(primary, accepted, best_stated, best):
    (question,) = questions_of([row("7.png")], [parse_gold_label(primary, accepted)], PAGES)
    assert question.best_stated == best_stated
    assert sum(c.best for c in question.choices) == best


def test_rows_without_a_page_make_no_question():
    labels = [parse_gold_label("7 gram", "")] * 2
    assert [q.picture for q in questions_of([row("8.png"), row("7.png")], labels, PAGES)] == ["7.png"]


@pytest.mark.parametrize("name", ["dump.jsonl", "dump.jsonl.gz"])
def test_a_token_dump_is_read(tmp_path, name):
    text = f"{dumped(7, '7.png')}\n{dumped(8, '8.png')}\n"
    (tmp_path / name).write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    assert read_token_dump(tmp_path / name) == {"7.png": page_of(7), "8.png": page_of(8)}


@pytest.mark.parametrize(("height", "angle"), [(20, 0), (90, 0), (110, -90), (400, -90)])
def test_text_much_higher_than_wide_runs_upwards(tmp_path, height, angle):
    box = [[10, 10], [80, 10], [80, 10 + height], [10, 10 + height]]
    line = json.dumps({"image": "a", "w": 500, "h": 500, "tokens": [{"t": "40 cm", "s": 1, "b": box}]})
    (tmp_path / "dump.jsonl").write_text(line)
    (token,) = read_token_dump(tmp_path / "dump.jsonl")["a"].tokens
    assert token.angle == angle
    assert token.letter_height == (70 if angle else height)


BAD_LINES = [
    "",
    "{",
    "7",
    '{"image": "a"}',
    '{"image": "a", "w": 5, "h": "five", "tokens": []}',
    '{"image": "a", "w": 5, "h": 5, "tokens": [{"t": "x", "s": 1}]}',
    '{"image": "a", "w": 5, "h": 5, "tokens": [{"t": "x", "s": 1, "b": [[0, 0], [1, 0], [1, 1]]}]}',
    '{"image": "a", "w": 5, "h": 5, "tokens": [{"t": "x", "s": null, "b": [[0, 0], [1, 0], [1, 1], [0, 1]]}]}',
]


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_of_a_token_dump_is_named(tmp_path, line):
    (tmp_path / "dump.jsonl").write_text(f"{dumped(7, '7.png')}\n{line}\n")
    with pytest.raises(InputError, match=r"dump\.jsonl, line 2: not a line of a token dump"):
        read_token_dump(tmp_path / "dump.jsonl")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.jsonl", None, "no such file"),
        ("a.jsonl", b"\xff\xff\n", "not UTF-8 text"),
        ("a.jsonl", b"\xff\xfe\n\x00", "UTF-16 or UTF-32 text; save the file as UTF-8"),
        ("a.gz", b"plain", "not a line of a token dump"),
        ("a.gz", gzip.compress(b"7", mtime=0)[:9], "cannot be read"),
    ],
)
def test_a_token_dump_that_cannot_be_read_is_named(tmp_path, name, data, said):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=rf"a\.(jsonl|gz).*{said}"):
        read_token_dump(tmp_path / name)
