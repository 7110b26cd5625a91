"""`predict --engine ray`: the run on Ray Data, checked, shown while it runs, and joined into one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from extractor.cache.target import check_targets
from extractor.cli.settings import RunSettings
from extractor.cli.shared import shown, stoppable
from extractor.stages.errors import ExtractorError
from extractor.tables.formats import stem_of
from extractor.tables.remote_file import address_of, folder_of
from extractor.tables.rows import Row
from ocr.extras import extra_needed, missing

if TYPE_CHECKING:
    from extractor.run.summary import Summary

RAY = "ray"


class RayMissingError(ExtractorError):
    """Ray is not installed; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class ClusterChoice:
    """What the user says of the cluster: its address, the folder of shards, and how hosts are asked for pictures."""

    address: str
    shards: str | None
    per_host: int
    host_gap: float


@dataclass(frozen=True, slots=True)
class ClusterRun:
    """Where the answers of a run are, and the run in numbers."""

    shards: str
    summary: Summary


def check_ray() -> None:
    """Raises RayMissingError where the extra is not installed; nothing is imported."""
    if lacking := missing(["ray", "fsspec", "pyarrow"]):
        raise RayMissingError(extra_needed(f"--engine {RAY}", RAY, lacking))


def answer_on_cluster(
    rows: Sequence[Row], source: Path, out: Path | None, choice: ClusterChoice, settings: RunSettings
) -> ClusterRun:
    """Answers the rows, writes the joined table where `out` names a file, and says on stderr how the run went."""
    from extractor.run.cluster.engine import run
    from extractor.run.cluster.options import ClusterOptions
    from extractor.sources.limits import HostLimits
    from extractor.tables.output import targets_of

    if settings.no_cache:
        raise typer.BadParameter(f"--engine {RAY} keeps what it does in --shards: name a new folder there instead")
    remote = address_of(source)
    options = ClusterOptions(
        settings.run_options(source.parent),
        choice.shards or f"{stem_of(source)}_shards",
        choice.address,
        folder_of(remote) if remote else "",
        settings.workers,
        hosts=HostLimits(choice.per_host, choice.host_gap),
    )
    if out is not None:
        check_targets(targets_of(out)[:1], () if remote else (source,))
    settings.say(settings.path_taken(options.run.vlm))
    with stoppable(kept=True), shown(settings) as watcher:
        result = run(rows, options, watcher)
    if out is not None:
        result.answers.write(out)
    answers = "" if out is None else f"\nanswers   {out}"
    settings.say("\n".join(result.summary.lines()) + f"\nshards    {options.shards}{answers}")
    return ClusterRun(options.shards, result.summary)
