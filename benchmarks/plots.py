"""The plots of docs/performance.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

from benchmarks.comparison import ArmResult
from benchmarks.scaling import Scale


def draw(results: Sequence[ArmResult], stages: Mapping[str, float], sizes: Sequence[Scale], folder: Path) -> None:
    """Writes ways.png and stages.png, and scale.png and memory.png where sizes were measured, into `folder`."""
    _bars({one.name: one.cpu.median for one in results}, "CPU seconds a picture", folder / "ways.png")
    milliseconds = {stage: 1000 * seconds for stage, seconds in stages.items()}
    _bars(milliseconds, "milliseconds a picture, one thread", folder / "stages.png")
    if sizes:
        _scale(sizes, folder / "scale.png")
        _memory(sizes[-1], folder / "memory.png")


def _bars(lengths: Mapping[str, float], unit: str, file: Path) -> None:
    figure, axes = plt.subplots(figsize=(7, 0.5 + 0.42 * len(lengths)), layout="constrained")
    bars = axes.barh(list(lengths), list(lengths.values()), color="#4878a8")
    axes.bar_label(bars, fmt="%.3g", padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set_xlabel(unit)
    _save(figure, axes, file)


def _scale(sizes: Sequence[Scale], file: Path) -> None:
    figure, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
    counts = [one.pictures for one in sizes]
    axes.plot(counts, [one.cost.cpu for one in sizes], "o-", label="CPU seconds")
    axes.plot(counts, [one.cost.wall for one in sizes], "s-", label="seconds")
    axes.set(xlabel="pictures", xlim=(0, None), ylim=(0, None))
    axes.legend()
    _save(figure, axes, file)


def _memory(size: Scale, file: Path) -> None:
    figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
    axes.plot(*zip(*size.cost.samples, strict=True))
    axes.set(xlabel=f"seconds ({size.pictures:,} pictures)", ylabel="megabytes of the largest process", ylim=(0, None))
    _save(figure, axes, file)


def _save(figure: plt.Figure, axes: plt.Axes, file: Path) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=110)
    plt.close(figure)
