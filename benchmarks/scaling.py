"""What many pictures cost: straight in their number, flat in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.arms import predict_command
from benchmarks.measure import Cost, cost_of
from benchmarks.workload import Workload, write_questions
from extractor.tables.rows import Row

EARLY = 0.1
"""Share of a run's time after which the memory of a worker is to stay as it is: 300 of 3,000 pictures."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What a number of pictures cost."""

    pictures: int
    cost: Cost


def scale(
    work: Workload, counts: Sequence[int], scratch: Path, workers: int, root: Path, say: Callable[[str], None]
) -> list[Scale]:
    """`predict` on so many pictures, with nothing kept; in rising order."""
    results = []
    for count in sorted(counts):
        table = _variants(work, count, scratch / f"pictures-{count}")
        store = scratch / f"{count}.sqlite3"
        cost = cost_of(predict_command(table, table.parent, scratch / "out.csv", store, workers), folder=root)
        say(f"{count:5d} pictures {cost.wall:7.1f} s  CPU {cost.cpu:7.1f} s  a worker {cost.process_memory:5.0f} MB")
        results.append(Scale(count, cost))
    return results


def growth(cost: Cost) -> float:
    """The most memory of a worker in a run over the most in the first tenth of it."""
    end = cost.samples[-1][0]
    early = max(memory for seconds, memory in cost.samples if seconds <= EARLY * end)
    return max(memory for _, memory in cost.samples) / early


def _variants(work: Workload, count: int, folder: Path) -> Path:
    """A table with a row on each of `count` different pictures: those of the workload, then darker copies of them."""
    folder.mkdir()
    names = sorted({row.picture_name for row in work.labelled.rows})
    entities = {row.picture_name: row.entity for row in work.labelled.rows}
    rows = []
    for index in range(count):
        name = names[index % len(names)]
        _darker(work.folder / name, index // len(names)).save(folder / f"{index}.jpg", quality=92)
        rows.append(Row(str(index), f"{index}.jpg", "0", entities[name]))
    return write_questions(folder / "rows.csv", rows)


def _darker(picture: Path, levels: int) -> Image.Image:
    pixels = np.asarray(Image.open(picture).convert("RGB"), dtype=np.int16)
    return Image.fromarray(np.clip(pixels - levels, 0, 255).astype(np.uint8))
