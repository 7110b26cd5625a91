from pathlib import Path

import fsspec
import pytest

from extractor.tables.csv_file import InputError
from extractor.tables.remote_file import address_of, folder_of, local_copy
from extractor.tables.rows import read_rows

ADDRESS = "memory://shop/in.csv"


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("s3://shop/in.csv", "s3://shop/in.csv"),
        ("file:///data/in.csv", "file:///data/in.csv"),
        ("a/in.csv", None),
        ("c:/in.csv", None),
        ("s3:in.csv", None),
    ],
)
def test_addresses_are_told_from_paths(path, address):
    assert address_of(Path(path)) == address


def test_a_table_at_an_address_is_read_as_one_here():
    fsspec.filesystem("memory").pipe_file("/shop/in.csv", b"image_link,entity_name\na.png,width\n")
    with local_copy(ADDRESS) as copy:
        assert [row.image_link for row in read_rows(copy)] == ["a.png"]
    assert not copy.exists()
    assert folder_of(ADDRESS) == "memory://shop"


def test_errors_name_the_address():
    fsspec.filesystem("memory").pipe_file("/shop/in.csv", b"image_link,entity_name\na.png,colour\n")
    with pytest.raises(InputError, match=r"^memory://shop/in\.csv cannot be used"), local_copy(ADDRESS) as copy:
        read_rows(copy)
    with (
        pytest.raises(InputError, match=r"^memory://shop/none\.csv cannot be read"),
        local_copy("memory://shop/none.csv"),
    ):
        raise AssertionError("there is no such file")
