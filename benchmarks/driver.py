"""python -m benchmarks.driver: what the process that drives `predict --engine ray` keeps, and how fast it can be.

Rows, units and blocks of a made-up table with two rows a picture; then requests that 16 tasks have admitted by the
actor for hosts, on a Ray of this machine. No picture is read. Needs the extra ray. See docs/scale.md.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from typing import Annotated

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import psutil
import ray
import typer

from extractor.run.cluster.blocks import block_of
from extractor.run.cluster.hosts import ClusterHost, start_hosts
from extractor.run.cluster.options import BATCH_PICTURES
from extractor.run.cluster.units import batches_of, units_of
from extractor.sources.limits import BreakerPolicy, HostLimits
from extractor.tables.rows import Row

ENTITIES = ("item_weight", "width")
TASKS = 16
LINK = "https://pictures.example/images/I/{:020d}.jpg"


def main(
    pictures: Annotated[int, typer.Option(min=1000, help="Of the made-up table.")] = 150_000,
    requests: Annotated[int, typer.Option(min=TASKS, help="To the actor for hosts.")] = 3200,
) -> None:
    """Print memory a row and a picture, seconds a million pictures, and requests a second."""
    for line in (*of_table(pictures), of_hosts(requests)):
        typer.echo(line)


def of_table(pictures: int) -> tuple[str, str, str]:
    """What rows, units and blocks take."""
    before = _memory()
    rows = [Row(str(n), LINK.format(n // 2), "123456", ENTITIES[n % 2]) for n in range(2 * pictures)]
    with_rows, started = _memory(), time.perf_counter()
    units = list(units_of(rows))
    seconds, with_units = time.perf_counter() - started, _memory()
    size = sum(block_of([batch]).nbytes for batch in batches_of(units, BATCH_PICTURES))
    return (
        f"a row: {(with_rows - before) / len(rows) / 1000:.2f} kB",
        f"the unit of a picture: {(with_units - with_rows) / pictures / 1000:.2f} kB; "
        f"cut in {seconds / pictures * 1e6:.0f} s a million",
        f"a picture in Ray's store: {size / pictures / 1000:.2f} kB",
    )


def of_hosts(requests: int) -> str:
    """How many requests a second the actor for hosts admits."""
    ray.init("local", num_cpus=2, include_dashboard=False, object_store_memory=100_000_000, logging_level=logging.ERROR)
    try:
        host = ClusterHost(start_hosts(HostLimits(at_once=4 * TASKS), BreakerPolicy()), "a.example")
        asyncio.run(_requests(host, 10))
        started = time.perf_counter()
        asyncio.run(_requests(host, requests // TASKS))
        return (
            f"the actor for hosts: {requests // TASKS * TASKS / (time.perf_counter() - started):.0f} requests a second"
        )
    finally:
        ray.shutdown()


async def _requests(host: ClusterHost, each: int) -> None:
    async def task() -> None:
        for _ in range(each):
            ticket = await host.admit()
            host.reached()
            host.give_back(ticket)

    await asyncio.gather(*(task() for _ in range(TASKS)))


def _memory() -> int:
    """Bytes of this process."""
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    typer.run(main)
