"""python -m benchmarks.engines: what `predict --engine ray` costs on this machine beside the local run.

Needs the extra ray. Both answer the same pictures, with no store and no shards from before, and have to give the same
bytes. What the machine does besides weighs on both, so CPU seconds are what to compare. See docs/scale.md.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.measure import cost_of
from extractor.run.cluster.joining import finished_rows, joined
from extractor.run.cluster.shards import ShardFolder

ENTITIES = ("item_weight", "width")


def main(
    images: Annotated[Path, typer.Option(exists=True, file_okay=False, help="A folder of pictures.")],
    pictures: Annotated[int, typer.Option(min=1)] = 1000,
    workers: Annotated[int, typer.Option(min=1, help="Processes, or actors, that read.")] = 2,
    engines: Annotated[str, typer.Option(help="The engines to measure, in their order.")] = "local,ray",
) -> None:
    """Print wall and CPU seconds and the memory of each engine, and what the shards of ray take."""
    names = sorted(path.name for path in images.iterdir() if path.is_file())[:pictures]
    if len(names) < pictures:
        raise SystemExit(f"{images} holds {len(names)} pictures: use --pictures {len(names)}")
    typer.echo("| engine | seconds | CPU seconds | CPU seconds a picture | MB, all processes | MB, the largest |")
    typer.echo("|---|---|---|---|---|---|")
    outputs = set()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "in.csv"
        with table.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["index", "image_link", "group_id", "entity_name"])
            rows.writerows([f"{number}", name, "1", ENTITIES[number % 2]] for number, name in enumerate(names))
        for engine in engines.split(","):
            out = Path(folder) / f"{engine}.csv"
            command = [sys.executable, "-m", "extractor", "predict", str(table), "--images", str(images.resolve())]
            command += ["--out", str(out), "--workers", str(workers), "--engine", engine]
            command += ["--shards", str(Path(folder) / "shards")] if engine == "ray" else ["--no-cache"]
            cost = cost_of(command, {"EXTRACTOR_CONFIG": "none", "PYTHONPATH": str(Path.cwd())}, Path(folder))
            outputs.add(out.read_bytes())
            typer.echo(
                f"| {engine} | {cost.wall:.0f} | {cost.cpu:.0f} | {cost.cpu / pictures:.3f} | {cost.memory:.0f} "
                f"| {cost.process_memory:.0f} |"
            )
        if "ray" in engines:
            typer.echo(of_shards(Path(folder) / "shards", pictures))
    if len(outputs) > 1:
        raise SystemExit("the engines disagree")


def of_shards(path: Path, rows: int) -> str:
    """The size of the shards of so many rows, and how long it takes to look at them again."""
    folder = ShardFolder(str(path))
    names = folder.names()
    size = sum((path / name).stat().st_size for name in names)
    started = time.perf_counter()
    finished_rows(folder, names)
    looked = time.perf_counter()
    joined(folder, names, rows)
    ended = time.perf_counter()
    each = 1000 / len(names)
    return (
        f"{len(names)} shards, {size / rows / 1000:.2f} kB a row; a shard looked at again: "
        f"{(looked - started) * each:.1f} ms for what is finished, {(ended - looked) * each:.1f} ms for the table"
    )


if __name__ == "__main__":
    typer.run(main)
