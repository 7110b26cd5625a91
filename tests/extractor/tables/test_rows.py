import gzip

import pytest

from extractor.tables.csv_file import InputError
from extractor.tables.rows import ProductColumns, Row, read_rows

HEADER = "index,image_link,group_id,entity_name\n"


def test_rows_are_the_text_of_the_file(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(HEADER + '007,a.jpg,1,width\n"x,1",NA,,item_volume\n')
    assert read_rows(path) == (Row("007", "a.jpg", "1", "width"), Row("x,1", "NA", "", "item_volume"))


@pytest.mark.parametrize("name", ["in.csv", "in.csv.gz", "in"])
def test_byte_order_mark_compression_and_blank_lines_do_not_matter(tmp_path, name):
    data = b"\xef\xbb\xbf" + (HEADER + "\n5,a.jpg,1,width\n\n").replace("\n", "\r\n").encode()
    path = tmp_path / name
    path.write_bytes(data if name == "in.csv" else gzip.compress(data))
    assert read_rows(path) == (Row("5", "a.jpg", "1", "width"),)


BAD_FILES = {
    "empty": (b"", ["is empty"]),
    "header_only": (HEADER.encode(), ["no rows"]),
    "no_entity_column": (b"index,image_link,group_id\n1,a,1\n", ["line 1", "missing column entity_name"]),
    "two_columns_missing": (b"index,group_id\n1,a\n", ["missing columns image_link, entity_name"]),
    "semicolons": (
        b"index;image_link;group_id;entity_name\n1;a;1;width\n",
        ["the header has: index;image_link;group_id;entity_name (separated by semicolons? save it with commas)"],
    ),
    "tabs": (HEADER.replace(",", "\t").encode() + b"1\ta\t1\twidth\n", ["separated by tabs?"]),
    "utf16": (
        (HEADER + "1,a,1,width\n").encode("utf-16"),
        ["line 1: UTF-16 or UTF-32 text; save the file as UTF-8 CSV"],
    ),
    "utf16_without_mark": ((HEADER + "1,a,1,width\n").encode("utf-16-le"), ["line 1", "NUL characters", "UTF-8 CSV"]),
    "nul_in_a_header": (b"index\0,image_link,entity_name\n1,a,width\n", ["line 1", "NUL characters"]),
    "nul_in_a_cell": ((HEADER + "1,a,1,width\n2,a\0,1,width\n").encode(), ["line 3", "NUL characters"]),
    "spreadsheet": (b"PK\x03\x04" + bytes(300), ["line 1", "as no text does"]),
    "long_cell": (
        (HEADER + f"1,{'a' * 1_000_000},1,width\n").encode(),
        ["line 2: not a CSV row: a cell has more than 131,072 characters; perhaps a quote is not closed"],
    ),
    "quote_that_takes_the_rest": ((HEADER + '1,"a,1,width\n' + "2,b,1,width\n" * 20_000).encode(), ["a quote"]),
    "column_twice": (b"index,index,image_link,group_id,entity_name\n", ["columns occur twice: index"]),
    "unknown_entity": (
        (HEADER + "1,a,1,width\n2,a,1,colour\n").encode(),
        ["line 3", "column entity_name", "'colour'", "item_weight"],
    ),
    "index_twice": (
        (HEADER + "1,a,1,width\n1,a,1,depth\n").encode(),
        ["line 3", "column index: '1' occurs twice"],
    ),
    "index_empty": ((HEADER + ",a,1,width\n").encode(), ["line 2", "column index: empty"]),
    "too_few_fields": ((HEADER + "1,a,width\n").encode(), ["line 2", "3 fields, but the header has 4"]),
    "too_many_fields": ((HEADER + "1,a,b,1,width\n").encode(), ["line 2", "5 fields"]),
    "open_quote": ((HEADER + '1,"a,1,width\n').encode(), ["line 2", "not a CSV row"]),
    "not_utf8": (HEADER.encode() + b"1,a,1,width\n2,\xff,1,width\n", ["line 3", "UTF-8"]),
    "torn_gzip": (gzip.compress((HEADER * 99).encode())[:40], ["cannot be read"]),
    "lines_of_a_cell_count": (
        (HEADER + '1,"a\nb",1,width\n\n2,a,1,colour\n').encode(),
        ["line 5: column entity_name"],
    ),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_file_is_refused_by_file_line_and_column(tmp_path, case):
    data, expected = BAD_FILES[case]
    path = tmp_path / "in.csv"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_rows(path)
    for part in [str(path), *expected]:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        HEADER + f"1,a,1,{'w' * 100_000}\n",
        HEADER + f"{'i' * 100_000},a,1,width\n" * 2,
        f"{'h' * 100_000},b\n1,2\n",
        ",".join(map(str, range(20_000))) + "\n" + ",".join("a" * 20_000) + "\n",
    ],
    ids=["entity", "index", "header", "columns"],
)
def test_a_message_stays_short_whatever_a_cell_holds(tmp_path, text):
    path = tmp_path / "in.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_rows(path)
    assert len(str(caught.value)) < 3_000


def test_an_index_that_no_csv_can_hold_is_refused(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"index": "1\\u0000", "image_link": "a", "entity_name": "width"}\n')
    with pytest.raises(InputError, match=r"line 1: column index: '1\\x00' holds a NUL character"):
        read_rows(path)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_rows(tmp_path / "none.csv")
    with pytest.raises(InputError, match="folder"):
        read_rows(tmp_path)


def test_all_problems_are_told_at_once_and_many_are_counted(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(HEADER + "1,a,1,width\n" + "1,a,1,colour\n" * 12)
    with pytest.raises(InputError) as caught:
        read_rows(path)
    message = str(caught.value)
    assert "24 problems" in message
    assert message.count("\n  line ") == 10
    assert "... and 14 more" in message


@pytest.mark.parametrize("link", ["image_link", "image"])
def test_index_and_group_may_be_missing(tmp_path, link):
    path = tmp_path / "in.csv"
    path.write_text(f"{link},entity_name,entity_value\na.jpg,width,1 foot\nb.jpg,depth,2 foot\n")
    expected = (Row("0", "a.jpg", "", "width"), Row("1", "b.jpg", "", "depth"))
    assert read_rows(path) == expected


WITH_PRODUCTS = "image_link,entity_name,product,title,asin\na.jpg,width,P,Stool,B1\nb.jpg,width, P ,,\n"


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        (None, [("", ""), ("", "")]),
        (ProductColumns(), [("P", "Stool"), ("P", "")]),
        (ProductColumns("asin"), [("B1", "Stool"), ("", "")]),
        (ProductColumns("product", "asin"), [("P", "B1"), ("P", "")]),
    ],
)
def test_products_and_titles_come_from_their_columns(tmp_path, columns, cells):
    path = tmp_path / "in.csv"
    path.write_text(WITH_PRODUCTS)
    assert [(row.product, row.title) for row in read_rows(path, products=columns)] == cells


def test_columns_of_products_may_be_missing_unless_they_are_named(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("image_link,entity_name\na.jpg,width\n")
    assert [row.product for row in read_rows(path, products=ProductColumns())] == [""]
    with pytest.raises(InputError, match="missing columns asin, name; the header has: image_link, entity_name"):
        read_rows(path, products=ProductColumns("asin", "name"))
