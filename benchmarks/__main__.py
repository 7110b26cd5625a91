"""python -m benchmarks: reads pictures by every way there is, side by side, and prints cost, ratios and F1.

See docs/performance.md; `make bench` runs it.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks import targets
from benchmarks.arms import arms, full_size
from benchmarks.comparison import ArmResult, check_same, compare
from benchmarks.measure import cost_of
from benchmarks.plots import draw
from benchmarks.scaling import scale
from benchmarks.workload import workload
from extractor.api.processes import cpu_count
from ocr.rapid import rapid_fingerprint

ROOT = Path(__file__).parents[1]
COLD_STARTS = 3
app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def run(
    labels: Annotated[Path, typer.Option(help="Labelled rows.")] = ROOT / "dataset" / "test_labels.csv",
    images: Annotated[Path, typer.Option(help="The folder of their pictures.")] = ROOT / "dataset" / "images",
    pictures: Annotated[int | None, typer.Option(min=1, help="At most so many, spread over the rows.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each way is run.")] = 3,
    workers: Annotated[int, typer.Option(min=1, help="Processes of our own ways.")] = cpu_count(),
    scales: Annotated[list[int] | None, typer.Option("--scale", help="A number of pictures; repeatable.")] = None,
    paddle: Annotated[Path | None, typer.Option(help="Python of an environment with the extra paddle.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the figures (JSON) and plots.")] = Path("performance"),
) -> None:
    """Compare the ways of reading pictures; print every ratio with its target."""
    figures: dict[str, Any] = {"machine": machine()}
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        work = workload(labels, images, pictures, scratch)
        results = compare(arms(work, scratch, workers, paddle), work, rounds, ROOT, typer.echo)
        results += compare([full_size(work, scratch, workers)], work, 1, ROOT, typer.echo)
        stages = part("stages", [work.table, work.folder], scratch)
        rates = part("rules", [work.table, scratch / "warm.sqlite3"], scratch)
        cold = statistics.median(seconds_of_extract(work.first) for _ in range(COLD_STARTS))
        sizes = scale(work, scales or [], scratch, workers, ROOT, typer.echo)
    met = [*targets.of_arms(results), *targets.of_stages(stages, rates, cold), *targets.of_scales(sizes)]
    typer.echo(f"\n{work.pictures} pictures, {len(work.labelled.rows)} rows, {rounds} rounds, {workers} workers\n")
    typer.echo(table(results))
    typer.echo("\n".join(f"{stage:14s} {1000 * seconds:7.1f} ms a picture" for stage, seconds in stages.items()))
    typer.echo("\n" + "\n".join(f"{'met   ' if target.met else 'MISSED'}  {target}" for target in met))
    figures |= {"pictures": work.pictures, "rows": len(work.labelled.rows), "rounds": rounds, "workers": workers}
    figures |= {"arms": [figures_of(one) for one in results], "stages": stages, "rates": rates}
    figures |= {"scales": [asdict(one) for one in sizes], "targets": [asdict(one) for one in met]}
    (out / "performance.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    draw(results, stages, sizes, out)
    check_same(results)


def figures_of(result: ArmResult) -> dict[str, Any]:
    """A result as JSON, without its predictions: those of other people's pictures stay where they are."""
    return {name: value for name, value in asdict(result).items() if name != "predictions"}


def seconds_of_extract(picture: Path) -> float:
    """The time of the command for one picture, from the start of the program on."""
    return cost_of([sys.executable, "-m", "extractor", "extract", str(picture)], folder=ROOT).wall


def part(name: str, arguments: list[Path], scratch: Path) -> dict[str, float]:
    """The figures that a module of this package writes, run in a process of its own."""
    file = scratch / f"{name}.json"
    cost_of([sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments), str(file)], folder=ROOT)
    found: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    return found


def table(results: list[ArmResult]) -> str:
    """The results as lines of text."""
    lines = [
        f"{'':36s} {'pictures/s':>10s} {'CPU s':>7s}  {'times stock, wall':21s} {'times stock, CPU':21s}  MB    "
        "F1 accepted, primary"
    ]
    for one in results:
        costs = f"{1 / one.wall.median:10.2f} {one.cpu.median:7.3f}  {one.wall_ratio!s:21s} {one.cpu_ratio!s:21s}"
        lines.append(f"{one.name:36s} {costs} {one.memory:5.0f} {one.accepted:.3f}, {one.primary:.3f}")
    return "\n".join([*lines, ""])


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "cpu": _cpu_name(),
        "cores": cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "engine": rapid_fingerprint(),
        "load_before": os.getloadavg()[0],
        **{name: version(name) for name in ("rapidocr", "onnxruntime", "numpy", "pillow")},
    }


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


if __name__ == "__main__":
    app()
