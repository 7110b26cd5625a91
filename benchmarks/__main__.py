"""python -m benchmarks: reads pictures by every way there is, side by side, and prints cost, ratios and F1.

See docs/performance.md; `make bench` runs it.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.arms import arms
from benchmarks.comparison import ArmResult, compare, targets
from benchmarks.workload import workload
from extractor.api.processes import cpu_count
from ocr.rapid import rapid_fingerprint

ROOT = Path(__file__).parents[1]
app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def run(
    labels: Annotated[Path, typer.Option(help="Labelled rows.")] = ROOT / "dataset" / "test_labels.csv",
    images: Annotated[Path, typer.Option(help="The folder of their pictures.")] = ROOT / "dataset" / "images",
    pictures: Annotated[int | None, typer.Option(min=1, help="At most so many, spread over the rows.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each way is run.")] = 3,
    workers: Annotated[int, typer.Option(min=1, help="Processes of our own ways.")] = cpu_count(),
    paddle: Annotated[Path | None, typer.Option(help="Python of an environment with the extra paddle.")] = None,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = Path("performance.json"),
) -> None:
    """Compare the ways of reading pictures."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        work = workload(labels, images, pictures, scratch)
        results = compare(arms(work, scratch, workers, paddle), work, rounds, ROOT, typer.echo)
    typer.echo(f"\n{work.pictures} pictures, {len(work.labelled.rows)} rows, {rounds} rounds, {workers} workers\n")
    typer.echo(table(results))
    met = targets(results)
    typer.echo("\n".join(f"{'met   ' if target.met else 'MISSED'}  {target}" for target in met))
    figures = {"machine": machine(), "pictures": work.pictures, "rows": len(work.labelled.rows), "rounds": rounds}
    arms_and_targets = {"arms": [asdict(one) for one in results], "targets": [asdict(one) for one in met]}
    out.write_text(json.dumps({**figures, **arms_and_targets}, indent=2) + "\n", encoding="utf-8")


def table(results: list[ArmResult]) -> str:
    """The results as lines of text."""
    head = f"{'':36s} {'pictures/s':>10s} {'CPU s':>7s}  {'times stock, wall':22s} {'times stock, CPU':22s} {'MB':>5s} F1 accepted, primary"
    lines = [
        f"{one.name:36s} {1 / one.wall.median:10.2f} {one.cpu.median:7.3f}  {one.wall_ratio!s:22s} "
        f"{one.cpu_ratio!s:22s} {one.memory:5.0f} {one.accepted:.3f}, {one.primary:.3f}"
        for one in results
    ]
    return "\n".join([head, *lines, ""])


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    packages = {name: version(name) for name in ("rapidocr", "onnxruntime", "numpy", "pillow")}
    return {
        "cpu": _cpu_name(),
        "cores": cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "engine": rapid_fingerprint(),
        "load_before": os.getloadavg()[0],
        **packages,
    }


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


if __name__ == "__main__":
    app()
