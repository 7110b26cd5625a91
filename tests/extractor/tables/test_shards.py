import pytest

from extractor.tables.rows import Row
from extractor.tables.shards import Shard

ROWS = tuple(Row(str(i), f" http://x/{i // 3}.jpg"[i % 2 :], "1", "width") for i in range(300))


@pytest.mark.parametrize("count", [1, 2, 7])
def test_shards_are_a_partition_by_picture_in_order(count):
    parts = [Shard(number, count).rows_of(ROWS) for number in range(1, count + 1)]
    assert sorted((row for part in parts for row in part), key=ROWS.index) == list(ROWS)
    pictures = [{row.picture for row in part} for part in parts]
    assert sum(map(len, pictures)) == 100
    assert all(pictures)
    for part in parts:
        assert list(part) == sorted(part, key=ROWS.index)


def test_parse():
    assert Shard.parse(" 2/4") == Shard(2, 4)


@pytest.mark.parametrize("text", ["", "1", "0/4", "5/4", "1/0", "a/b", "1/4/2", "-1/4", "1.5/2"])
def test_what_is_no_shard_says_how_to_write_one(text):
    with pytest.raises(ValueError, match="such as 1/4"):
        Shard.parse(text)


def test_a_product_stays_whole():
    rows = tuple(Row(str(i), f"{i}.jpg", "1", "width", f"product {i // 5}") for i in range(100))
    parts = [Shard(number, 3).rows_of(rows) for number in (1, 2, 3)]
    assert sorted((row for part in parts for row in part), key=rows.index) == list(rows)
    assert all(len({row.product for row in part}) * 5 == len(part) > 0 for part in parts)
