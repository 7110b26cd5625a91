"""What is printed of the driver and of shards; without a cluster."""

import re
import sys
from pathlib import Path

import pytest

pytest.importorskip("ray", reason="needs the ray extra")

sys.path.insert(0, str(Path(__file__).parents[1] / "extractor" / "support"))
from fake_rows import row_answer

from benchmarks.driver import of_table
from benchmarks.engines import of_shards
from extractor.run.cluster.answering import UnitAnswers
from extractor.run.cluster.shards import Manifest, ShardFolder
from extractor.run.cluster.units import NumberedRow, Unit


def test_a_table_is_measured():
    row, unit, stored = of_table(1000)
    assert float(re.search(r"in (\d+) s", unit)[1]) > 0
    assert 0.1 < float(re.search(r"store: (\S+) kB", stored)[1]) < 2.0
    assert row.startswith("a row: ")


def test_shards_are_measured(tmp_path):
    folder = ShardFolder(str(tmp_path))
    folder.claim(Manifest(2, "rows", "settings"))
    for position in range(2):
        answered = row_answer(f"i{position}", text="3.0 inch")
        folder.put(1, [UnitAnswers(Unit((NumberedRow(position, answered.row),), ()), (answered,), True)])
    size = sum(path.stat().st_size for path in tmp_path.glob("shard-*"))
    assert of_shards(tmp_path, 2).startswith(f"2 shards, {size / 2000:.2f} kB a row; ")
