"""What many pictures cost: straight in their number, flat in memory."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.measure import Cost, cost_of
from benchmarks.workload import Workload

EARLY, LATE = 0.1, 1.0
"""Shares of a run's time at which the memory of a worker is compared: after 300 and after 3,000 pictures."""


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
        command = ["-m", "extractor", "predict", str(table), "--workers", str(workers), "--quiet"]
        files = ["--out", str(scratch / "out.csv"), "--store", str(scratch / f"{count}.sqlite3")]
        cost = cost_of([sys.executable, *command, *files], folder=root)
        say(f"{count:5d} pictures {cost.wall:7.1f} s  CPU {cost.cpu:7.1f} s  a worker {cost.process_memory:5.0f} MB")
        results.append(Scale(count, cost))
    return results


def growth(cost: Cost) -> float:
    """The memory of a worker at the end of a run over that after a tenth of it."""
    end = cost.samples[-1][0]
    levels = [max(memory for seconds, memory in cost.samples if seconds <= share * end) for share in (EARLY, LATE)]
    return levels[1] / levels[0]


def _variants(work: Workload, count: int, folder: Path) -> Path:
    """A table with a row on each of `count` different pictures: those of the workload, then darker copies of them."""
    folder.mkdir()
    names = sorted({row.picture_name for row in work.labelled.rows})
    entities = {row.picture_name: row.entity for row in work.labelled.rows}
    table = folder / "rows.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("index", "image_link", "group_id", "entity_name"))
        for index in range(count):
            name = names[index % len(names)]
            path = folder / f"{index}.jpg"
            _darker(work.folder / name, index // len(names)).save(path, quality=92)
            writer.writerow((index, path, 0, entities[name]))
    return table


def _darker(picture: Path, levels: int) -> Image.Image:
    pixels = np.asarray(Image.open(picture).convert("RGB"), dtype=np.int16)
    return Image.fromarray(np.clip(pixels - levels, 0, 255).astype(np.uint8))
